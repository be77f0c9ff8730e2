"""Documents, phones, names and days as people write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from jiceng.members import identity
from jiceng.members.identity import IdNumber, ValueFault


def numbered(first17: str) -> str:
    """The check character worked out here, not by the code under test (ISO 7064 MOD 11-2 by its recursion)."""
    product = 0
    for digit in first17:
        product = (product + int(digit)) * 2 % 11
    check = (12 - product) % 11
    return first17 + ("X" if check == 10 else str(check))


def fault_of(call, *values) -> str:
    with pytest.raises(ValueFault) as refused:
        call(*values)
    return refused.value.code


# From the text of GB 11643-1999, annex A.
STANDARD = ("11010519491231002X", "440524188001010014")


def test_the_check_character_follows_the_standard():
    assert [identity.check_character(number[:17]) for number in STANDARD] == ["X", "4"]
    for serial in range(1, 60):
        number = numbered(f"11010519900131{serial:03d}")
        assert identity.normalise_id_number(number) == IdNumber("resident", number)


@pytest.mark.parametrize(
    ("raw", "kind", "number"),
    [
        ("11010519491231002x", "resident", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "resident", "11010519491231002X"),
        (" 110105 19491231 002X\u3000", "resident", "11010519491231002X"),
        ("110105491231002", "resident", "11010519491231002X"),
        (numbered("81000019900101001"), "resident", numbered("81000019900101001")),
        (numbered("91100019900101001"), "foreign_permit", numbered("91100019900101001")),
        ("ABC123456789012", "foreign_permit", "ABC123456789012"),
        ("h12345678", "hk_macao_permit", "H12345678"),
        ("M1234567890", "hk_macao_permit", "M1234567890"),
        ("12345678", "taiwan_permit", "12345678"),
        ("ea1234567", "passport", "EA1234567"),
    ],
)
def test_a_document_gets_one_form_and_its_kind_is_guessed(raw, kind, number):
    assert identity.normalise_id_number(raw) == IdNumber(kind, number)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("110105194912310020", "id_checksum"),
        ("11010519491231020X", "id_checksum"),
        ("110105194902300021", "id_birth_date"),
        ("440524188001010014", "id_birth_date"),
        ("110105299001310010", "id_birth_date"),
        ("990105194912310021", "id_region"),
        ("1101051949123100", "id_length"),
        ("1.10105E+17", "id_as_number"),
        ("110105194912310021.0", "id_as_number"),
        ("GGGGGGGGG", "id_invalid"),
        ("", "id_invalid"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "id_length"),
    ],
)
def test_a_document_with_a_slip_is_refused(raw, code):
    assert fault_of(identity.normalise_id_number, raw) == code


def test_a_document_must_be_of_the_kind_it_is_said_to_be():
    assert identity.normalise_id_number("12345678", "passport").kind == "passport"
    permit = numbered("91100019900101001")
    assert identity.normalise_id_number(permit, "foreign_permit") == IdNumber("foreign_permit", permit)
    # A residence permit is one document, whatever it is called: two kinds would be two people.
    resident = numbered("83000019900101001")
    assert identity.normalise_id_number(resident, "taiwan_permit") == IdNumber("resident", resident)
    assert fault_of(identity.normalise_id_number, "11010519491231002X", "passport") == "id_kind"
    assert fault_of(identity.normalise_id_number, "E12345678", "resident") == "id_length"
    assert fault_of(identity.normalise_id_number, "E12345678", "hk_macao_permit") == "id_invalid"


def test_birthday_and_gender_come_from_resident_numbers_only():
    number = identity.normalise_id_number("11010519491231002X")
    assert (identity.birth_date_of(number), identity.gender_of(number)) == (date(1949, 12, 31), "female")
    passport = IdNumber("passport", "E12345678")
    assert (identity.birth_date_of(passport), identity.gender_of(passport)) == (None, "")


def test_masks_leave_little():
    assert identity.mask_id_number("110105194912310021") == "110***********0021"
    assert identity.mask_id_number("E12345678") == "E******78"
    assert identity.mask_phone("13800130001") == "138****0001"
    assert identity.mask_phone("8012") == "**12"
    assert [identity.mask_id_number(short) for short in ("", "A", "AB", "ABC")] == ["", "*", "**", "***"]
    assert [identity.mask_phone(short) for short in ("", "1", "12")] == ["", "*", "**"]


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("+86 138 0013 8000", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("86 13800138000", "13800138000"),
        ("１３８－００１３－８０００", "13800138000"),
        ("13800138000.0", "13800138000"),
        ("+852 6123 4567", "+85261234567"),
        ("0085366123456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
    ],
)
def test_mobile_numbers_get_one_form(raw, number):
    assert identity.normalise_phone(raw) == number


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("1380013800", "phone_length"),
        ("138001380001", "phone_length"),
        ("12800138000", "phone_invalid"),
        ("010-62345678", "phone_invalid"),
        ("1.38E+10", "phone_as_number"),
        ("+8612800138000", "phone_invalid"),
        ("13٨00138000", "phone_invalid"),
    ],
)
def test_other_numbers_are_no_mobile_numbers(raw, code):
    assert fault_of(identity.normalise_phone, raw) == code


def test_numbers_at_work():
    taken = ("010-12345678", "87654321转801", "8012", "95588", "400-810-8888", "010-62345678转123")
    assert [identity.normalise_office_phone(number) for number in taken] == list(taken)
    assert identity.normalise_office_phone("（010） 6234 5678") == "01062345678"
    assert fault_of(identity.normalise_office_phone, "转801") == "office_phone_invalid"
    assert fault_of(identity.normalise_office_phone, "12") == "office_phone_invalid"


def test_names_get_one_form():
    assert (
        identity.clean_name("张\u3000三")
        == identity.clean_name(" 张 三 ")
        == identity.clean_name("\u200b张三")
        == "张三"
    )
    for dot in "・•．.·":
        assert identity.clean_name(f"迪丽热巴{dot}迪力木拉提") == "迪丽热巴·迪力木拉提"
    assert identity.clean_name("John  R. Smith") == "John R. Smith"
    assert identity.clean_name("𠮷䶮") == "𠮷䶮"
    assert fault_of(identity.clean_name, "张3") == fault_of(identity.clean_name, "张\x00三") == "name_invalid"
    assert fault_of(identity.clean_name, "张" * 51) == "too_long"


@pytest.mark.parametrize(
    "value",
    [
        datetime(1998, 7, 1, 9, 30), date(1998, 7, 1), 35977, 35977.0, "35977", "1998.7.1", "1998年7月1日", "1998年 7月 1日",
        "1998/7/1", "19980701", 19980701.0, "1998-07", "1998.07", "1998年7月", 1998.07, 1998.7, "１９９８．７．１",
        "1998. 7. 1.", "1998-07-01 00:00:00",
    ],
)  # fmt: skip
def test_days_as_people_write_them(value):
    assert identity.parse_date(value) == date(1998, 7, 1)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2020-02-30", "date_impossible"), ("2019-02-29", "date_impossible"), ("2020-13", "date_impossible"),
        # A year alone is no serial number of 1905, and 1998.1 may have been typed 1998.10.
        (1998, "date_invalid"), ("1998", "date_invalid"), (1998.1, "date_ambiguous"),
        (366, "date_invalid"), ("99.7.1", "date_invalid"), ("不详", "date_invalid"), (True, "date_invalid"),
        (float("nan"), "date_invalid"), (1e20, "date_invalid"), ("0001-01-01", "date_invalid"),
        (date(1899, 12, 31), "date_invalid"), (date(9999, 12, 31), "date_invalid"),
    ],
)  # fmt: skip
def test_days_that_are_none(value, code):
    assert fault_of(identity.parse_date, value) == code


def test_words_for_what_is_chosen():
    assert len(identity.ETHNICITIES) == len(set(identity.ETHNICITIES)) == 56
    assert identity.parse_ethnicity("汉") == "汉族"
    assert identity.parse_ethnicity("维吾尔 族") == "维吾尔族"
    assert [identity.parse_gender(word) for word in ("男", " 女性 ", "F")] == ["male", "female", "female"]
    assert [identity.parse_yes(word) for word in ("是", "√", "1.0", "否", "×", True)] == [True] * 3 + [False] * 2 + [
        True
    ]
    for parse in (identity.parse_ethnicity, identity.parse_gender, identity.parse_yes):
        assert fault_of(parse, "大概") == "choice"


def test_a_refusal_repeats_nothing_of_the_value():
    for call, value in (
        (identity.normalise_id_number, "110105194912310020"), (identity.normalise_phone, "12800138000"),
        (identity.clean_name, "张叁3"), (identity.parse_date, "2020-02-30"),
    ):  # fmt: skip
        with pytest.raises(ValueFault) as refused:
            call(value)
        assert value not in str(refused.value)
