"""Dates, moments and ids in ``details``, as JSON and as forms give them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from .cleaning import Cleaner


def clean_day(cleaner: Cleaner, given: Mapping[str, Any], name: str) -> None:
    """``given[name]``, a date or ``"2026-11-23"`` or nothing, into the cleaner."""
    if name not in given:
        return
    value = given[name]
    if isinstance(value, str) and value:
        value = _parsed(parse_date, value)
    if value in (None, ""):
        cleaner.values[name] = None
    elif isinstance(value, date) and not isinstance(value, datetime):
        cleaner.values[name] = value
    else:
        cleaner.refuse(name, "invalid_date", _("日期的写法应如 2026-11-23。"))


def clean_moment(cleaner: Cleaner, given: Mapping[str, Any], name: str, *, needed: bool = False) -> None:
    """``given[name]``, an aware datetime or its ISO 8601 text with a zone, or nothing, into the cleaner."""
    if name not in given:
        return
    value = given[name]
    if isinstance(value, str) and value:
        value = _parsed(parse_datetime, value)
        value = value if value and value.tzinfo else False
    if value in (None, ""):
        if needed:
            cleaner.refuse(name, "required", _("此项不能为空。"))
        else:
            cleaner.values[name] = None
    elif isinstance(value, datetime) and value.tzinfo and 2000 <= value.year <= 2200:
        cleaner.values[name] = value
    else:
        cleaner.refuse(name, "invalid_moment", _("时间的写法应如 2026-11-23T09:00:00+08:00。"))


def clean_ids(cleaner: Cleaner, given: Any, name: str, *, most: int) -> list[uuid.UUID]:
    """A list of ids without repetitions, in order; faults go into the cleaner."""
    if not isinstance(given, (list, tuple)) or len(given) > most:
        cleaner.refuse(name, "too_many", _("应为不超过 %(count)d 项的列表。") % {"count": most})
        return []
    found: list[uuid.UUID] = []
    for item in given:
        try:
            found.append(item if isinstance(item, uuid.UUID) else uuid.UUID(str(item)))
        except ValueError:
            cleaner.refuse(name, "invalid_id", _("列表中有写法错误的编号。"))
            return []
    return list(dict.fromkeys(found))


def _parsed(parse: Any, text: str) -> Any:
    try:
        return parse(text) or False
    except ValueError:
        return False
