"""Connecting accounts, changing their secrets, and letting them go."""

from __future__ import annotations

import re
import secrets as random
import string
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import inbound
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.text import clean

from ..errors import AccountChanged, AccountInactive, AccountInvalid, AccountTaken, AccountUnknown
from ..gateway.codec import is_aes_key
from ..models import Account, AccountKind, AccountState, CryptMode
from . import clients, secrets

DOOR, OPEN_DOOR = "wechat", "wechat_open"
GRACE = timedelta(minutes=10)
_SHAPES = {
    AccountKind.OFFICIAL: re.compile(r"wx[0-9a-zA-Z]{10,30}"), AccountKind.WECOM: re.compile(r"ww[0-9a-zA-Z]{8,30}|wx[0-9a-zA-Z]{10,30}"),
}  # fmt: skip
CHANGEABLE = ("name", "original_id", "crypt_mode", "is_service", "is_verified", "is_for_login")
_ORIGINAL = re.compile(r"gh_[0-9a-zA-Z]{6,30}")
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class CallbackFacts:
    """What an administrator copies into WeChat's own backend. Shown once."""

    url: str
    token: str
    aes_key: str


@transaction.atomic
def connect(*, kind: str, values: Mapping[str, Any], actor: Actor, at: datetime) -> tuple[Account, CallbackFacts]:
    """Connect an account by its secret; opens its door and makes its callback token and key.

    ``values``: ``name``, ``appid`` (WeCom: corp id), ``secret``, ``agent_id`` (WeCom), ``original_id``, ``crypt_mode``,
    ``is_service``, ``is_verified``. Raises ``AccountInvalid``, ``AccountTaken``. Does not call WeChat.
    """
    checked = _checked(kind, values)
    secret = checked.pop("secret")
    account = Account(kind=kind, **checked)
    account.route_key = inbound.open_door(kind=DOOR, target=str(account.pk))
    secrets.put_secret(account, secret)
    facts = _new_callback(account)
    _insert(account)
    _note(
        "wechat.account.connected", account, actor, after={"kind": kind, "appid": account.appid, "name": account.name}
    )
    emit("wechat.account.connected", actor_id=actor.id, payload={"account_id": account.pk, "kind": kind})
    return account, facts


@transaction.atomic
def change(*, account_id: uuid.UUID, values: Mapping[str, Any], version: int, actor: Actor) -> Account:
    """Change name, mode and what the account is. An empty ``secret`` keeps the one there is.

    Raises ``AccountUnknown``, ``AccountInactive`` for one that was let go, ``AccountChanged``, ``AccountInvalid``.
    """
    account = locked(account_id)
    if account.state == AccountState.DISABLED:
        raise AccountInactive
    if account.version != version:
        raise AccountChanged
    known = {name: getattr(account, name) for name in (*CHANGEABLE, "appid", "agent_id")}
    given = {name: values[name] for name in CHANGEABLE if name in values}
    secret = str(values.get("secret") or "")
    checked = _checked(account.kind, {**known, **given, "secret": secret or "x" * 32})
    checked.pop("secret")
    for name, value in checked.items():
        setattr(account, name, value)
    account.is_for_login = bool({**known, **given}["is_for_login"])
    if secret:
        secrets.put_secret(account, secret)
        clients.tokens_of(account).forget()
    account.version += 1
    account.save()
    _note(
        "wechat.account.changed", account, actor, before=known, after={**given, **({"secret": "new"} if secret else {})}
    )
    return account


@transaction.atomic
def renew_callback(*, account_id: uuid.UUID, actor: Actor, at: datetime) -> CallbackFacts:
    """A new callback token and key; those before stay good for ten minutes, for messages on their way.

    Raises ``AccountUnknown``, ``AccountInactive``.
    """
    account = locked(account_id, is_active=True)
    facts = _new_callback(account, former_until=at + GRACE)
    account.version += 1
    account.save()
    _note("wechat.account.callback_renewed", account, actor)
    return facts


@transaction.atomic
def set_callback(*, account_id: uuid.UUID, token: str, aes_key: str, actor: Actor, at: datetime) -> None:
    """Use a callback token and key made elsewhere. Raises ``AccountInvalid``, ``AccountInactive``."""
    account = locked(account_id, is_active=True)
    if not re.fullmatch(r"[0-9A-Za-z]{3,32}", token):
        raise AccountInvalid(fields=[FieldError("/token", "invalid", _("Token 应为 3 到 32 个字母或数字。"))])
    if not is_aes_key(aes_key):
        raise AccountInvalid(fields=[FieldError("/aes_key", "invalid", _("EncodingAESKey 应为 43 个字母或数字。"))])
    secrets.put_callback(account, token=token, aes_key=aes_key, former_until=at + GRACE)
    account.version += 1
    account.save()
    _note("wechat.account.callback_renewed", account, actor)


@transaction.atomic
def disable(*, account_id: uuid.UUID, actor: Actor) -> None:
    """Stop using an account: its door shuts, its tokens go, its secrets are deleted. People's bindings stay.

    Raises ``AccountUnknown``.
    """
    account = locked(account_id)
    if account.state == AccountState.DISABLED:
        return
    clients.tokens_of(account).forget()
    inbound.close_door(account.route_key)
    account.state = AccountState.DISABLED
    account.secret_sealed = account.callback_sealed = account.former_sealed = account.refresh_token_sealed = None
    account.version += 1
    account.save()
    _note("wechat.account.disabled", account, actor)
    emit("wechat.account.disabled", actor_id=actor.id, payload={"account_id": account.pk, "kind": account.kind})


def locked(account_id: uuid.UUID | str, *, is_active: bool = False) -> Account:
    """Raises ``AccountUnknown``, and ``AccountInactive`` where it has to be active."""
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise AccountUnknown
    if is_active and not account.is_active:
        raise AccountInactive
    return account


def callback_url(account: Account) -> str:
    """Where WeChat is to send this account's messages."""
    if account.kind == AccountKind.AUTHORIZED:
        return inbound.public_url(f"/wx/open/{account.appid}/")
    return inbound.public_url(f"/wx/{account.route_key}/")


def _new_callback(account: Account, former_until: datetime | None = None) -> CallbackFacts:
    token = "".join(random.choice(_LETTERS) for _n in range(24))
    # The last of 43 characters holds four bits and two that are zero: only those letters stand for such.
    aes_key = "".join(random.choice(_LETTERS) for _n in range(42)) + random.choice("AEIMQUYcgkosw048")
    secrets.put_callback(account, token=token, aes_key=aes_key, former_until=former_until)
    return CallbackFacts(callback_url(account), token, aes_key)


def _insert(account: Account) -> None:
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise AccountTaken from error


def _checked(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    faults: list[FieldError] = []
    text = {
        name: _clean(values.get(name, ""), name, faults)
        for name in ("name", "appid", "secret", "agent_id", "original_id")
    }
    if kind not in (AccountKind.OFFICIAL, AccountKind.WECOM, AccountKind.AUTHORIZED):
        faults.append(FieldError("/kind", "invalid", _("请选择接入方式。")))
    if not text["name"] or len(text["name"]) > 40:
        faults.append(FieldError("/name", "invalid", _("请填写名称，不超过 40 个字。")))
    shape = _SHAPES.get(kind)  # type: ignore[call-overload]
    if shape and not shape.fullmatch(text["appid"]):
        label = _("企业 ID 以 ww 开头") if kind == AccountKind.WECOM else _("AppID 以 wx 开头")
        faults.append(FieldError("/appid", "invalid", _("%(label)s，请从后台复制。") % {"label": label}))
    if not re.fullmatch(r"[0-9A-Za-z_-]{16,100}", text["secret"]):
        faults.append(FieldError("/secret", "invalid", _("请填写完整的 Secret，不要带空格。")))
    is_wecom = kind == AccountKind.WECOM
    if is_wecom and not re.fullmatch(r"[0-9]{4,12}", text["agent_id"]):
        faults.append(FieldError("/agent_id", "invalid", _("请填写应用的 AgentId（数字）。")))
    if text["original_id"] and not _ORIGINAL.fullmatch(text["original_id"]):
        faults.append(FieldError("/original_id", "invalid", _("原始 ID 以 gh_ 开头。")))
    mode = CryptMode.SECURE if is_wecom else str(values.get("crypt_mode") or CryptMode.SECURE)
    if mode not in CryptMode.values:
        faults.append(FieldError("/crypt_mode", "invalid", _("请选择消息加解密方式。")))
    if faults:
        raise AccountInvalid(fields=faults)
    return {
        **text, "agent_id": text["agent_id"] if is_wecom else "", "crypt_mode": mode,
        "is_service": bool(values.get("is_service", True)), "is_verified": bool(values.get("is_verified", True)),
    }  # fmt: skip


def _clean(value: Any, name: str, faults: list[FieldError]) -> str:
    try:
        return clean(str(value or "")).strip()
    except Invalid as error:
        faults.append(FieldError(f"/{name}", "invalid", error.detail))
        return ""


def _note(action: str, account: Account, actor: Actor, **facts: Any) -> None:
    record(action=action, actor=actor, target=str(account.pk), target_label=account.name, **facts)
