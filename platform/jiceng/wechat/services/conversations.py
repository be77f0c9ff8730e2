"""Members write, staff answer. The full handling of requests is another matter; here nothing gets lost and all is answerable."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel.errors import FieldError
from jiceng.kernel.text import clean
from jiceng.members.models import Unit
from jiceng.notices.services import send
from jiceng.workflow import addressees
from jiceng.workflow.services import close_todos, put_todo

from ..errors import ConversationClosed, ConversationUnknown, ReplyInvalid
from ..manifest import ASKED, REPLY
from ..models import Campaign, CampaignKind, Conversation, ConversationState, Identity, Remark, Side
from . import pushing

EXCERPT, LONGEST = 60, 600
ANSWER_WITHIN = timedelta(hours=24)
# Two days of silence: what comes then is a new matter.
STILL_THE_SAME = timedelta(days=7)
_SHOWN = {
    "image": "［图片］",
    "voice": "［语音］",
    "video": "［视频］",
    "shortvideo": "［视频］",
    "location": "［位置］",
    "link": "［链接］",
}


@transaction.atomic
def hear(*, identity: Identity, facts: Mapping[str, Any], at: datetime) -> Conversation:
    """Put what somebody wrote into their conversation, opening one where there is none, and let it wait for staff."""
    kind, text = str(facts["MsgType"]), _words(facts)
    conversation = _open(identity, text, at)
    Remark.objects.create(
        conversation=conversation, side=Side.MEMBER, kind=kind[:12], text=text,
        media_id=str(facts.get("MediaId", ""))[:128], made_at=at,
    )  # fmt: skip
    was_waiting = conversation.state == ConversationState.WAITING and conversation.last_in_at < at
    conversation.state, conversation.last_in_at, conversation.excerpt = ConversationState.WAITING, at, text[:EXCERPT]
    conversation.save()
    if not was_waiting:
        _call_staff(conversation, at)
    emit("wechat.message.received", payload={"conversation_id": conversation.pk, "kind": kind})
    return conversation


@transaction.atomic
def answer(*, conversation_id: uuid.UUID, text: str, actor: Actor, at: datetime) -> Remark:
    """Staff answer: pushed by whatever way is open, and readable on the phone in any case.

    Raises ``ConversationUnknown`` (out of reach too), ``ConversationClosed``, ``ReplyInvalid``.
    """
    words = _checked(text)
    conversation = find(conversation_id, actor=actor, is_locked=True)
    if conversation.state == ConversationState.CLOSED:
        raise ConversationClosed
    remark = Remark.objects.create(
        conversation=conversation, side=Side.STAFF, text=words, author=actor.user, made_at=at
    )
    conversation.state, conversation.last_out_at = ConversationState.ANSWERED, at
    conversation.save(update_fields=["state", "last_out_at"])
    close_todos(owner=_owner(conversation), actor=actor, at=at)
    campaign = Campaign.objects.create(
        kind=CampaignKind.REPLY, category=ASKED, title=_("您的咨询有新回复"), text=words, created_at=at,
        url=f"/wechat/talks/{conversation.pk}/",
    )  # fmt: skip
    pushing.push_reply(campaign, identity=conversation.identity, remark=remark, at=at)
    emit(
        "wechat.message.answered",
        actor_id=actor.id,
        payload={"conversation_id": conversation.pk, "remark_id": remark.pk},
    )
    return remark


@transaction.atomic
def close(*, conversation_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """Nothing is left to be done; what the member writes next opens another. Raises ``ConversationUnknown``."""
    conversation = find(conversation_id, actor=actor, is_locked=True)
    if conversation.state == ConversationState.CLOSED:
        return
    conversation.state, conversation.closed_at = ConversationState.CLOSED, at
    conversation.save(update_fields=["state", "closed_at"])
    close_todos(owner=_owner(conversation), actor=actor, at=at)
    record(action="wechat.conversation.closed", actor=actor, target=str(conversation.pk))


def within_reach(actor: Actor) -> Any:
    """Conversations of people in the units whose questions ``actor`` answers; those of strangers for who answers everywhere."""
    paths = policy.unit_paths(actor, REPLY)
    found = Conversation.objects.select_related("identity__account", "person", "unit")
    if paths is None:
        return found
    reach = Q(pk=None)
    for path in paths:
        reach |= Q(unit_path__startswith=path)
    return found.filter(reach).exclude(unit_path="")


def find(conversation_id: uuid.UUID, *, actor: Actor, is_locked: bool = False) -> Conversation:
    """Raises ``ConversationUnknown``."""
    found = within_reach(actor).filter(pk=conversation_id)
    conversation = (found.select_for_update(of=("self",)) if is_locked else found).first()
    if conversation is None:
        raise ConversationUnknown
    return conversation


def _open(identity: Identity, text: str, at: datetime) -> Conversation:
    found = Conversation.objects.select_for_update(of=("self",)).filter(identity=identity).exclude(state=ConversationState.CLOSED).first()  # fmt: skip
    if found is not None and found.last_in_at > at - STILL_THE_SAME:
        return found
    if found is not None:
        Conversation.objects.filter(pk=found.pk).update(state=ConversationState.CLOSED, closed_at=at)
    person = identity.person
    unit: Unit | None = person.unit if person else None
    return Conversation.objects.create(
        identity=identity, person=person, unit=unit, unit_path=unit.path if unit else "", excerpt=text[:EXCERPT],
        opened_at=at, last_in_at=at,
    )  # fmt: skip


def _call_staff(conversation: Conversation, at: datetime) -> None:
    """A to-do for whoever answers nearest, and a notice to them now."""
    name = conversation.person.name if conversation.person else _("未绑定的关注者")
    title = _("请回复%(name)s的咨询") % {"name": name}
    place = {"conversation_id": conversation.pk}
    url = reverse("console-wechat-conversation", urlconf=settings.URLCONF_TENANT, kwargs=place)
    todo = put_todo(
        owner=_owner(conversation), kind="wechat.conversation", title=title, url=url, at=at, due_at=at + ANSWER_WITHIN,
        permission=REPLY, unit_path=conversation.unit_path,
    )  # fmt: skip
    send(
        category=ASKED, title=title, url=url, source=_owner(conversation), users=addressees.users_of(todo, at=at), at=at,
        key=f"wechat-asked:{conversation.pk}:{at.timestamp():.0f}",
    )  # fmt: skip


def _owner(conversation: Conversation) -> str:
    return f"wechat.conversation:{conversation.pk}"


def _words(facts: Mapping[str, Any]) -> str:
    kind = str(facts["MsgType"])
    if kind == "text":
        return str(facts.get("Content", ""))
    more = facts.get("Recognition") or facts.get("Label") or facts.get("Title") or ""
    return f"{_SHOWN.get(kind, '［消息］')}{more}"


def _checked(text: str) -> str:
    words = clean(text)
    if not words:
        raise ReplyInvalid(fields=[FieldError("/text", "required", _("请填写回复内容。"))])
    if len(words) > LONGEST:
        raise ReplyInvalid(
            fields=[FieldError("/text", "too_long", _("回复不能超过 %(count)d 个字。") % {"count": LONGEST})]
        )
    return words
