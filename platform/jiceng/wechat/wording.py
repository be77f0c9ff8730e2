"""Chinese words for what is stored as codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import Channel

REASONS: Mapping[str, Any] = {
    "no_identity": _("没有绑定"), "not_following": _("没有关注"), "no_template": _("没有设置模板"), "no_offer": _("没有订阅"),
    "no_window": _("超过 48 小时没有互动"), "not_verified": _("公众号没有认证"), "refused": _("对方不能接收"),
    "content": _("模板或内容不符"), "account_off": _("账号已停用"),
}  # fmt: skip


def trail_words(trail: Iterable[Mapping[str, str]]) -> str:
    """``"企业微信：没有绑定，模板消息：没有关注"``."""
    labels = dict(Channel.choices)
    return "，".join(
        f"{labels.get(step['channel'], step['channel'])}：{REASONS.get(step['reason'], step['reason'])}"
        for step in trail
    )
