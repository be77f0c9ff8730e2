"""From an uploaded workbook or text file to a table: which sheet, where the header is, and what stands in the rows."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from .columns import known_header_count
from .errors import HeaderMissing, TableEmpty, TableUnreadable, TooManyColumns, TooManyRows

Cell = str | int | float | bool | date | None
MAX_ROWS = 50_000
MAX_COLUMNS = 100
HEADER_SEARCH_ROWS = 20
TOTAL_WORDS = ("合计", "总计", "小计", "共计")
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


def read_table(content: bytes, name: str, *, sheet: str = "", header_row: int = 0) -> Table:
    """Read an .xlsx, .xls or .csv that ``files.inspection`` has let pass. ``sheet``, ``header_row``: chosen by a person; found without.

    Raises ``TableUnreadable``, ``TableEmpty``, ``HeaderMissing``, ``TooManyRows``, ``TooManyColumns``.
    """
    if name.lower().endswith((".csv", ".txt", ".tsv")):
        return _table(_read_text(content), ("",), "", header_row)
    return _table(*_read_workbook(content, sheet), header_row)


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


def _read_workbook(content: bytes, wanted: str) -> tuple[list[list[Any]], tuple[str, ...], str]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [
            item.name for item in book.sheets_metadata if item.visible == SheetVisibleEnum.Visible
        ] or book.sheet_names
        name = wanted if wanted in book.sheet_names else shown[0]
        sheet = book.get_sheet_by_name(name)
        height, width = sheet.total_height, sheet.total_width
        if height > MAX_ROWS + HEADER_SEARCH_ROWS:
            raise TooManyRows
        if width > MAX_COLUMNS:
            raise TooManyColumns
        grid = sheet.to_python(skip_empty_area=False)
        ranges = sheet.merged_cell_ranges or ()
    except (CalamineError, ValueError, IndexError) as error:
        raise TableUnreadable from error
    _spread(grid, ranges)
    return grid, tuple(shown), name


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
        if _is_filled(cells[:width]) and not _is_total(cells)
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
    return isinstance(first, str) and unicodedata.normalize("NFKC", first).strip().startswith(TOTAL_WORDS)


def _plain(cell: Any) -> Cell:
    """Blank text as None; times of day and lengths of time as text."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if cell is None or isinstance(cell, (int, float, date)):
        return cell
    return str(cell)


__all__ = ["MAX_ROWS", "Cell", "Row", "Table", "cell_text", "read_table"]
