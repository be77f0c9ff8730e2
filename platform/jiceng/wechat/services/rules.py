"""Rules for answers that an account gives by itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError
from jiceng.kernel.text import clean

from ..errors import RuleChanged, RuleInvalid, RuleUnknown
from ..models import Account, ReplyRule, ReplyTrigger

TEXT, TITLE, WORD, WORDS, RULES = 600, 60, 30, 20, 500
NEEDS_WORDS = frozenset({ReplyTrigger.KEYWORD, ReplyTrigger.CLICK})


@transaction.atomic
def save_rule(
    *, rule_id: uuid.UUID | None = None, version: int = 0, values: Mapping[str, Any], actor: Actor
) -> ReplyRule:
    """Add or change a rule. ``values``: ``trigger``, ``words``, ``is_exact``, ``title``, ``text``, ``url``, ``position``,
    ``is_on``, ``account`` (id or ``None`` for all). Raises ``RuleUnknown``, ``RuleChanged``, ``RuleInvalid``.
    """
    checked = _checked(values)
    if rule_id is None:
        if ReplyRule.objects.count() >= RULES:
            raise RuleInvalid(_("自动回复最多 %(count)d 条。") % {"count": RULES})
        rule = ReplyRule(**checked)
    else:
        found = ReplyRule.objects.select_for_update().filter(pk=rule_id).first()
        if found is None:
            raise RuleUnknown
        if found.version != version:
            raise RuleChanged
        rule = found
        rule.version += 1
        for name, value in checked.items():
            setattr(rule, name, value)
    rule.save()
    record(action="wechat.rule.saved", actor=actor, target=str(rule.pk), target_label=rule.get_trigger_display())
    return rule


@transaction.atomic
def remove_rule(*, rule_id: uuid.UUID, actor: Actor) -> None:
    """Raises ``RuleUnknown``."""
    rule = ReplyRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise RuleUnknown
    record(action="wechat.rule.removed", actor=actor, target=str(rule.pk), target_label=rule.get_trigger_display())
    rule.delete()


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    faults: list[FieldError] = []
    trigger = str(values.get("trigger", ""))
    if trigger not in ReplyTrigger.values:
        faults.append(FieldError("/trigger", "invalid", _("请选择什么时候回复。")))
    words = list(dict.fromkeys(filter(None, (clean(str(word)) for word in values.get("words", ())))))
    if trigger in NEEDS_WORDS and not words:
        faults.append(FieldError("/words", "required", _("请填写关键词，每行一个。")))
    if len(words) > WORDS or any(len(word) > WORD for word in words):
        words_fault = _("关键词最多 %(count)d 个，每个不超过 %(length)d 个字。") % {"count": WORDS, "length": WORD}
        faults.append(FieldError("/words", "too_long", words_fault))
    text, title, url = (clean(str(values.get(name, ""))) for name in ("text", "title", "url"))
    if not text or len(text) > TEXT:
        faults.append(
            FieldError(
                "/text",
                "too_long" if text else "required",
                _("请填写回复内容，不超过 %(count)d 个字。") % {"count": TEXT},
            )
        )
    if len(title) > TITLE:
        faults.append(FieldError("/title", "too_long", _("标题不超过 %(count)d 个字。") % {"count": TITLE}))
    is_own = url.startswith("/") and not url.startswith(("//", "/\\"))
    if url and (not (is_own or url.startswith("https://")) or len(url) > 300):
        faults.append(FieldError("/url", "invalid", _("请填写本平台的页面路径，或 https:// 开头的网址。")))
    account = values.get("account")
    if account and not Account.objects.filter(pk=account).exists():
        faults.append(FieldError("/account", "unknown", _("没有找到这个微信账号。")))
    if faults:
        raise RuleInvalid(fields=faults)
    return {
        "trigger": trigger, "words": words if trigger in NEEDS_WORDS else [], "is_exact": bool(values.get("is_exact", True)),
        "title": title, "text": text, "url": url, "position": int(values.get("position") or 100),
        "is_on": bool(values.get("is_on", True)), "account_id": account or None,
    }  # fmt: skip
