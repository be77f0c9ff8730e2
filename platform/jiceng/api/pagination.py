"""Cursor pages: by position, not by number, so that rows neither repeat nor vanish while others are added.

A cursor names the row at the page's edge (its ordering value and id) and is signed for one list of one tenant.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from jiceng.kernel import crypto
from jiceng.kernel.context import require_scope

from .errors import CursorInvalid
from .queries import ListQuery

PURPOSE = "api-cursor"
MAX_CURSOR = 1000


@dataclass(frozen=True, slots=True)
class Position:
    """The edge of a page: the row's ordering value and id, and whether the page lies before it."""

    value: Any
    id: Any
    is_backward: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page's rows in reading order, and the cursors beside it (``""`` at either end)."""

    rows: Sequence[Any]
    next: str
    previous: str


def slice_rows(rows: QuerySet[Any], query: ListQuery, path: str) -> tuple[QuerySet[Any], Position | None]:
    """``rows`` in order, beginning at the cursor, one more than the page holds. Raises ``CursorInvalid``.

    The field ordered by may be nullable; nulls come last in either direction.
    """
    name, descending = query.ordering.removeprefix("-"), query.ordering.startswith("-")
    position = _open(query, path, rows.model) if query.cursor else None
    if position is not None:
        forward = descending == position.is_backward
        rows = rows.filter(_beyond(rows.model, name, position, ascending=forward))
    backward = position is not None and position.is_backward
    return rows.order_by(*_order(rows.model, name, descending != backward, backward))[: query.limit + 1], position


def make_page(
    found: list[Any], edges: list[tuple[Any, Any]], query: ListQuery, position: Position | None, path: str
) -> Page:
    """Cut ``found`` to the page. ``edges``: each row's (ordering value, id)."""
    has_more = len(found) > query.limit
    found, edges = found[: query.limit], edges[: query.limit]
    backward = position is not None and position.is_backward
    if backward:
        found.reverse()
        edges.reverse()
    if not found:
        return Page((), "", "")
    after = _seal(query, path, edges[-1], is_backward=False) if has_more or backward else ""
    before = _seal(query, path, edges[0], is_backward=True) if (has_more if backward else position) else ""
    return Page(found, after, before)


def link(request: HttpRequest, cursor: str) -> str | None:
    """The page at ``cursor`` as a path on the same host, with the request's other parameters."""
    if not cursor:
        return None
    kept = [(name, value) for name, value in request.GET.items() if name != "cursor"]
    return f"{request.path}?{urlencode([*kept, ('cursor', cursor)])}"


def _order(model: type[models.Model], name: str, descending: bool, nulls_first: bool) -> list[Any]:
    if name in ("id", "pk"):
        return [F("pk").desc() if descending else F("pk").asc()]
    first: Any = F(name)
    if _is_nullable(model, name):
        placed = {"nulls_first": True} if nulls_first else {"nulls_last": True}
        first = first.desc(**placed) if descending else first.asc(**placed)
    else:
        first = first.desc() if descending else first.asc()
    return [first, F("pk").desc() if descending else F("pk").asc()]


def _is_nullable(model: type[models.Model], name: str) -> bool:
    try:
        return bool(getattr(model._meta.get_field(name), "null", False))
    except FieldDoesNotExist:
        return False


def _beyond(model: type[models.Model], name: str, position: Position, *, ascending: bool) -> Q:
    """Rows on the far side of ``position``; ``ascending``: towards greater values."""
    step = "gt" if ascending else "lt"
    past = Q(**{f"pk__{step}": position.id})
    if name in ("id", "pk"):
        return past
    if position.value is None:
        nulls = Q(**{f"{name}__isnull": True}) & past
        return Q(**{f"{name}__isnull": False}) | nulls if position.is_backward else nulls
    # ">= v AND (> v OR id past)" rather than two branches: the first half can use the index.
    inside = Q(**{f"{name}__{step}e": position.value}) & (Q(**{f"{name}__{step}": position.value}) | past)
    nulls_follow = not position.is_backward and _is_nullable(model, name)
    return inside | Q(**{f"{name}__isnull": True}) if nulls_follow else inside


def _seal(query: ListQuery, path: str, edge: tuple[Any, Any], *, is_backward: bool) -> str:
    content = json.dumps([_plain(edge[0]), str(edge[1]), int(is_backward)], separators=(",", ":"))
    return base64.urlsafe_b64encode(f"{_signature(content, query, path)}{content}".encode()).rstrip(b"=").decode()


def _open(query: ListQuery, path: str, model: type[models.Model]) -> Position:
    try:
        if len(query.cursor) > MAX_CURSOR:
            raise ValueError(query.cursor[:20])
        raw = base64.b64decode(query.cursor + "=" * (-len(query.cursor) % 4), altchars=b"-_", validate=True).decode()
        signature, content = raw[:22], raw[22:]
        if not constant_time_compare(signature, _signature(content, query, path)):
            raise ValueError("signature")
        value, identifier, backward = json.loads(content)
        edge = _typed(model, query.ordering.removeprefix("-"), value)
        return Position(edge, _typed(model, "pk", identifier), bool(backward))
    except (ValueError, TypeError, binascii.Error, ValidationError) as error:
        raise CursorInvalid from error


def _signature(content: str, query: ListQuery, path: str) -> str:
    bound = f"{require_scope().key}|{path}|{query.ordering}|{content}"
    return crypto.sign(bound, purpose=PURPOSE)[:22]


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _typed(model: type[models.Model], name: str, value: Any) -> Any:
    """Back to what the column holds; names that are no fields (annotations) keep JSON's types."""
    if value is None:
        return None
    try:
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    except FieldDoesNotExist:
        return value
    return field.to_python(value)  # type: ignore[union-attr]
