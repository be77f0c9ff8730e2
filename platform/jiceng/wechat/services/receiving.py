"""Taking a message in: stored with what it changes at once, the answer with it. Whatever takes longer is left to a task.

A repetition, also one that comes while the first is still being stored, changes nothing and gets the same answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from jiceng.kernel.ids import uuid7
from jiceng.kernel.tasks import enqueue

from ..gateway.errors import CallInvalid
from ..models import Account, Identity, InboundMessage
from . import answering, binding, identities

_KEPT = (
    "MsgType", "Event", "EventKey", "FromUserName", "CreateTime", "MsgId", "Content", "MediaId", "Format", "Recognition",
    "Label", "Title", "Description", "Url", "MsgID", "MsgId", "Status", "List", "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent",
    "SubscribeMsgSentEvent", "RevokeInfo", "ChangeType", "UserID", "ScanCodeInfo", "bizmsgmenuid",
)  # fmt: skip
LONGEST = 4000
NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def receive(*, account: Account, facts: Mapping[str, Any], at: datetime) -> str:
    """Take in a message whose sender is proved; returns the passive answer as clear XML, ``""`` for none.

    ``facts``: its fields. Raises ``CallInvalid`` where it lacks a sender or is meant for another account.
    """
    kind, openid = str(facts.get("MsgType", "")), str(facts.get("FromUserName", ""))
    if not kind or not openid or len(openid) > 64:
        raise CallInvalid("no type or no sender")
    _check_receiver(account, facts)
    key = dedupe_key(account, facts)
    message = InboundMessage(
        id=uuid7(), account=account, dedupe_key=key, kind=kind[:20], event=str(facts.get("Event", ""))[:60],
        facts=_kept(facts), received_at=at,
    )  # fmt: skip
    if not _is_first(message):
        return InboundMessage.objects.values_list("reply", flat=True).get(dedupe_key=key)
    identity = identities.seen(account, openid, kind=kind, event=message.event, at=at)
    message.reply = _answer(account, identity, facts, at=at)
    if message.reply:
        InboundMessage.objects.filter(pk=message.pk).update(reply=message.reply)
    if account.called_back_at is None or account.called_back_at < at - NOTED_EVERY:
        # Not with each message: they would queue for the account's row.
        Account.objects.filter(pk=account.pk).update(called_back_at=at)
    enqueue("wechat.handle", message_id=message.pk)
    return message.reply


def dedupe_key(account: Account, facts: Mapping[str, Any]) -> str:
    """The same for every repetition: of messages their id, of events what happened to whom when."""
    message_id = facts.get("MsgId") if facts.get("MsgType") != "event" else None
    names = ("FromUserName", "CreateTime", "Event", "EventKey", "MsgID", "MsgId", "ChangeType")
    parts = [message_id] if message_id else [facts.get(name, "") for name in names]
    return hashlib.sha256("|".join(map(str, (account.pk, *parts))).encode()).hexdigest()


def _is_first(message: InboundMessage) -> bool:
    """Insert; false where it was there, after waiting for whoever is just inserting it."""
    InboundMessage.objects.bulk_create([message], ignore_conflicts=True)
    return InboundMessage.objects.filter(pk=message.pk).exists()


def _answer(account: Account, identity: Identity, facts: Mapping[str, Any], *, at: datetime) -> str:
    scene = _scene(facts)
    if scene and (answered := binding.scanned(identity=identity, scene=scene, at=at)):
        return answering.text(account, identity, facts, answered)
    return answering.answer(account=account, identity=identity, facts=facts)


def _scene(facts: Mapping[str, Any]) -> str:
    """The text of a QR code that was scanned."""
    key = str(facts.get("EventKey", ""))
    if facts.get("Event") == "subscribe":
        return key.removeprefix("qrscene_") if key.startswith("qrscene_") else ""
    return key if facts.get("Event") == "SCAN" else ""


def _check_receiver(account: Account, facts: Mapping[str, Any]) -> None:
    to = str(facts.get("ToUserName", ""))
    if account.is_wecom:
        agent = str(facts.get("AgentID", account.agent_id))
        if to != account.appid or agent != account.agent_id:
            raise CallInvalid("meant for another application")
    elif account.original_id and to != account.original_id:
        raise CallInvalid("meant for another account")
    elif not account.original_id and to.startswith("gh_"):
        Account.objects.filter(pk=account.pk).update(original_id=to[:40])


def _kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _cut(facts[name]) for name in _KEPT if name in facts}


def _cut(value: Any) -> Any:
    return value.replace("\x00", "")[:LONGEST] if isinstance(value, str) else value
