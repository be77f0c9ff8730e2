"""An account's menu: a draft, checked to WeChat's limits, published as a version that stays as it was."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel.addresses import own_url
from jiceng.kernel.errors import FieldError
from jiceng.kernel.text import clean

from ..errors import CallFailed, MenuInvalid, MenuUnknown
from ..gateway import policy
from ..gateway.errors import GatewayError
from ..models import Account, MenuVersion
from . import accounts, clients

TOP, BELOW = 3, 5
# 微信：一级菜单 16 字节、二级 60 字节，键值 128 字节，网址 1024 字节。
TOP_BYTES, BELOW_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024
CONDITIONALS = 5
KINDS = {
    "view": _("打开页面"), "click": _("点击后自动回复"), "scancode_push": _("扫一扫"), "miniprogram": _("打开小程序"),
}  # fmt: skip
_VALUE = {"view": "url", "miniprogram": "url", "click": "key", "scancode_push": "key"}


@transaction.atomic
def save_draft(
    *, account_id: uuid.UUID, buttons: Sequence[Mapping[str, Any]], actor: Actor, at: datetime,
    conditional: Sequence[Mapping[str, Any]] = (),
) -> MenuVersion:  # fmt: skip
    """Keep a menu to be published later. ``buttons``: up to three of ``{"name", "kind", "url" | "key", "buttons"}``.

    ``kind``: of ``KINDS``; one with ``buttons`` below it has none. ``url``: a path of the tenant's own or https.
    ``miniprogram`` has ``appid`` and ``pagepath`` too. ``conditional``: ``{"tag_id", "buttons"}``, for followers with that
    tag of WeChat's. Raises ``MenuInvalid`` with pointers such as ``/buttons/0/buttons/2/name``.
    """
    account = accounts.locked(account_id, is_active=True)
    faults: list[FieldError] = []
    checked = _level(buttons, "/buttons", faults, is_top=True)
    others = _conditional(conditional, faults)
    if not checked and not faults:
        faults.append(FieldError("/buttons", "required", _("菜单至少要有一个按钮。")))
    if faults:
        raise MenuInvalid(fields=faults)
    latest = MenuVersion.objects.filter(account=account).order_by("-number").first()
    draft = latest if latest and latest.published_at is None else MenuVersion(account=account, number=(latest.number if latest else 0) + 1)  # fmt: skip
    draft.buttons, draft.conditional = checked, others
    draft.saved_by, draft.saved_at = actor.display_name[:150], at
    draft.save()
    record(action="wechat.menu.saved", actor=actor, target=str(account.pk), target_label=account.name, after={"number": draft.number})  # fmt: skip
    return draft


@transaction.atomic
def publish(*, account_id: uuid.UUID, version_id: uuid.UUID, actor: Actor, at: datetime) -> MenuVersion:
    """Put a version into WeChat: a draft, or an earlier one again, which then becomes a new version.

    Raises ``MenuUnknown``, ``CallFailed``: then everything here is as before.
    """
    account = accounts.locked(account_id, is_active=True)
    version = MenuVersion.objects.select_for_update().filter(pk=version_id, account=account).first()
    if version is None:
        raise MenuUnknown
    if version.published_at is not None:
        version = _copy(version, actor, at)
    version.published_at, version.published_by = at, actor.display_name[:150]
    version.save()
    record(action="wechat.menu.published", actor=actor, target=str(account.pk), target_label=account.name, after={"number": version.number})  # fmt: skip
    emit("wechat.menu.published", actor_id=actor.id, payload={"account_id": account.pk, "number": version.number})
    _put(account, version)
    return version


def as_wechat(buttons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Buttons as WeChat takes them, own paths as whole addresses."""
    return [_as_wechat(button) for button in buttons]


def _as_wechat(button: Mapping[str, Any]) -> dict[str, Any]:
    if button.get("buttons"):
        return {"name": button["name"], "sub_button": as_wechat(button["buttons"])}
    made = {"type": button["kind"], "name": button["name"]}
    for name in ("url", "key", "appid", "pagepath"):
        if button.get(name):
            value = str(button[name])
            made[name] = own_url(value) if name == "url" and value.startswith("/") else value
    return made


def _put(account: Account, version: MenuVersion) -> None:
    try:
        client: Any = clients.corporate(account) if account.is_wecom else clients.official(account)
        if account.is_wecom:
            client.call(
                "POST", "menu/create", params={"agentid": account.agent_id}, json={"button": as_wechat(version.buttons)}
            )
            return
        client.menu.create({"button": as_wechat(version.buttons)})
        for extra in version.conditional:
            rule = {"tag_id": str(extra["tag_id"])}
            client.menu.add_conditional({"button": as_wechat(extra["buttons"]), "matchrule": rule})
    except GatewayError as error:
        raise CallFailed(policy.words(getattr(error, "errcode", 0))) from error


def _copy(version: MenuVersion, actor: Actor, at: datetime) -> MenuVersion:
    MenuVersion.objects.filter(account_id=version.account_id, published_at=None).delete()  # type: ignore[misc]
    latest = (
        MenuVersion.objects.filter(account=version.account).order_by("-number").values_list("number", flat=True).first()
    )
    return MenuVersion(
        account=version.account, number=(latest or 0) + 1, buttons=version.buttons, conditional=version.conditional,
        saved_by=actor.display_name[:150], saved_at=at,
    )  # fmt: skip


def _conditional(given: Sequence[Mapping[str, Any]], faults: list[FieldError]) -> list[dict[str, Any]]:
    if len(given) > CONDITIONALS:
        faults.append(
            FieldError("/conditional", "too_many", _("个性化菜单最多 %(count)d 个。") % {"count": CONDITIONALS})
        )
    found = []
    for place, item in enumerate(given[:CONDITIONALS]):
        pointer = f"/conditional/{place}"
        tag = str(item.get("tag_id", ""))
        if not (tag.isascii() and tag.isdecimal() and len(tag) < 10):
            faults.append(FieldError(f"{pointer}/tag_id", "invalid", _("请填写微信用户标签的编号。")))
        if not item.get("buttons"):
            faults.append(FieldError(f"{pointer}/buttons", "required", _("个性化菜单至少要有一个按钮。")))
        found.append(
            {"tag_id": tag, "buttons": _level(item.get("buttons", ()), f"{pointer}/buttons", faults, is_top=True)}
        )
    return found


def _level(
    given: Sequence[Mapping[str, Any]], pointer: str, faults: list[FieldError], *, is_top: bool
) -> list[dict[str, Any]]:
    at_most = TOP if is_top else BELOW
    if len(given) > at_most:
        faults.append(FieldError(pointer, "too_many", _("这一级最多 %(count)d 个按钮。") % {"count": at_most}))
    return [_button(item, f"{pointer}/{place}", faults, is_top=is_top) for place, item in enumerate(given[:at_most])]


def _button(item: Mapping[str, Any], pointer: str, faults: list[FieldError], *, is_top: bool) -> dict[str, Any]:
    name, limit = clean(str(item.get("name", ""))), TOP_BYTES if is_top else BELOW_BYTES
    if not name or len(name.encode()) > limit:
        words = _("请填写名称，最多 %(count)d 个汉字。") % {"count": limit // 3}
        faults.append(FieldError(f"{pointer}/name", "too_long" if name else "required", words))
    below = item.get("buttons") or ()
    if is_top and below:
        return {"name": name, "buttons": _level(below, f"{pointer}/buttons", faults, is_top=False)}
    kind = str(item.get("kind", ""))
    if kind not in KINDS:
        faults.append(FieldError(f"{pointer}/kind", "invalid", _("请选择点击后做什么。")))
        return {"name": name, "kind": kind}
    made = {"name": name, "kind": kind, **_value(item, kind, pointer, faults)}
    if kind == "miniprogram":
        made |= {key: clean(str(item.get(key, "")))[:128] for key in ("appid", "pagepath")}
        words = _("请填写小程序的 AppID 和页面路径。")
        faults.extend(
            FieldError(f"{pointer}/{key}", "required", words) for key in ("appid", "pagepath") if not made[key]
        )
    return made


def _value(item: Mapping[str, Any], kind: str, pointer: str, faults: list[FieldError]) -> dict[str, str]:
    name = _VALUE[kind]
    value = clean(str(item.get(name, "")))
    if name == "url":
        is_own = value.startswith("/") and not value.startswith(("//", "/\\"))
        if not (is_own or value.startswith("https://")) or len(value.encode()) > URL_BYTES:
            faults.append(
                FieldError(f"{pointer}/url", "invalid", _("请选择本平台的页面，或填写 https:// 开头的网址。"))
            )
    elif not value or len(value.encode()) > KEY_BYTES:
        faults.append(FieldError(f"{pointer}/key", "required", _("请填写菜单关键字。")))
    return {name: value}
