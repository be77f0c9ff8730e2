"""Workbooks for people: the template, the original with reasons beside its rows, and rosters with their watermark.

Written row by row. Every text is a text, so nothing that begins with ``=`` becomes a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.child import INVALID_TITLE_REGEX
from openpyxl.worksheet.datavalidation import DataValidation

from .columns import COLUMNS
from .reading import Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER_FILL = PatternFill("solid", fgColor="F3E4E4")
FAULT_FILL = PatternFill("solid", fgColor="FFD9D6")
BOLD = Font(bold=True)
WATERMARK = Font(color="888888", italic=True)
TEMPLATE_ROWS = 2000
CHOICES: Mapping[str, str] = {
    "gender": "男,女", "party_state": "正式党员,预备党员,发展对象,入党积极分子,入党申请人,共青团员,群众",
    "staff_state": "在职,试用期,退休,借调在外",
}  # fmt: skip


def template_workbook() -> bytes:
    """An empty roster with every known column, a sample row that imports leave out, and a page of advice."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(_("人员名册"))
    for place, column in enumerate(COLUMNS.values(), start=1):
        header = sheet.cell(1, place, str(column.label))
        header.font, header.fill = BOLD, HEADER_FILL
        sample = sheet.cell(2, place, column.example)
        sample.data_type = "s"
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 20 if column.is_text else 16
        if column.is_text:
            for row in range(2, TEMPLATE_ROWS, 1):
                sheet.cell(row, place).number_format = "@"
        if column.code in CHOICES:
            choice = DataValidation(type="list", formula1=f'"{CHOICES[column.code]}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}{TEMPLATE_ROWS}")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "B2"
    advice = book.create_sheet(_("填写说明"))
    advice.column_dimensions["A"].width, advice.column_dimensions["B"].width = 20, 80
    for line in _advice():
        advice.append(line)
    return _saved(book)


def error_workbook(table: Table, reasons: Mapping[int, Sequence[str]], marked: Mapping[int, Iterable[int]]) -> bytes:
    """The table as it was, with a column of reasons. ``reasons``: row number -> sentences; ``marked``: row number -> columns from 0."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(table.sheet or _("名册")))
    sheet.freeze_panes = "A2"
    for place in range(len(table.headers) + 1):
        sheet.column_dimensions[get_column_letter(place + 1)].width = 48 if place == len(table.headers) else 18
    sheet.append([_cell(sheet, text, font=BOLD, fill=HEADER_FILL) for text in (*table.headers, _("错误原因"))])
    for row in table.rows:
        faulty = set(marked.get(row.number, ()))
        cells = [
            _cell(sheet, value, fill=FAULT_FILL if place in faulty else None) for place, value in enumerate(row.cells)
        ]
        cells += [None] * (len(table.headers) - len(cells))
        words = "\n".join(reasons.get(row.number, ()))
        cells.append(_cell(sheet, words, fill=FAULT_FILL if words else None))
        sheet.append(cells)
    return _saved(book)


def rows_workbook(
    *, title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], watermark: Sequence[str]
) -> bytes:
    """A roster for taking away. ``watermark``: lines that say whose copy it is, above the table and on every printed page."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.oddFooter.center.text = "  ".join(watermark)[:250].replace("&", "＆")
    sheet.freeze_panes = f"A{len(watermark) + 2}"
    for place in range(len(headers)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = 18
    for line in watermark:
        sheet.append([_cell(sheet, line, font=WATERMARK)])
    sheet.append([_cell(sheet, text, font=BOLD, fill=HEADER_FILL) for text in headers])
    for values in rows:
        sheet.append([_cell(sheet, value) for value in values])
    return _saved(book)


def _cell(sheet: Any, value: Any, *, font: Font | None = None, fill: PatternFill | None = None) -> Cell | None:
    if value is None:
        return None
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
        if "\n" in value:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    return cell


def _sheet_title(words: str) -> str:
    return INVALID_TITLE_REGEX.sub(" ", words)[:31]


def _advice() -> list[list[str]]:
    lines = [[_("列"), _("怎么填")]]
    lines += [[str(column.label), str(column.hint)] for column in COLUMNS.values()]
    lines += [
        ["", ""],
        [_("说明"), _("只有“姓名”必填；不需要的列可以删去，列的顺序随意，列名相近也能识别。")],
        ["", _("已有人员按证件号码、工号、手机号码加姓名识别；空白单元格不会清除已有内容。")],
        ["", _("第二行是示例，导入时自动跳过。")],
    ]
    return lines


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
