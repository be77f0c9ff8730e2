"""The work behind a message that was taken in. Runs as a task: exactly once, after the answer has gone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ..models import Identity, InboundMessage, ReplyTrigger
from . import answering, conversations, identities, reports, unbinding


@transaction.atomic
def handle(*, message_id: uuid.UUID | str, at: datetime) -> None:
    """Nothing happens for a message that is not there or was handled."""
    message = (
        InboundMessage.objects.select_for_update()
        .select_related("account")
        .filter(pk=message_id, handled_at=None)
        .first()
    )
    if message is None:
        return
    identity = Identity.objects.filter(account=message.account, openid=message.facts["FromUserName"]).first()
    if identity is not None:
        _dispatch(message, identity, at)
    message.facts, message.handled_at = {}, at  # what people write is kept once, in their conversation
    message.save(update_fields=["facts", "handled_at"])


def _dispatch(message: InboundMessage, identity: Identity, at: datetime) -> None:
    facts = message.facts
    if message.kind in answering.WRITTEN:
        rule = answering.rule_for(message.account, facts)
        if rule is None or rule.trigger != ReplyTrigger.KEYWORD:
            conversations.hear(identity=identity, facts=facts, at=message.received_at)
    elif message.event == "TEMPLATESENDJOBFINISH":
        reports.report(message.account, msgid=str(facts.get("MsgID") or facts.get("MsgId") or ""), status=str(facts.get("Status", "")), at=at)  # fmt: skip
    elif message.event in _OFFERS:
        _count_offers(identity, facts)
    elif message.event in ("user_authorization_revoke", "user_authorization_cancellation"):
        unbinding.forget(identity_id=identity.pk, at=at)


_OFFERS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent", "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
}  # fmt: skip


def _count_offers(identity: Identity, facts: Mapping[str, Any]) -> None:
    """A person agreed to one more message of a template, or took the agreement back."""
    listed = facts.get(_OFFERS[str(facts["Event"])]) or {}
    items = listed.get("List", []) if isinstance(listed, Mapping) else []
    for item in [items] if isinstance(items, Mapping) else items:
        template = str(item.get("TemplateId", ""))
        if template and item.get("SubscribeStatusString") == "accept":
            identities.change_offer(identity.pk, template, 1)
        elif template and item.get("SubscribeStatusString") == "reject":
            identities.change_offer(identity.pk, template, -1000)
