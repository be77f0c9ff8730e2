"""How Jiceng writes times, sizes, phone numbers and names for people. Pure functions; the tags only call them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zlib import crc32

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

AVATAR_COLOURS = 4
_UNITS = ("B", "KB", "MB", "GB", "TB")


def day(value: datetime | date | None, *, now: datetime) -> str:
    """“11月23日”, with the year when it is not this year's. Datetimes are shown in the current time zone."""
    if value is None:
        return ""
    shown = _local(value)
    fields = {"year": shown.year, "month": shown.month, "day": shown.day}
    if shown.year == timezone.localtime(now).year:
        return _("%(month)d月%(day)d日") % fields
    return _("%(year)d年%(month)d月%(day)d日") % fields


def moment(value: datetime | None, *, now: datetime) -> str:
    """“11月23日 09:05”."""
    return "" if value is None else f"{day(value, now=now)} {timezone.localtime(value):%H:%M}"


def ago(value: datetime | None, *, now: datetime) -> str:
    """“刚刚”, “3 分钟前”, “2 小时前”, “昨天 09:05”, then the day."""
    if value is None:
        return ""
    passed = now - value
    if passed < timedelta(0):
        return moment(value, now=now)
    if passed < timedelta(minutes=1):
        return _("刚刚")
    if passed < timedelta(hours=1):
        minutes = passed // timedelta(minutes=1)
        return ngettext("%(count)d 分钟前", "%(count)d 分钟前", minutes) % {"count": minutes}
    days = (_local(now) - _local(value)).days
    if days == 0:
        hours = passed // timedelta(hours=1)
        return ngettext("%(count)d 小时前", "%(count)d 小时前", hours) % {"count": hours}
    if days == 1:
        return _("昨天 %(time)s") % {"time": f"{timezone.localtime(value):%H:%M}"}
    return day(value, now=now)


def _local(value: datetime | date) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def filesize(size: int | None) -> str:
    """“1.5 MB”; binary multiples, as phones show them."""
    if size is None:
        return ""
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.0f} {_UNITS[unit]}" if unit == 0 or amount >= 100 else f"{amount:.1f} {_UNITS[unit]}"


def masked_phone(number: str | None) -> str:
    """“138****0227”; shorter numbers keep only their last two digits."""
    text = str(number or "").strip()
    if len(text) >= 11:
        return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
    return "*" * max(len(text) - 2, 0) + text[-2:]


def initial(name: str | None) -> str:
    """The character that stands for a person in an avatar."""
    text = str(name or "").strip()
    return text[0].upper() if text else "?"


def colour_class(name: str | None) -> str:
    """One of ``c0`` … ``c3``, always the same for the same name."""
    return f"c{crc32(str(name or '').encode()) % AVATAR_COLOURS}"


def number(value: float) -> str:
    """“12,345”; at most one decimal."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def plain(value: object) -> str:
    """A stored value as a person reads it: 是/否, lists joined, “—” for nothing."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list | tuple):
        return "、".join(plain(item) for item in value) or "—"
    return str(value)
