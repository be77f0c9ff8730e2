"""Which column is which, what a row says, and which unit a text means."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.utils import translation

from jiceng.members.importing.columns import COLUMNS, guess_mapping
from jiceng.members.importing.matching_units import UnitMatcher, UnitName
from jiceng.members.importing.reading import Row
from jiceng.members.importing.values import ParsedRow, RowParser


def guessed(*headers: str) -> list[str | None]:
    mapping = guess_mapping(headers)
    return [mapping.get(place) for place in range(len(headers))]


def test_columns_are_known_by_what_people_call_them():
    assert guessed("序号", "* 姓 名（必填）", "身份证号码", "联系电话", "工作部门", "出生年月", "入党时间：", "备注") == [
        None, "name", "id_number", "phone", "staff_unit", "birth_date", "party_joined", None,
    ]  # fmt: skip
    assert guessed("公民身份号码", "所属党支部", "政治面貌", "单位", "职工号") == [
        "id_number", "party_unit", "party_state", "staff_unit", "employee_number",
    ]  # fmt: skip
    assert guessed("身份证件号码", "所在支部") == ["id_number", "party_unit"]


def test_others_of_the_family_are_not_the_person():
    assert guessed("姓名", "配偶姓名", "紧急联系人电话", "父亲工作单位") == ["name", None, None, None]


def test_a_target_is_given_once_and_to_the_best():
    assert guessed("联系电话", "手机号码", "手机") == [None, "phone", None]
    assert guessed("姓名", "姓名") == ["name", None]
    assert guessed("单位", "部门") == [None, "staff_unit"]
    every = guess_mapping([str(column.label) for column in COLUMNS.values()])
    assert list(every.values()) == list(COLUMNS)


def test_headers_are_known_in_whatever_language_the_page_is():
    with translation.override("en"):
        assert guessed("姓名", "性别", "phone") == ["name", "gender", "phone"]


HEADERS = (
    "name", "id_number", "phone", "gender", "birth_date", "party_state", "party_unit", "party_joined", "party_confirmed",
    "employee_number", "staff_state",
)  # fmt: skip
ID_NUMBER = "11010519491231002X"  # a woman born on 1949-12-31


def parsed(*, clears_blanks: bool = False, **cells) -> ParsedRow:
    parser = RowParser(dict(enumerate(HEADERS)), clears_blanks=clears_blanks)
    return parser.parse(Row(7, [cells.get(code) for code in HEADERS]))


def faults(**cells) -> list[tuple[str, str]]:
    return [(column, code) for column, code, _words in parsed(**{"name": "张三"} | cells).faults]


def test_a_row_becomes_values_in_one_form():
    row = parsed(
        name="张　三", id_number="11010519491231002x", phone=13800138000.0, birth_date="1949年12月", party_state="中共党员",
        party_unit=" 综合科党支部 ", party_joined=1972.07, party_confirmed=date(1973, 7, 1), employee_number=1007.0,
        staff_state="在职",
    )  # fmt: skip
    assert (row.number, row.faults, row.units) == (7, [], {"party_unit": "综合科党支部"})
    assert row.values == {
        "name": "张三", "id_kind": "resident", "id_number": ID_NUMBER, "phone": "13800138000",
        "birth_date": "1949-12-31", "gender": "female", "party_state": "full", "party_joined": "1972-07-01",
        "party_confirmed": "1973-07-01", "employee_number": "1007", "staff_state": "regular",
    }  # fmt: skip


def test_a_number_that_lost_its_digits_is_refused_with_advice():
    row = parsed(name="张三", id_number=110105194912310021.0)
    assert [(column, code) for column, code, _words in row.faults] == [("id_number", "id_as_number")]
    assert "文本" in row.faults[0][2]
    assert "id_number" not in row.values


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"name": None}, ("name", "required")),
        ({"name": "张3"}, ("name", "name_invalid")),
        ({"id_number": ID_NUMBER, "gender": "男"}, ("gender", "differs_from_id")),
        ({"id_number": ID_NUMBER, "birth_date": "1949-12-30"}, ("birth_date", "differs_from_id")),
        ({"birth_date": "2000-01-01", "party_joined": "2017-12-31"}, ("party_joined", "too_young")),
        ({"birth_date": "2000-02-29", "party_joined": "2018-02-27"}, ("party_joined", "too_young")),
        ({"party_joined": "2018-07-01", "party_confirmed": "2018-06-30"}, ("party_confirmed", "before_start")),
        ({"birth_date": "2099-01-01"}, ("birth_date", "in_future")),
        ({"party_state": "群众", "party_unit": "一支部"}, ("party_unit", "not_in_party")),
        ({"party_state": "大概"}, ("party_state", "choice")),
        ({"employee_number": "9" * 41}, ("employee_number", "too_long")),
    ],
)  # fmt: skip
def test_what_cells_say_together_must_fit(cells, expected):
    assert faults(**cells) == [expected]


def test_eighteen_years_to_the_day_are_enough():
    assert faults(birth_date="2000-01-01", party_joined="2018-01-01") == []
    assert faults(birth_date="2000-02-29", party_joined="2018-02-28") == []


def test_blank_cells_clear_fields_only_when_asked_and_never_who_it_is():
    assert parsed(name="张三").values == {"name": "张三"}
    cleared = parsed(name="张三", clears_blanks=True).values
    assert cleared["phone"] == cleared["birth_date"] == ""
    assert "id_number" not in cleared
    assert "party_joined" not in cleared


def test_a_value_that_repeats_is_refused_each_time():
    parser = RowParser({0: "name", 1: "gender"})
    rows = [parser.parse(Row(number, ["张三", "大概"])) for number in (2, 3)]
    assert [[code for _column, code, _words in row.faults] for row in rows] == [["choice"], ["choice"]]
    assert parser.is_example(Row(2, ["张三（示例）"]))
    assert not parser.is_example(Row(2, ["张三", None]))


CENTRE, OFFICE, HALL, FIRST, GROUP_A, GROUP_B = (UUID(int=number) for number in range(1, 7))


@pytest.fixture
def matcher() -> UnitMatcher:
    def unit(pk: UUID, *path: str, tree: str = "party", code: str | None = None) -> UnitName:
        return UnitName(pk, path[-1], " / ".join(path), tree, code)

    return UnitMatcher(
        [
            unit(CENTRE, "中心党总支", code="中心党总支"),
            unit(OFFICE, "中心党总支", "综合科党支部", code="D01"),
            unit(FIRST, "中心党总支", "第一党支部"),
            unit(HALL, "政务大厅", tree="staff"),
            unit(GROUP_A, "政务大厅", "受理一组", "后勤组", tree="staff"),
            unit(GROUP_B, "政务大厅", "受理二组", "后勤组", tree="staff"),
        ]
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("综合科党支部", OFFICE), ("综合科支部", OFFICE), (" 综合科 党支部 ", OFFICE), ("中共综合科党支部委员会", OFFICE),
        ("D01", OFFICE), ("中心党总支/综合科党支部", OFFICE), ("中心党总支 > 综合科支部", OFFICE),
        ("中心党总支综合科党支部", OFFICE), ("中心党总支", CENTRE), ("一支部", FIRST), ("第1党支部", FIRST),
    ],
)  # fmt: skip
def test_spellings_of_one_unit(matcher, text, found):
    assert matcher.match(text, "party").unit_id == found


def test_two_of_a_name_are_both_shown_and_the_path_decides(matcher):
    match = matcher.match("后勤组", "staff")
    assert match.unit_id is None
    assert {unit for unit, _label in match.suggestions} == {GROUP_A, GROUP_B}
    assert {label for _unit, label in match.suggestions} == {
        "政务大厅 / 受理一组 / 后勤组",
        "政务大厅 / 受理二组 / 后勤组",
    }
    assert matcher.match("受理二组/后勤组", "staff").unit_id == GROUP_B
    assert matcher.match("政务大厅／受理一组／后勤组", "staff").unit_id == GROUP_A


def test_the_nearest_are_suggested_never_taken_and_no_other_tree_is_searched(matcher):
    match = matcher.match("综合处党支部", "party")
    assert (match.unit_id, match.suggestions[0][0]) == (None, OFFICE)
    assert matcher.match("政务大厅", "party").unit_id is None
    assert matcher.match("", "party").suggestions == ()
    assert matcher.match("完全不同", "league").suggestions == ()
