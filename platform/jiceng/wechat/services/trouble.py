"""Telling administrators that an account does not send, once for each cause and hour."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.notices.services import send
from jiceng.workflow import addressees
from jiceng.workflow.models import Todo

from ..manifest import MANAGE, TROUBLE
from ..models import Account


def report(account_id: uuid.UUID, *, errcode: int, words: str, at: datetime) -> None:
    account = Account.objects.get(pk=account_id)
    whom = addressees.users_of(Todo(permission=MANAGE, unit_path=""), at=at)
    send(
        category=TROUBLE, title=_("微信“%(name)s”发送受阻") % {"name": account.name}, text=words[:300],
        url=reverse("console-wechat-account", urlconf=settings.URLCONF_TENANT, kwargs={"account_id": account_id}), source=f"wechat.account:{account_id}",
        users=whom, at=at, key=f"wechat-trouble:{account_id}:{errcode}:{at:%Y%m%d%H}",
    )  # fmt: skip
