"""Pages of a list by position instead of by number: the same few rows are read however far one goes."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from jiceng.kernel.errors import Invalid

Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 30
MAX_CURSOR_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """``next``: the cursor of the following page, ``""`` on the last one. ``is_first``: no cursor was given."""

    rows: tuple[Row, ...]
    next: str
    is_first: bool


def page_of(rows: QuerySet[Row], *, by: tuple[str, ...], cursor: str, size: int = PAGE_SIZE) -> Page[Row]:
    """One page of ``rows`` in ascending order of ``by``, whose last field must be unique. One query.

    Raises ``Invalid`` for a cursor that this function did not make.
    """
    ordered = rows.order_by(*by)
    if cursor:
        ordered = ordered.filter(_after(by, _decode(cursor, len(by))))
    try:
        found = tuple(ordered[: size + 1])
    except (ValueError, TypeError) as error:
        raise Invalid(_("翻页位置无效，请从第一页开始。")) from error
    following = _encode([getattr(found[size - 1], name) for name in by]) if len(found) > size else ""
    return Page(found[:size], following, not cursor)


def position_of(cursor: str, *, by: tuple[str, ...]) -> dict[str, str]:
    """Where ``cursor`` stands: the values, as text, of the last row before its page. Raises ``Invalid`` as ``page_of``."""
    return dict(zip(by, _decode(cursor, len(by)), strict=True))


def _after(by: tuple[str, ...], values: list[Any]) -> Q:
    """(a, b, c) > (x, y, z), written out."""
    condition = Q()
    for at in reversed(range(len(by))):
        condition = Q(**{f"{by[at]}__gt": values[at]}) | (Q(**{by[at]: values[at]}) & condition if condition else Q())
    return condition


def _encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> list[str]:
    try:
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise ValueError
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != length or not all(isinstance(v, str) for v in values):
            raise ValueError
        if any("\x00" in value for value in values):
            raise ValueError
    except ValueError as error:
        raise Invalid(_("翻页位置无效，请从第一页开始。")) from error
    return values


@dataclass(frozen=True, slots=True)
class NumberedPage(Generic[Row]):
    """A page of a list that people leaf through with a count. ``next``/``previous``: page numbers as text, ``""`` at the ends."""

    rows: tuple[Row, ...]
    count: int
    next: str
    previous: str


def numbered_page(rows: QuerySet[Row], cursor: str | None, *, size: int = 50) -> NumberedPage[Row]:
    """Page ``cursor`` (``"2"``) of ``rows``; the first for what is no number, the last beyond the end. Two queries."""
    page = Paginator(rows, size).get_page(cursor)
    return NumberedPage(
        tuple(page.object_list), page.paginator.count,
        str(page.next_page_number()) if page.has_next() else "",
        str(page.previous_page_number()) if page.has_previous() else "",
    )  # fmt: skip
