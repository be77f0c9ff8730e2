"""A push in the shape that its channel wants: fields cut to what WeChat takes, no line breaks, whole addresses."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from jiceng.kernel import clock
from jiceng.kernel.addresses import own_url
from jiceng.kernel.context import require_scope

from ..models import Campaign, Channel, Identity, Push, TemplateBinding

# What WeChat lets each kind of template keyword hold, in characters (公众平台文档“模板消息”“订阅通知”).
LIMITS = {
    "thing": 20, "const": 20, "character_string": 32, "number": 32, "letter": 32, "symbol": 5, "phrase": 5, "name": 10,
    "phone_number": 17, "car_number": 8, "amount": 16,
}  # fmt: skip
USUAL_LIMIT = 20
TIMES = frozenset({"time", "date"})
ELLIPSIS = "…"
CARD_TITLE, CARD_TEXT_BYTES, CUSTOM_BYTES = 42, 500, 2000
_KEYWORD = re.compile(r"[a-z_]+")
_UNSHOWN = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\x00-\x1f]+")


def body_of(push: Push, *, binding: TemplateBinding | None, identity: Identity, site: str) -> dict[str, Any]:
    """The JSON of one message, without recipients of WeCom (they are joined). ``site``: of the tenant, ``own_url("")``."""
    campaign = push.campaign
    url = _whole(campaign.url, site)
    if push.channel == Channel.TEMPLATE and binding is not None:
        data = {key: {"value": value} for key, value in filled(binding, campaign).items()}
        return {
            "touser": identity.openid,
            "template_id": binding.template_id,
            "url": url,
            "data": data,
            "client_msg_id": push.key,
        }
    if push.channel == Channel.SUBSCRIPTION and binding is not None:
        data = {key: {"value": value} for key, value in filled(binding, campaign).items()}
        return {"touser": identity.openid, "template_id": binding.template_id, "page": url, "data": data}
    if push.channel == Channel.CUSTOM:
        return {"touser": identity.openid, "msgtype": "text", "text": {"content": custom_text(campaign, url)}}
    return wecom_card(campaign, url)


def custom_text(campaign: Campaign, url: str) -> str:
    """An answer of staff as they wrote it; of other things title, text and link."""
    if campaign.kind == "reply":
        return _cut_bytes(campaign.text, CUSTOM_BYTES)
    parts = [campaign.title, campaign.text, url]
    return _cut_bytes("\n".join(part for part in parts if part), CUSTOM_BYTES)


def wecom_card(campaign: Campaign, url: str) -> dict[str, Any]:
    description = _cut_bytes(campaign.text or campaign.title, CARD_TEXT_BYTES)
    card = {"title": campaign.title[:CARD_TITLE], "description": description, "url": url, "btntxt": "查看"}
    return {"msgtype": "textcard", "textcard": card, "enable_duplicate_check": 1, "duplicate_check_interval": 1800}


def filled(binding: TemplateBinding, campaign: Campaign) -> dict[str, str]:
    """Template keyword -> its value, each within the keyword's limit."""
    return {key: field(key, _source(source, campaign)) for key, source in binding.fields.items()}


def field(keyword: str, value: str) -> str:
    """``value`` in one line without emoji, cut with an ellipsis at what this kind of keyword takes. Never empty."""
    found = _KEYWORD.match(keyword)
    kind = found.group().rstrip("_") if found else ""
    text = " ".join(_UNSHOWN.sub(" ", value).split())
    if kind in TIMES:
        return text[:32] or "-"
    limit = LIMITS.get(kind, USUAL_LIMIT)
    return (text if len(text) <= limit else text[: limit - 1] + ELLIPSIS) or "-"


def _source(source: str, campaign: Campaign) -> str:
    if source.startswith("="):
        return source[1:]
    return {
        "title": campaign.title, "text": campaign.text or campaign.title, "organisation": require_scope().name,
        "time": moment(campaign.created_at),
    }.get(source, campaign.title)  # fmt: skip


def moment(at: datetime) -> str:
    """As WeChat wants times: ``"2026年11月23日 09:05"``."""
    local = at.astimezone(clock.local_zone())
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def site() -> str:
    return own_url("")


def _whole(url: str, site_url: str) -> str:
    return f"{site_url}{url}" if url.startswith("/") else url


def _cut_bytes(text: str, limit: int) -> str:
    raw = text.encode()
    if len(raw) <= limit:
        return text
    return raw[: limit - len(ELLIPSIS.encode())].decode(errors="ignore") + ELLIPSIS
