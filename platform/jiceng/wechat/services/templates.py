"""Which template of an account carries which notices."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError
from jiceng.kernel.registry import registry
from jiceng.kernel.text import clean

from ..errors import CallFailed, TemplateInvalid
from ..gateway import policy
from ..gateway.errors import GatewayError
from ..models import Account, Channel, TemplateBinding
from . import accounts, clients

SOURCES = {
    "title": gettext_lazy("标题"), "text": gettext_lazy("内容"), "time": gettext_lazy("发送时间"), "organisation": gettext_lazy("单位名称"),
}  # fmt: skip
CHANNELS = frozenset({Channel.TEMPLATE, Channel.SUBSCRIPTION})
KEYWORD = re.compile(r"\{\{([a-z_]+\d*)\.DATA\}\}")
FIXED = 20


@transaction.atomic
def save_binding(
    *, account_id: uuid.UUID, channel: str, category: str, template_id: str, fields: Mapping[str, str], actor: Actor,
    title: str = "",
) -> TemplateBinding:  # fmt: skip
    """Set the template for a category of notices, ``""`` for all others. ``fields``: keyword -> source or ``"=words"``.

    Raises ``AccountUnknown``, ``AccountInactive``, ``TemplateInvalid``.
    """
    account = accounts.locked(account_id, is_active=True)
    _check(channel, category, template_id, fields)
    values = {"template_id": template_id, "fields": dict(fields), "title": clean(title)[:60]}
    binding, _is_new = TemplateBinding.objects.update_or_create(
        account=account, channel=channel, category=category, defaults=values
    )
    record(
        action="wechat.template.saved", actor=actor, target=str(account.pk), target_label=account.name,
        after={"category": category, "template_id": template_id, "fields": dict(fields)},
    )  # fmt: skip
    return binding


@transaction.atomic
def remove_binding(*, binding_id: uuid.UUID, actor: Actor) -> uuid.UUID | None:
    """Returns the id of the account; ``None``, and nothing happens, where there is no such binding."""
    binding = (
        TemplateBinding.objects.select_for_update(of=("self",)).select_related("account").filter(pk=binding_id).first()
    )
    if binding is None:
        return None
    account = binding.account
    record(action="wechat.template.removed", actor=actor, target=str(account.pk), target_label=account.name)
    binding.delete()
    return account.pk


def offered(account: Account) -> list[dict[str, Any]]:
    """The account's templates: ``{"template_id", "title", "keywords": [(keyword, label)]}``. Calls WeChat; raises ``CallFailed``."""
    try:
        answer = clients.official(account).call("GET", "template/get_all_private_template")
    except GatewayError as error:
        raise CallFailed(policy.words(getattr(error, "errcode", 0))) from error
    return [
        {"template_id": row["template_id"], "title": str(row.get("title", "")), "keywords": keywords_of(str(row.get("content", "")))}
        for row in answer.get("template_list", ())
    ]  # fmt: skip


def keywords_of(content: str) -> list[tuple[str, str]]:
    """``"事项：{{thing1.DATA}}"`` -> ``[("thing1", "事项")]``."""
    return [
        (match.group(1), line[: match.start()].strip(" ：:") or match.group(1))
        for line in content.splitlines()
        for match in KEYWORD.finditer(line)
    ]


def guess_fields(keywords: list[tuple[str, str]]) -> dict[str, str]:
    """A first proposal: times get the time, the first text the title, the others the text."""
    fields: dict[str, str] = {}
    is_titled = False
    for keyword, label in keywords:
        if keyword.startswith(("time", "date")):
            fields[keyword] = "time"
        elif any(word in label for word in ("单位", "部门", "组织", "机构")):
            fields[keyword] = "organisation"
        else:
            fields[keyword] = "text" if is_titled else "title"
            is_titled = True
    return fields


def _check(channel: str, category: str, template_id: str, fields: Mapping[str, str]) -> None:
    faults = []
    if channel not in CHANNELS:
        faults.append(FieldError("/channel", "invalid", _("请选择模板消息或订阅通知。")))
    if category and category not in registry.notice_categories:
        faults.append(FieldError("/category", "unknown", _("没有这类消息。")))
    if not re.fullmatch(r"[0-9A-Za-z_-]{10,64}", template_id):
        faults.append(FieldError("/template_id", "invalid", _("请填写模板 ID。")))
    if not fields or len(fields) > 10:
        faults.append(FieldError("/fields", "invalid", _("请为模板的每个关键词选择内容，最多 10 个。")))
    for keyword, source in fields.items():
        is_fixed = source.startswith("=") and 1 < len(source) <= FIXED + 1
        if not re.fullmatch(r"[a-z_]{2,20}[0-9]{0,3}", keyword) or not (source in SOURCES or is_fixed):
            faults.append(FieldError(f"/fields/{keyword[:30]}", "invalid", _("请选择这个关键词填什么。")))
    if faults:
        raise TemplateInvalid(fields=faults)
