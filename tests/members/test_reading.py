"""Tables as people upload them: titles, merged cells, hidden sheets, old encodings, and files made to do harm."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from jiceng.kernel.errors import DomainError
from jiceng.members.importing import reading
from jiceng.members.importing.errors import HeaderMissing, TableEmpty, TableUnreadable, TooManyColumns, TooManyRows
from jiceng.members.importing.reading import Table, cell_text, read_table


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(*rows: list, shape: Callable[[Worksheet], None] = lambda sheet: None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    shape(book.active)
    return saved(book)


def read(*rows: list, **options) -> Table:
    return read_table(workbook(*rows, **options), "名册.xlsx")


def texts(table: Table) -> list[list[str]]:
    return [[cell_text(cell) for cell in row.cells] for row in table.rows]


def replaced(content: bytes, part: str, change: Callable[[bytes], bytes], *, named: str = "") -> bytes:
    """The container with one part changed, as other programs and people with intent write it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(named or name if name == part else name, change(body) if name == part else body)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_titles_notes_blank_rows_and_totals_are_no_people():
    def shape(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:C1")

    table = read(
        ["红旗街道党员花名册"], ["填表单位：综合科", None, "2026年"], ["序号", "姓名", "性别"], [1, "张三", "男"], [None, "  "],
        [2, "李四", "女"], ["序号", "姓名", "性别"], [3, "王五", "男"], ["合  计", 3], shape=shape,
    )  # fmt: skip
    assert (table.header_row, table.headers) == (3, ("序号", "姓名", "性别"))
    assert [row.number for row in table.rows] == [4, 6, 8]
    assert texts(table) == [["1", "张三", "男"], ["2", "李四", "女"], ["3", "王五", "男"]]


def test_merged_units_reach_every_row_and_a_header_of_two_rows_is_one():
    def shape(sheet: Worksheet) -> None:
        for merged in ("A1:A2", "B1:B2", "A3:A5"):
            sheet.merge_cells(merged)

    table = read(
        ["所在部门", "姓名"],
        [None, None],
        ["综合科", "张三"],
        [None, "李四"],
        [None, "王五"],
        ["办公室", "赵六"],
        shape=shape,
    )
    assert texts(table) == [["综合科", "张三"], ["综合科", "李四"], ["综合科", "王五"], ["办公室", "赵六"]]


def test_cells_keep_what_they_are():
    def shape(sheet: Worksheet) -> None:
        sheet["E2"].number_format = "yyyy/m/d"

    content = workbook(
        ["姓名", "入党时间", "身份证号", "工号", "出生日期", "手机号", "职务"],
        ["张三", datetime(2018, 7, 1), 110105194912310021, "0012", 35977, 13800138000, "=1+1"],
        shape=shape,
    )
    # What the program that made the file worked out, not the formula.
    content = replaced(content, SHEET, lambda body: body.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"))
    cells = read_table(content, "a.xlsx").rows[0].cells
    assert cells[1] == date(2018, 7, 1)
    assert isinstance(cells[2], float)  # its last digits are gone: whoever parses it must know
    assert cells[2] > 1e17
    assert [cell_text(cell) for cell in cells[3:]] == ["0012", "1998-07-01", "13800138000", "2"]


def test_hidden_sheets_are_left_out_unless_named():
    book = Workbook()
    book.active.title, book.active.sheet_state = "去年", "hidden"
    for title, name in (("去年", "张三"), ("今年", "李四")):
        sheet = book["去年"] if title == "去年" else book.create_sheet(title)
        sheet.append(["姓名", "性别"])
        sheet.append([name, "男"])
    book.active = 1
    content = saved(book)
    table = read_table(content, "a.xlsx")
    assert (table.sheet, table.sheets, texts(table)) == ("今年", ("今年",), [["李四", "男"]])
    assert texts(read_table(content, "a.xlsx", sheet="去年")) == [["张三", "男"]]


def test_sheets_of_notes_before_the_roster_are_passed_over():
    book = Workbook()
    book.active.title = "封面"
    book.create_sheet("说明").append(["请如实填写"])
    sheet = book.create_sheet("名册")
    sheet.append(["姓名"])
    sheet.append(["张三"])
    table = read_table(saved(book), "a.xlsx")
    assert (table.sheet, table.sheets, texts(table)) == ("名册", ("封面", "说明", "名册"), [["张三"]])
    with pytest.raises(TableEmpty):
        read_table(saved(book), "a.xlsx", sheet="封面")


def test_a_person_may_say_where_the_header_is():
    content = workbook(["姓名", "性别"], ["人员", "称谓"], ["张三", "先生"])
    table = read_table(content, "a.xlsx", header_row=2)
    assert (table.headers, texts(table)) == (("人员", "称谓"), [["张三", "先生"]])


CSV = '姓名,部门,身份证号\r\n张三,"综合科,二组",110105194912310021\r\n𠮷䶮,办公室,\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_in_the_encodings_of_office_programs(encoding):
    table = read_table(CSV.encode(encoding), "名册.csv")
    assert (table.headers, table.header_row) == (("姓名", "部门", "身份证号"), 1)
    assert texts(table) == [["张三", "综合科,二组", "110105194912310021"], ["𠮷䶮", "办公室", ""]]


@pytest.mark.parametrize("delimiter", ["\t", ";", "，"], ids=["tab", "semicolon", "wide comma"])
def test_text_with_other_delimiters(delimiter):
    content = "\n".join(delimiter.join(row) for row in (["姓名", "工号"], ["张三", "0012"])).encode()
    assert texts(read_table(content, "a.csv")) == [["张三", "0012"]]


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"", "a.csv", TableEmpty),
        (b" \n\n", "a.csv", TableEmpty),
        ("姓名\n".encode(), "a.csv", TableEmpty),
        ("你好\n张三\n".encode(), "a.csv", HeaderMissing),
        (b"\xff\xff\xff\xff", "a.csv", TableUnreadable),
        (b'name\n"' + b"x" * 200_000, "a.csv", TableUnreadable),
        (b",".join([b"name"] * 101), "a.csv", TooManyColumns),
        (b"name\n" + b"x\n" * 50_001, "a.csv", TooManyRows),
        (b"", "a.xlsx", TableUnreadable),
        (b"PK\x03\x04 no workbook", "a.xlsx", TableUnreadable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000, "a.xls", TableUnreadable),
        (workbook(), "a.xlsx", TableEmpty),
        (workbook(["你好"], ["张三"]), "a.xlsx", HeaderMissing),
        (workbook(["姓名", *["x"] * 100], ["张三"]), "a.xlsx", TooManyColumns),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_cannot_be_read_is_refused_in_words(content, name, error):
    with pytest.raises(error) as refused:
        read_table(content, name)
    assert type(refused.value) is error
    assert refused.value.detail


def test_a_cut_off_workbook_is_unreadable():
    whole = workbook(["姓名"], *[[f"张{number}"] for number in range(500)])
    for length in (len(whole) // 3, len(whole) - 30):
        with pytest.raises(TableUnreadable):
            read_table(whole[:length], "a.xlsx")
    with pytest.raises(TableUnreadable):
        read_table(replaced(whole, SHEET, lambda body: body[: len(body) // 2]), "a.xlsx")


def far(*places: str) -> bytes:
    def shape(sheet: Worksheet) -> None:
        for place in places:
            sheet[place] = "x"

    return workbook(["姓名"], ["张三"], shape=shape)


def _single_quotes(body: bytes) -> bytes:
    return body.replace(b'"', b"'")


def _unplaced_cells(body: bytes) -> bytes:
    """A row of ten thousand cells that do not say where they are, and one far below."""
    cells = b"<c><v>1</v></c>" * 10_000
    return body.replace(b"</sheetData>", b'<row r="40000">' + cells + b"</row></sheetData>")


BOMBS = {
    "corner": far("XFD1048576"),
    "bottom left and top right": far("A1048576", "XFD1"),
    "single quotes": replaced(far("A1048576", "XFD1"), SHEET, _single_quotes),
    "cells without places": replaced(far(), SHEET, _unplaced_cells),
    "sheet under another name": replaced(
        replaced(far("A1048576", "XFD1"), SHEET, bytes, named="xl/odd.bin"), "xl/_rels/workbook.xml.rels",
        lambda body: body.replace(b"worksheets/sheet1.xml", b"odd.bin"),
    ),
    "on a second sheet": None,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_of_enormous_extent_is_refused_before_it_is_laid_out(name):
    content = BOMBS[name] or _bomb_behind()
    assert len(content) < 30_000
    began = time.perf_counter()
    with pytest.raises((TooManyRows, TooManyColumns)):
        read_table(content, "a.xlsx")
    assert time.perf_counter() - began < 1


def _bomb_behind() -> bytes:
    book = load_workbook(io.BytesIO(far()))
    sheet = book.create_sheet("第二页")
    sheet["A1048576"] = sheet["XFD1"] = "x"
    return saved(book)


@pytest.mark.parametrize("part", ["content.xml", "xl/workbook.bin"])
def test_a_workbook_that_is_also_another_format_is_refused(part):
    stream = io.BytesIO(workbook(["姓名"], ["张三"]))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(part, "x")
    with pytest.raises(TableUnreadable):
        read_table(stream.getvalue(), "a.xlsx")


def test_formatting_far_below_is_no_content():
    def shape(sheet: Worksheet) -> None:
        for place in ("A1048576", "XFD3"):
            sheet[place].number_format = "@"

    assert texts(read(["姓名"], ["张三"], shape=shape)) == [["张三"]]


def test_as_many_rows_as_allowed_are_read(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    names = [[f"张{letter}"] for letter in "甲乙丙丁"]
    assert len(read(["姓名"], *names[:3]).rows) == 3
    with pytest.raises(TooManyRows):
        read(["姓名"], *names)
    assert issubclass(TooManyRows, DomainError)
