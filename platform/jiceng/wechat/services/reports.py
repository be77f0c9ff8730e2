"""What WeChat tells later: whether a template message has reached its recipient."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from jiceng.kernel.tasks import enqueue

from ..models import Account, DeliveryReport, Push, PushState
from . import outcomes

# A report may come before our own transaction with the message's id is through.
SECOND_LOOK = timedelta(minutes=1)
KEEP = timedelta(days=7)


@transaction.atomic
def report(account: Account, *, msgid: str, status: str, at: datetime) -> None:
    """Keep a report, and apply it if the message is known by now; look once more otherwise."""
    if not msgid:
        return
    DeliveryReport.objects.get_or_create(
        account=account, msgid=msgid[:64], defaults={"status": status[:60], "received_at": at}
    )
    if not settle_report(account_id=account.pk, msgid=msgid, at=at):
        enqueue("wechat.settle_report", at=at + SECOND_LOOK, account_id=account.pk, msgid=msgid[:64])


@transaction.atomic
def settle_report(*, account_id: uuid.UUID | str, msgid: str, at: datetime) -> bool:
    """Apply a kept report to its push; false where there is none."""
    push = Push.objects.select_for_update(of=("self",)).filter(account_id=account_id, msgid=msgid).first()
    kept = DeliveryReport.objects.filter(account_id=account_id, msgid=msgid).first()
    if push is None or kept is None:
        return False
    apply(push, kept.status, at=at)
    return True


def apply(push: Push, status: str, *, at: datetime) -> None:
    """``status``: "success", "failed:user block", "failed:system failed", …"""
    if push.state not in (PushState.SENT, PushState.UNKNOWN):
        return
    push.state = PushState.DELIVERED if status == "success" else PushState.FAILED
    push.detail, push.finished_at = "" if status == "success" else _words(status), at
    Push.objects.filter(pk=push.pk).update(state=push.state, detail=push.detail, finished_at=at)
    outcomes.tell([push])


def _words(status: str) -> str:
    return "对方屏蔽了公众号" if "block" in status else "微信没有送达"
