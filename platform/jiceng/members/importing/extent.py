"""How far a workbook's sheets reach, found before the reader lays out a cell for every place between their corners.

Two cells far apart in a file of five kilobytes would otherwise ask for more memory than there is, and end the process.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from .errors import TableUnreadable, TooManyColumns, TooManyRows

MAX_CELLS = 5_000_000
CHUNK_BYTES = 256 * 1024
# Parts that would make the reader take the file for a workbook of another format, whose extent is not looked at.
FOREIGN_PARTS = ("content.xml", "xl/workbook.bin")
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def check_extent(content: bytes) -> None:
    """Raises ``TooManyRows`` or ``TooManyColumns`` where any sheet of an .xlsx spans too much, ``TableUnreadable`` when broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(name.lower() in FOREIGN_PARTS for name in archive.namelist()):
                raise TableUnreadable
            for name in archive.namelist():
                _check_part(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise TableUnreadable from error


def _check_part(archive: zipfile.ZipFile, name: str) -> None:
    """A sheet is known by its first element: its name inside the container is for the writer to choose."""
    sheet = _Extent()
    try:
        with archive.open(name) as stream:
            while (chunk := stream.read(CHUNK_BYTES)) and sheet.is_sheet is not False:
                sheet.feed(chunk)
    except (ExpatError, ValueError) as error:
        if sheet.is_sheet:
            raise TableUnreadable from error


class _Extent:
    """Follows rows and cells as the reader does: by their ``r``, else one after the other. Only cells with content count."""

    def __init__(self) -> None:
        self.is_sheet: bool | None = None
        self._row = self._column = 0
        self._top = self._left = 1 << 30
        self._bottom = self._right = 0
        self._parser = ParserCreate()
        self._parser.StartElementHandler = self._start

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, False)

    def _start(self, element: str, attributes: dict[str, Any]) -> None:
        name = element.rpartition(":")[2]
        if self.is_sheet is None:
            self.is_sheet = name == "worksheet"
            if not self.is_sheet:
                self._parser.StartElementHandler = None
        elif name == "c":
            place = _PLACE.fullmatch(attributes.get("r", ""))
            if place is None:
                self._column += 1
            else:
                self._column, self._row = _column_number(place[1]), int(place[2])
        elif name == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._column = 0
        elif name in ("v", "is", "f"):
            self._reach()

    def _reach(self) -> None:
        row, column = self._row, self._column
        if self._top <= row <= self._bottom and self._left <= column <= self._right:
            return
        self._top, self._bottom = min(self._top, row), max(self._bottom, row)
        self._left, self._right = min(self._left, column), max(self._right, column)
        height, width = self._bottom - self._top + 1, self._right - self._left + 1
        if height * width > MAX_CELLS:
            raise TooManyRows if height >= width else TooManyColumns


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
