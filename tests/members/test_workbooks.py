"""Workbooks that people take away: nothing in them is ever a formula, and they can be read back."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from jiceng.members.importing.columns import COLUMNS, guess_mapping
from jiceng.members.importing.reading import Row, Table, cell_text, read_table
from jiceng.members.importing.values import RowParser
from jiceng.members.importing.workbooks import FAULT_FILL, error_workbook, rows_workbook, template_workbook

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "#N/A", "{=1}", "\t=1", "'x", "<b>&amp;</b>"]


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def kinds(content: bytes) -> set[str]:
    return {cell.data_type for sheet in opened(content) for line in sheet.iter_rows() for cell in line if cell.value}


def test_the_template_is_read_back_as_every_column_and_its_sample_left_out():
    content = template_workbook()
    table = read_table(content, "模板.xlsx")
    mapping = guess_mapping(table.headers)
    assert [mapping[place] for place in range(len(COLUMNS))] == list(COLUMNS)
    parser = RowParser(mapping)
    assert [parser.is_example(row) for row in table.rows] == [True]
    assert parser.parse(Row(2, ["李四", *table.rows[0].cells[1:]])).faults == []


def test_the_template_helps_to_fill_it_in():
    book = opened(template_workbook())
    sheet = book.worksheets[0]
    place = list(COLUMNS).index("id_number") + 1
    assert {sheet.cell(row, place).number_format for row in (2, 3, 1000)} == {"@"}
    lists = {str(choice.sqref): choice.formula1 for choice in sheet.data_validations.dataValidation}
    assert len(lists) == 3
    assert any("预备党员" in formula for formula in lists.values())
    assert len(book.worksheets[1]["A"]) > len(COLUMNS)
    assert kinds(template_workbook()) == {"s"}


def errors(*rows: list, sheet: str = "名册", headers: tuple[str, ...] = ("姓名", "身份证号", "职务")) -> bytes:
    table = Table(sheet, (sheet,), 3, headers, [Row(number, cells) for number, cells in enumerate(rows, start=4)])
    return error_workbook(table, {5: ["姓名中不能有数字。", "请核对职务。"]}, {5: [0, 2]})


def test_the_error_workbook_is_the_original_with_reasons():
    rows = [["张三", "110105194912310021", None], ["李4", 1.1e17, "=cmd|x"], ["王五", date(2020, 1, 31)]]
    content = errors(*rows)
    table = read_table(content, "a.xlsx")
    assert table.headers == ("姓名", "身份证号", "职务", "错误原因")
    assert [list(row.cells[:3]) for row in table.rows] == [rows[0], rows[1], [*rows[2], None]]
    assert [cell_text(row.cells[3]) for row in table.rows] == ["", "姓名中不能有数字。\n请核对职务。", ""]
    filled = {
        cell.coordinate
        for line in opened(content).active.iter_rows(min_row=2)
        for cell in line
        if cell.fill.fgColor.rgb == FAULT_FILL.fgColor.rgb
    }
    assert filled == {"A3", "C3", "D3"}
    # The column of reasons is no column of people when the file comes back.
    assert 3 not in guess_mapping(table.headers)


def test_no_text_becomes_a_formula():
    content = errors(*[[text, text, text] for text in HOSTILE], headers=("=姓名", "+1", "职务"))
    assert kinds(content) == {"s"}
    assert [line[0].value for line in opened(content).active.iter_rows(min_row=2)] == HOSTILE
    exported = rows_workbook(title="名册", headers=HOSTILE, rows=iter([HOSTILE]), watermark=["=1", "张三 2026-01-31"])
    assert kinds(exported) == {"s"}


@pytest.mark.parametrize("text", ["张\x07三", "张\x00三", "张\x1f三"])
def test_characters_that_no_workbook_may_hold_are_left_out(text):
    assert read_table(errors([text, "", ""]), "a.xlsx").rows[0].cells[0] == "张三"


def test_sheets_are_named_within_the_rules():
    assert opened(errors(["张三"], sheet="2026/1[新]:*?")).sheetnames == ["2026 1 新    "]
    exported = rows_workbook(title="长" * 40 + "/", headers=["姓名"], rows=[], watermark=[])
    assert opened(exported).sheetnames == ["长" * 31]


def test_a_roster_bears_its_watermark_on_the_page_and_on_paper():
    content = rows_workbook(
        title="名册", headers=["姓名", "入党时间"], rows=([name, date(2018, 7, 1)] for name in ("张三", "李四")),
        watermark=["李主任 138****0001", "A&B"],
    )  # fmt: skip
    sheet = opened(content).active
    assert [sheet["A1"].value, sheet["A2"].value, sheet["A3"].value, sheet["A4"].value] == [
        "李主任 138****0001", "A&B", "姓名", "张三",
    ]  # fmt: skip
    assert sheet["B4"].number_format == "yyyy-mm-dd"
    assert "李主任" in sheet.oddFooter.center.text
    assert "A＆B" in sheet.oddFooter.center.text
    assert sheet.freeze_panes == "A4"
