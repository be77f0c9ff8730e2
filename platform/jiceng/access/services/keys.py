"""API keys: made, shown once, given another secret, revoked."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from jiceng.audit.services import record
from jiceng.kernel.clock import now
from jiceng.kernel.crypto import hash_token
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.registry import registry
from jiceng.kernel.text import clean

from ..actor import Actor
from ..errors import KeyEnded, KeyUnknown
from ..keys import KEY_MARK, PREFIX_LENGTH
from ..models import ApiKey
from ..models.users import Id
from . import levels

MAX_DAYS = 365
MAX_ADDRESSES = 20
OVERLAP_HOURS, MAX_OVERLAP_HOURS = 24, 72
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@transaction.atomic
def create_key(
    *,
    name: str,
    scopes: Iterable[str],
    actor: Actor,
    expires_at: datetime | None = None,
    allowed_addresses: Iterable[str] = (),
) -> tuple[ApiKey, str]:
    """Make a key and return it with its token, which is not kept and cannot be shown again.

    ``expires_at``: at most a year ahead, the default. ``allowed_addresses``: IP addresses or networks; none means any.
    Raises ``Invalid``, ``AboveOwnLevel`` (scopes beyond the actor's own rights).
    """
    codes, at = _scopes(scopes), now()
    levels.refuse_permissions_above(actor, codes)
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(PREFIX_LENGTH))
    token = _new_token(prefix)
    key = ApiKey.objects.create(
        prefix=prefix, key_hash=hash_token(token), name=_name(name), scopes=codes, created_by=actor.user,
        expires_at=_expiry(expires_at, at), allowed_addresses=_networks(allowed_addresses),
    )  # fmt: skip
    record(
        action="access.key.created", actor=actor, target=str(key.pk), target_label=key.name,
        after={"prefix": prefix, "scopes": codes, "expires_at": key.expires_at, "addresses": key.allowed_addresses},
    )  # fmt: skip
    return key, token


@transaction.atomic
def rotate_key(
    *, key_id: Id, actor: Actor, overlap_hours: int = OVERLAP_HOURS, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Give a key another secret and return its token, which cannot be shown again.

    For ``overlap_hours`` (0 to 72), but not beyond the key's old term, the secret in force until now opens too; one from
    before that no more. ``expires_at``: a new term, at most a year ahead; the term stays without it.
    Raises ``KeyUnknown``, ``KeyEnded``, ``Invalid``, ``AboveOwnLevel``.
    """
    key, at = _locked(key_id), now()
    if key.state_at(at) != "active":
        raise KeyEnded
    levels.refuse_permissions_above(actor, key.scopes)
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        message = f"须为 0 至 {MAX_OVERLAP_HOURS} 小时。"
        raise Invalid(fields=[FieldError("/overlap_hours", "range", message)])
    token = _new_token(key.prefix)
    key.previous_hash, key.previous_used_at = (key.key_hash if overlap_hours else ""), None
    key.previous_until = min(at + timedelta(hours=overlap_hours), key.expires_at) if overlap_hours else None
    key.key_hash = hash_token(token)
    key.expires_at = _expiry(expires_at, at) if expires_at else key.expires_at
    key.save()
    record(
        action="access.key.rotated", actor=actor, target=str(key.pk), target_label=key.name,
        after={"previous_until": key.previous_until, "expires_at": key.expires_at},
    )  # fmt: skip
    return key, token


@transaction.atomic
def end_overlap(*, key_id: Id, actor: Actor) -> ApiKey:
    """The secret before the last change opens no more, from the next request. Repeated, nothing changes. Raises ``KeyUnknown``."""
    key = _locked(key_id)
    if key.has_previous_at(now()):
        key.previous_hash, key.previous_until = "", None
        key.save(update_fields=["previous_hash", "previous_until"])
        record(action="access.key.overlap_ended", actor=actor, target=str(key.pk), target_label=key.name)
    return key


@transaction.atomic
def revoke_key(*, key_id: Id, actor: Actor) -> ApiKey:
    """Make a key useless with the next request. Repeated, nothing changes. Raises ``KeyUnknown``."""
    key = _locked(key_id)
    if key.revoked_at is None:
        key.revoked_at, key.previous_hash, key.previous_until = now(), "", None
        key.save(update_fields=["revoked_at", "previous_hash", "previous_until"])
        record(action="access.key.revoked", actor=actor, target=str(key.pk), target_label=key.name)
    return key


def _locked(key_id: Id) -> ApiKey:
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise KeyUnknown
    return key


def _new_token(prefix: str) -> str:
    return f"{KEY_MARK}_{prefix}_{secrets.token_hex(24)}"


def _name(raw: str) -> str:
    name = clean(raw)
    if not 1 <= len(name) <= 60:
        raise Invalid(fields=[FieldError("/name", "length", "名称须为 1 至 60 个字。")])
    return name


def _scopes(scopes: Iterable[str]) -> list[str]:
    codes = sorted(set(scopes))
    if not codes:
        raise Invalid(fields=[FieldError("/scopes", "required", "请至少选择一项权限。")])
    for code in codes:
        if code not in registry.permissions:
            raise Invalid(fields=[FieldError("/scopes", "unknown_permission", f"没有“{code}”这项权限。")])
    return codes


def _expiry(expires_at: datetime | None, at: datetime) -> datetime:
    latest = at + timedelta(days=MAX_DAYS)
    if expires_at is None:
        return latest
    if not at < expires_at <= latest + timedelta(days=1):
        raise Invalid(fields=[FieldError("/expires_at", "range", "到期时间须在今后一年之内。")])
    return expires_at


def _networks(raw: Iterable[str]) -> list[str]:
    found: list[str] = []
    for text in raw:
        try:
            found.append(str(ipaddress.ip_network(text.strip(), strict=False)))
        except ValueError as error:
            message = f"“{text}”不是有效的 IP 地址或网段。"
            raise Invalid(fields=[FieldError("/allowed_addresses", "address", message)]) from error
    if len(found) > MAX_ADDRESSES:
        raise Invalid(fields=[FieldError("/allowed_addresses", "too_many", f"最多 {MAX_ADDRESSES} 个地址。")])
    return sorted(set(found))
