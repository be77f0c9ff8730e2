"""What may be said of an entry: numbers that can be dialled, hours that make sense."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from jiceng.kernel.cleaning import Cleaner

from ..models import NAME_LENGTH
from ..models.opening import MIDNIGHT

TEXTS = {"name": NAME_LENGTH, "summary": 300, "tags": 100, "address": 150, "hours_note": 150}
FLAGS = ("is_always_open", "keeps_holidays", "is_public")
MOST_LINES, MOST_OPENINGS = 8, 28
_NUMBER = re.compile(r"^[0-9+*-]{3,25}$")
_NOISE = re.compile(r"[\s()（）·.]")
_HOURS = re.compile(r"^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")
_DAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7, "七": 7}


def dialled(number: str) -> str:
    """``"（010） 1234 5678转9"`` → ``"010-12345678*9"`` as far as it can be dialled; ``""`` where it cannot."""
    text = unicodedata.normalize("NFKC", number).replace("转", "*").replace("—", "-").replace("–", "-")
    text = _NOISE.sub("", re.sub(r"[)）]\s*", "-", text))
    return text.strip("-") if _NUMBER.match(text.strip("-")) else ""


def clean_texts(cleaner: Cleaner, fields: Mapping[str, Any]) -> None:
    for name, longest in TEXTS.items():
        if name in fields:
            cleaner.text(name, fields[name] or "", longest, needed=name == "name")
    cleaner.values.update({name: bool(fields[name]) for name in FLAGS if name in fields})


def clean_lines(cleaner: Cleaner, given: Any) -> list[tuple[str, str]]:
    """Pairs of label and number. ``given``: ``[{"label", "number"}, …]``."""
    if not isinstance(given, (list, tuple)) or len(given) > MOST_LINES:
        cleaner.refuse("lines", "too_many", _("电话最多 %(count)d 个。") % {"count": MOST_LINES})
        return []
    found = []
    for place, line in enumerate(given):
        label = str(line.get("label") or "").strip() if isinstance(line, Mapping) else ""
        number = dialled(str(line.get("number") or "")) if isinstance(line, Mapping) else ""
        if not number or len(label) > 20:
            cleaner.refuse(f"lines/{place}", "invalid_number", _("电话号码的写法有误。"))
        found.append((label, number))
    return found


def clean_openings(cleaner: Cleaner, given: Any) -> list[tuple[int, time, time]]:
    """Weekday, opens, closes; within one day they may not overlap. ``given``: such triples."""
    if not isinstance(given, (list, tuple)) or len(given) > MOST_OPENINGS:
        cleaner.refuse("openings", "too_many", _("营业时间最多 %(count)d 段。") % {"count": MOST_OPENINGS})
        return []
    found = sorted((int(day), opens, closes) for day, opens, closes in given)
    for place, (day, opens, closes) in enumerate(found):
        if not 1 <= day <= 7 or (closes != MIDNIGHT and closes <= opens):
            cleaner.refuse("openings", "invalid_hours", _("营业时间要先开后关；过夜的请分成两段。"))
            return []
        before = found[place - 1] if place else None
        if before and before[0] == day and (before[2] == MIDNIGHT or before[2] > opens):
            cleaner.refuse("openings", "overlapping", _("同一天的营业时间有重叠。"))
            return []
    return found


def parse_hours(text: str) -> list[tuple[int, time, time]] | None:
    """``"一至五 9:00-12:00 13:30-17:00；六 9:00-12:00"`` as triples; ``None`` where it cannot be read."""
    found: list[tuple[int, time, time]] = []
    plain = unicodedata.normalize("NFKC", text).replace("—", "-").replace("–", "-").replace("~", "-").replace("周", "")
    for part in re.split(r"[;\n]+", plain):
        words = part.replace("星期", "").split()
        if not words:
            continue
        days = _weekdays(words[0])
        ranges = [_range(word) for word in words[1:]]
        if not days or not ranges or None in ranges:
            return None
        found += [(day, *span) for day in days for span in ranges if span]
    return found


def clean_place(cleaner: Cleaner, fields: Mapping[str, Any]) -> None:
    """Both degrees or none."""
    if "latitude" not in fields and "longitude" not in fields:
        return
    given = [fields.get(name) for name in ("latitude", "longitude")]
    if all(value in (None, "") for value in given):
        cleaner.values |= {"latitude": None, "longitude": None}
        return
    try:
        latitude, longitude = (Decimal(str(value)).quantize(Decimal("0.000001")) for value in given)
        fits = abs(latitude) <= 90 and abs(longitude) <= 180
    except (InvalidOperation, ValueError):
        fits = False
    if not fits:
        cleaner.refuse("latitude", "invalid_place", _("经纬度要一起填写，如 31.230416 和 121.473701。"))
    else:
        cleaner.values |= {"latitude": latitude, "longitude": longitude}


def clean_verified(cleaner: Cleaner, value: Any, today: date) -> None:
    if value is None or (isinstance(value, date) and value <= today):
        cleaner.values["verified_on"] = value or today
    else:
        cleaner.refuse("verified_on", "in_the_future", _("核实日期不能晚于今天。"))


def _weekdays(text: str) -> list[int]:
    if text in ("每天", "每日"):
        return list(range(1, 8))
    if match := re.match(r"^(.)[至到-](.)$", text):
        first, last = _DAYS.get(match[1], 0), _DAYS.get(match[2], 0)
        return list(range(first, last + 1)) if first and last else []
    days = [_DAYS.get(char, 0) for char in text.replace("、", "").replace(",", "")]
    return days if all(days) else []


def _range(text: str) -> tuple[time, time] | None:
    match = _HOURS.match(text)
    if not match:
        return None
    opens, closes = (int(match[1]), int(match[2])), (int(match[3]), int(match[4]))
    if opens > (23, 59) or closes > (24, 0) or opens[1] > 59 or closes[1] > 59:
        return None
    return time(*opens), MIDNIGHT if closes == (24, 0) else time(*closes)
