"""From an uploaded workbook or text file to a table: which sheet, where the header is, and what stands in the rows."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from .columns import known_header_count
from .errors import HeaderMissing, TableEmpty, TableUnreadable, TooManyColumns, TooManyRows
from .extent import check_extent

Cell = str | int | float | bool | date | None
MAX_ROWS = 50_000
MAX_COLUMNS = 100
HEADER_SEARCH_ROWS = 20
TOTAL_WORDS = ("合计", "总计", "小计", "共计")
_SPACES = re.compile(r"\s+")
_DELIMITERS = ",\t;，"


@dataclass(frozen=True, slots=True)
class Row:
    """``number``: as the sheet counts, from 1."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """``sheets``: those that can be chosen. ``header_row``: its number, from 1. ``rows``: what lies below, blank ones left out."""

    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    headers: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)


def read_table(content: bytes, name: str, *, sheet: str = "", header_row: int = 0, is_known: bool = False) -> Table:
    """Read an .xlsx, .xls or .csv that ``files.inspection`` has let pass. ``sheet``, ``header_row``: chosen by a person; found without.

    ``is_known``: these very bytes were read before, so how far their sheets reach need not be looked at again.

    Raises ``TableUnreadable``, ``TableEmpty``, ``HeaderMissing``, ``TooManyRows``, ``TooManyColumns``.
    """
    if name.lower().endswith((".csv", ".txt", ".tsv")):
        return _table(_read_text(content), ("",), "", header_row)
    book, names, shown = _open(content, is_known=is_known)
    if sheet in names:
        return _table(_grid(book, sheet), shown, sheet, header_row)
    return _first_table(book, shown, header_row)


def cell_text(cell: Cell) -> str:
    """What a person sees in the cell: whole numbers without a point, days as 2020-01-31."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.time().min else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return str(cell)


def _open(content: bytes, *, is_known: bool) -> tuple[CalamineWorkbook, list[str], tuple[str, ...]]:
    """The workbook, the names of its sheets, and of those that its readers see."""
    if not is_known and zipfile.is_zipfile(io.BytesIO(content)):
        check_extent(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, ValueError) as error:
        raise TableUnreadable from error
    sheets = [item for item in book.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
    names = [item.name for item in sheets]
    shown = [item.name for item in sheets if item.visible == SheetVisibleEnum.Visible] or names
    if not names:
        raise TableUnreadable
    return book, names, tuple(shown)


def _first_table(book: CalamineWorkbook, shown: tuple[str, ...], header_row: int) -> Table:
    """Of the first sheet with a roster on it: notes and blank sheets may come before. Of none, the first one's refusal."""
    refusal: TableEmpty | HeaderMissing | None = None
    for name in shown:
        try:
            return _table(_grid(book, name), shown, name, header_row)
        except (TableEmpty, HeaderMissing) as error:
            refusal = refusal or error
    raise refusal or TableEmpty


def _grid(book: CalamineWorkbook, name: str) -> list[list[Any]]:
    try:
        sheet = book.get_sheet_by_name(name)
        last_row, last_column = sheet.end or (0, 0)  # from 0; what the reader calls its total width is one too small
        if last_row >= MAX_ROWS + HEADER_SEARCH_ROWS:
            raise TooManyRows
        if last_column >= MAX_COLUMNS:
            raise TooManyColumns
        grid = sheet.to_python(skip_empty_area=False)
        ranges = sheet.merged_cell_ranges or ()
    except (CalamineError, ValueError, IndexError) as error:
        raise TableUnreadable from error
    _spread(grid, ranges)
    return grid


def _spread(grid: list[list[Any]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """A merged cell's value belongs to every row it covers; across columns it stays where it is (titles)."""
    for (top, left), (bottom, _right) in ranges:
        if top >= len(grid) or left >= len(grid[top]):
            continue
        value = grid[top][left]
        for number in range(top + 1, min(bottom + 1, len(grid))):
            if left < len(grid[number]):
                grid[number][left] = value


def _read_text(content: bytes) -> list[list[Any]]:
    text = _decode(content)
    if not text.strip():
        raise TableEmpty
    sample = text[:20_000]
    lines = [line for line in sample.splitlines()[:HEADER_SEARCH_ROWS] if line.strip()]
    delimiter = max(_DELIMITERS, key=lambda character: sum(line.count(character) for line in lines))
    grid: list[list[Any]] = []
    try:
        for record in csv.reader(io.StringIO(text), delimiter=delimiter, strict=False):
            if len(record) > MAX_COLUMNS:
                raise TooManyColumns
            grid.append(record)
            if len(grid) > MAX_ROWS + HEADER_SEARCH_ROWS:
                raise TooManyRows
    except csv.Error as error:
        raise TableUnreadable("文字表格的格式有误，请用 Excel 或 WPS 另存为 .xlsx 后重新上传。") from error
    return grid


def _decode(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, else GB 18030 (what Excel writes in China)."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableUnreadable("看不懂文件的文字编码，请另存为 .xlsx 或 UTF-8 编码的 .csv 后重新上传。")


def _table(grid: list[list[Any]], sheets: tuple[str, ...], sheet: str, header_row: int) -> Table:
    if not any(_is_filled(cells) for cells in grid):
        raise TableEmpty
    at = header_row - 1 if 0 < header_row <= len(grid) else _find_header(grid)
    width = max((place + 1 for place, cell in enumerate(grid[at]) if _filled(cell)), default=0)
    headers = tuple(cell_text(_plain(cell)).strip() for cell in grid[at][:width])
    rows = [
        Row(number, [_plain(cell) for cell in cells[:width]])
        for number, cells in enumerate(grid[at + 1 :], start=at + 2)
        # A header may stand twice: over two merged rows, or again on each printed page.
        if _is_filled(cells[:width]) and not _is_total(cells) and cells[:width] != grid[at][:width]
    ]
    if not rows:
        raise TableEmpty
    if len(rows) > MAX_ROWS:
        raise TooManyRows
    return Table(sheet, sheets, at + 1, headers, rows)


def _find_header(grid: list[list[Any]]) -> int:
    """The row among the first that holds most known column names."""
    scores = [known_header_count([cell_text(_plain(cell)) for cell in cells]) for cells in grid[:HEADER_SEARCH_ROWS]]
    best = max(scores, default=0)
    if best == 0:
        raise HeaderMissing
    return scores.index(best)


def _is_filled(cells: Sequence[Any]) -> bool:
    for cell in cells:  # noqa: SIM110  any() with a generator doubles the time for a large file
        if _filled(cell):
            return True
    return False


def _filled(cell: Any) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _is_total(cells: Sequence[Any]) -> bool:
    first = next((cell for cell in cells if _filled(cell)), "")
    return isinstance(first, str) and _SPACES.sub("", first).startswith(TOTAL_WORDS)


def _plain(cell: Any) -> Cell:
    """Blank text as None; times of day and lengths of time as text."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if cell is None or isinstance(cell, (int, float, date)):
        return cell
    return str(cell)


__all__ = ["MAX_ROWS", "Cell", "Row", "Table", "cell_text", "read_table"]
