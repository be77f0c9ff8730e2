"""Telling administrators in time that a program will be shut out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.access import selectors
from jiceng.kernel.clock import local_zone
from jiceng.notices.services import send
from jiceng.workflow import addressees
from jiceng.workflow.models import Todo

from .manifest import KEYS, KEYS_EXPIRING

DAYS_BEFORE = (14, 1)


def remind(*, at: datetime) -> None:
    """Two weeks and a day before a key's term ends, once each; a key given a new term is reminded of anew."""
    keys = list(selectors.keys_expiring(at=at, until=at + timedelta(days=max(DAYS_BEFORE))))
    if not keys:
        return
    whom = addressees.users_of(Todo(permission=KEYS, unit_path=""), at=at)
    for key in keys:
        days = min(days for days in DAYS_BEFORE if key.expires_at <= at + timedelta(days=days))
        until = key.expires_at.astimezone(local_zone())
        send(
            category=KEYS_EXPIRING, title=_("API 密钥“%(name)s”快到期了") % {"name": key.name},
            text=_("%(until)s 起，使用它的系统将无法访问。请更换密钥并设置新的有效期。") % {"until": f"{until:%Y-%m-%d %H:%M}"},
            url=reverse("console-console-key_list", urlconf=settings.URLCONF_TENANT), source=f"access.key:{key.pk}",
            users=whom, at=at, key=f"key-expiry:{key.pk}:{days}:{key.expires_at:%Y%m%d%H%M}",
        )  # fmt: skip
