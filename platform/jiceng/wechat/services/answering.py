"""What the account answers by itself, within the very call that brings a message: no call to WeChat, no waiting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from jiceng.kernel.addresses import own_url
from jiceng.kernel.module_settings import read as read_settings

from ..gateway import codec
from ..models import Account, Conversation, ConversationState, Identity, ReplyRule, ReplyTrigger

# What people write to somebody, as opposed to events.
WRITTEN = frozenset({"text", "image", "voice", "video", "shortvideo", "location", "link"})


def answer(*, account: Account, identity: Identity, facts: Mapping[str, Any]) -> str:
    """The passive answer as XML, ``""`` for none."""
    rule = rule_for(account, facts)
    if rule is not None:
        return _by_rule(account, identity, facts, rule)
    if facts.get("MsgType") in WRITTEN and not _is_talking(identity):
        return text(
            account,
            identity,
            facts,
            read_settings("wechat").acknowledgement or _("您的留言已收到，工作人员会尽快回复您。"),
        )
    return ""


def rule_for(account: Account, facts: Mapping[str, Any]) -> ReplyRule | None:
    """The rule that answers this message, without those for "anything else" while somebody is being talked to."""
    kind, event = facts.get("MsgType"), facts.get("Event")
    if kind == "text":
        words = str(facts.get("Content", "")).strip()
        found = next((rule for rule in _rules(account, ReplyTrigger.KEYWORD) if fits(rule, words)), None)
        return found or next(iter(_rules(account, ReplyTrigger.DEFAULT)), None)
    if event == "subscribe":
        return next(iter(_rules(account, ReplyTrigger.FOLLOW)), None)
    if event == "SCAN":
        return next(iter(_rules(account, ReplyTrigger.SCAN)), None)
    if event == "CLICK":
        key = str(facts.get("EventKey", ""))
        return next((rule for rule in _rules(account, ReplyTrigger.CLICK) if key in rule.words), None)
    return next(iter(_rules(account, ReplyTrigger.DEFAULT)), None) if kind in WRITTEN else None


def fits(rule: ReplyRule, words: str) -> bool:
    """Whether a text is, or holds, one of the rule's keywords; letters in either case."""
    lowered = words.casefold()
    return any(
        lowered == word.casefold() if rule.is_exact else word.casefold() in lowered for word in rule.words if word
    )


def text(account: Account, identity: Identity, facts: Mapping[str, Any], words: str) -> str:
    return codec.text_reply(to=identity.openid, sender=_sender(account, facts), text=words)


def _rules(account: Account, trigger: str) -> Iterable[ReplyRule]:
    return ReplyRule.objects.filter(Q(account=None) | Q(account=account), trigger=trigger, is_on=True)


def _by_rule(account: Account, identity: Identity, facts: Mapping[str, Any], rule: ReplyRule) -> str:
    if not rule.url:
        return text(account, identity, facts, rule.text)
    return codec.article_reply(
        to=identity.openid, sender=_sender(account, facts), title=rule.title or rule.text[:20], text=rule.text,
        url=own_url(rule.url) if rule.url.startswith("/") else rule.url,
    )  # fmt: skip


def _is_talking(identity: Identity) -> bool:
    return Conversation.objects.filter(identity=identity).exclude(state=ConversationState.CLOSED).exists()


def _sender(account: Account, facts: Mapping[str, Any]) -> str:
    return str(facts.get("ToUserName", "")) or account.original_id or account.appid
