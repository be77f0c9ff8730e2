"""One rule for text that people type, whichever surface it came through."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from .errors import FieldError, Invalid
from .text import clean


class Cleaner:
    """Collects cleaned values and every fault, so that a person sees all of them at once."""

    def __init__(self, within: str = "") -> None:
        """``within``: the object that the fields are in, for the pointers."""
        self.prefix = f"/{within}" if within else ""
        self.values: dict[str, Any] = {}
        self.faults: list[FieldError] = []

    def text(self, name: str, value: Any, longest: int, *, needed: bool = False) -> Cleaner:
        try:
            text = clean(value if isinstance(value, str) else "")
        except Invalid as error:
            return self.refuse(name, "invalid_text", error.detail)
        if needed and not text:
            return self.refuse(name, "required", _("此项不能为空。"))
        if len(text) > longest:
            return self.refuse(name, "too_long", _("不能超过 %(count)d 个字。") % {"count": longest})
        self.values[name] = text
        return self

    def refuse_unknown(self, given: Mapping[str, Any], known: set[str]) -> Cleaner:
        """Refuse what is not ``known``."""
        for name in sorted(set(given) - known)[:10]:
            self.refuse(str(name)[:40].replace("~", "~0").replace("/", "~1"), "unknown_field", _("没有这个字段。"))
        return self

    def refuse(self, name: str, code: str, message: str) -> Cleaner:
        self.faults.append(FieldError(f"{self.prefix}/{name}", code, message))
        return self

    def whole(self, name: str, value: Any, least: int, most: int, *, needed: bool = False) -> Cleaner:
        """A whole number from ``least`` to ``most``; nothing counts as ``least`` unless ``needed``."""
        if value in (None, "") and not needed:
            self.values[name] = least
        elif isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            bounds = {"least": least, "most": most}
            return self.refuse(name, "out_of_range", _("应为 %(least)d 到 %(most)d 之间的整数。") % bounds)
        else:
            self.values[name] = value
        return self

    def done(self, error: Callable[..., Exception]) -> dict[str, Any]:
        if self.faults:
            raise error(fields=tuple(self.faults))
        return self.values


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
