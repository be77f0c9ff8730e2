"""``{% load access %}``: how a session's device is named."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

# First match wins: WeChat and Edge also call themselves Chrome, Chrome calls itself Safari.
_BROWSERS = (
    ("MicroMessenger", _("微信")), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", _("鸿蒙")), ("Android", _("安卓手机")), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def device(agent: str) -> str:
    """“微信 · 安卓手机” from a User-Agent header."""
    found = [next((label for mark, label in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return " · ".join(str(label) for label in found if label) or str(_("未知设备"))
