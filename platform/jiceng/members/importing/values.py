"""From the cells of a row to values in their one form, with a sentence for every cell that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .. import fields, identity
from ..bodies import Body, state_label
from ..identity import IdNumber, ValueFault
from .columns import COLUMNS, POLITICAL_STATUS, STAFF_STATUS
from .reading import Cell, Row, cell_text

LARGEST_EXACT = 1e15
ADULT_YEARS = 18
EXAMPLE_MARK = "（示例）"
PERSON_CODES = tuple(code for code in COLUMNS if code in fields.FIELDS)
# Cells repeat: units, dates, genders. What one text means is worked out once per file.
MEMO_LIMIT = 20_000

Fault = tuple[str, str, str]  # column code, stable code, sentence


@dataclass(slots=True)
class ParsedRow:
    """``values``: column code -> text, as JSON keeps it (days as 2020-01-31). ``units``: column code -> text of a unit."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class RowParser:
    """Parses the rows of one file. ``mapping``: column number -> column code. ``clears_blanks``: blank cells empty a field."""

    def __init__(self, mapping: Mapping[int, str], *, clears_blanks: bool = False) -> None:
        self._plan: list[tuple[int, str, Callable[[Cell], Any], dict[Any, Any]]] = [
            (place, code, _PARSERS[code], {}) for place, code in mapping.items()
        ]
        self._clears = clears_blanks

    def parse(self, row: Row) -> ParsedRow:
        parsed = ParsedRow(row.number)
        cells, width = row.cells, len(row.cells)
        for place, code, parser, memo in self._plan:
            cell = cells[place] if place < width else None
            if cell is None:
                if self._clears and code in PERSON_CODES and code not in ("name", "id_number"):
                    parsed.values[code] = ""
                continue
            try:
                self._take(parsed, code, cell, parser, memo)
            except ValueFault as fault:
                parsed.faults.append((code, fault.code, fault.message))
        _check_together(parsed)
        return parsed

    def is_example(self, row: Row) -> bool:
        """Whether this is the sample row of the template."""
        return any(isinstance(cell, str) and cell.endswith(EXAMPLE_MARK) for cell in row.cells)

    @staticmethod
    def _take(parsed: ParsedRow, code: str, cell: Cell, parser: Callable[[Cell], Any], memo: dict[Any, Any]) -> None:
        key = (type(cell), cell)
        value = memo.get(key)
        if value is None:
            value = parser(cell)
            if len(memo) < MEMO_LIMIT:
                memo[key] = value
        if code.endswith("_unit"):
            parsed.units[code] = value
        elif isinstance(value, dict):
            parsed.values.update(value)
        else:
            parsed.values[code] = value


def _text(limit: int) -> Callable[[Cell], str]:
    def parse(cell: Cell) -> str:
        words = fields.clean_text(cell_text(cell))
        if len(words) > limit:
            raise ValueFault("too_long", f"不能超过 {limit} 个字。")
        return words

    return parse


def _day(cell: Cell) -> str:
    return identity.parse_date(cell).isoformat()


def _id_number(cell: Cell) -> dict[str, str]:
    if isinstance(cell, float) and cell >= LARGEST_EXACT:
        raise ValueFault(
            "id_as_number", "证件号码被表格当成了数字，末几位已经丢失；请把这一列设为“文本”格式后重新填写。"
        )
    number = identity.normalise_id_number(cell_text(cell))
    return {"id_kind": number.kind, "id_number": number.number}


def _political_status(cell: Cell) -> dict[str, str]:
    found = POLITICAL_STATUS.get(cell_text(cell).strip())
    if found is None:
        raise ValueFault(
            "choice", "政治面貌请填写：正式党员、预备党员、发展对象、入党积极分子、入党申请人、共青团员或群众。"
        )
    body, state = found
    return {f"{body}_state": state} if body else {"party_state": ""}


def _staff_status(cell: Cell) -> str:
    found = STAFF_STATUS.get(cell_text(cell).strip())
    if found is None:
        raise ValueFault("choice", "在岗状态请填写：在职、试用期、退休或借调在外。")
    return found


def _plain(parse: Callable[[str], Any]) -> Callable[[Cell], Any]:
    return lambda cell: parse(cell_text(cell).strip())


_PARSERS: Mapping[str, Callable[[Cell], Any]] = {
    "name": _plain(identity.clean_name), "employee_number": _text(40), "gender": _plain(identity.parse_gender),
    "ethnicity": _plain(identity.parse_ethnicity), "id_number": _id_number, "birth_date": _day,
    "phone": _plain(identity.normalise_phone), "office_phone": _plain(identity.normalise_office_phone),
    "email": _plain(fields.clean_email), "education": _text(20), "title": _text(60), "work_start_date": _day,
    "hire_date": _day, "staff_state": _staff_status, "party_state": _political_status, "party_joined": _day,
    "party_confirmed": _day, "union_joined": _day, "league_joined": _day,
    **{f"{body}_unit": _text(200) for body in ("staff", "party", "union", "league", "women")},
}  # fmt: skip


def _check_together(parsed: ParsedRow) -> None:
    """What cells say about each other."""
    values = parsed.values
    if not values.get("name") and not any(code == "name" for code, _kind, _words in parsed.faults):
        parsed.faults.append(("name", "required", "请填写姓名。"))
    _check_document(parsed)
    born = _as_day(values.get("birth_date"))
    joined, confirmed = _as_day(values.get("party_joined")), _as_day(values.get("party_confirmed"))
    today = date.today().isoformat()  # noqa: DTZ011  the server's day; the services look again with the tenant's
    for code in ("birth_date", "party_joined", "union_joined", "league_joined", "work_start_date"):
        if str(values.get(code) or "") > today:
            parsed.faults.append((code, "in_future", "日期不能晚于今天，请核对。"))
    if born and joined and joined < _years_after(born, ADULT_YEARS):
        parsed.faults.append(("party_joined", "too_young", "入党时未满 18 周岁，请核对入党时间和出生日期。"))
    if joined and confirmed and confirmed < joined:
        parsed.faults.append(("party_confirmed", "before_start", "转正时间早于入党时间，请核对。"))
    if values.get("party_state") == "" and "party_unit" in parsed.units:
        parsed.faults.append(
            (
                "party_unit",
                "not_in_party",
                f"政治面貌不是党员，不应填写所在党支部；党员请填“{state_label(Body.PARTY, 'full')}”。",
            )
        )


def _check_document(parsed: ParsedRow) -> None:
    """Birthday and gender follow from a resident number; where the file says otherwise somebody must look."""
    values = parsed.values
    if not values.get("id_number"):
        return
    number = IdNumber(values["id_kind"], values["id_number"])
    born, gender = identity.birth_date_of(number), identity.gender_of(number)
    if born is None:
        return
    if values.setdefault("birth_date", born.isoformat()) != born.isoformat():
        if values["birth_date"][:7] == born.isoformat()[:7] and values["birth_date"].endswith("-01"):
            values["birth_date"] = born.isoformat()  # only the month was given
        else:
            parsed.faults.append(("birth_date", "differs_from_id", "出生日期与身份证号码不一致，请核对。"))
    if values.setdefault("gender", gender) != gender:
        parsed.faults.append(("gender", "differs_from_id", "性别与身份证号码不一致，请核对。"))


def _as_day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
