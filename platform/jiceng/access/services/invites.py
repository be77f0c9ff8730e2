"""Inviting people: a link, good once, with which somebody chooses a username and a password."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from jiceng.audit.services import record
from jiceng.kernel.clock import now
from jiceng.kernel.crypto import hash_token
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.text import clean

from ..actor import Actor
from ..errors import InviteClosed, InviteUnknown
from ..models import Invite, User
from ..models.users import Id
from . import levels
from .roles import ensure_role
from .users import create_user

INVITE_DAYS = 7
TOKEN_BYTES = 32


def create_invite(
    *,
    display_name: str,
    roles: Iterable[str],
    actor: Actor,
    unit_path: str = "",
    reference: str = "",
    days: int = INVITE_DAYS,
) -> tuple[Invite, str]:
    """Make an invitation and return it with its token, which is not kept and cannot be shown again.

    Raises ``RoleUnknown``, ``AboveOwnLevel``, ``Invalid``.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invite = create_invite_with_hash(
        token_hash=hash_token(token), display_name=display_name, roles=roles, actor=actor, unit_path=unit_path,
        reference=reference, days=days,
    )  # fmt: skip
    return invite, token


@transaction.atomic
def create_invite_with_hash(
    *,
    token_hash: str,
    display_name: str,
    roles: Iterable[str],
    actor: Actor,
    unit_path: str = "",
    reference: str = "",
    days: int = INVITE_DAYS,
) -> Invite:
    """Make an invitation for a token that the invited person already has. ``token_hash``: its SHA-256 in hex."""
    name = clean(display_name)
    if not 1 <= len(name) <= 50:
        raise Invalid(fields=[FieldError("/display_name", "length", "姓名须为 1 至 50 个字。")])
    codes = sorted(set(roles))
    for code in codes:
        levels.refuse_role_above(actor, ensure_role(code), unit_path)
    invite = Invite.objects.create(
        token_hash=token_hash, display_name=name, roles=codes, unit_path=unit_path, reference=reference,
        created_by=actor.id or "", expires_at=now() + timedelta(days=days),
    )  # fmt: skip
    record(
        action="access.invite.created", actor=actor, target=str(invite.pk), target_label=name,
        after={"roles": codes, "unit_path": unit_path, "expires_at": invite.expires_at},
    )  # fmt: skip
    return invite


def find_invite(token: str) -> Invite:
    """The open invitation of this token. Raises ``InviteUnknown``, ``InviteClosed``."""
    return _open(Invite.objects.filter(token_hash=hash_token(token)).first())


@transaction.atomic
def accept_invite(*, token: str, username: str, password: str) -> User:
    """Make the invited person's account. Of several at once one wins (row lock); a refusal leaves the invite open.

    Raises ``InviteUnknown``, ``InviteClosed``, ``Invalid``, ``UsernameTaken``, ``PasswordRefused``. Calls
    ``settings.INVITE_ACCEPTED`` in the same transaction.
    """
    invite = _open(Invite.objects.select_for_update().filter(token_hash=hash_token(token)).first())
    user = create_user(
        username=username, password=password, display_name=invite.display_name, roles=invite.roles,
        unit_path=invite.unit_path, actor=Actor.system("邀请"),
    )  # fmt: skip
    invite.used_at, invite.used_by = now(), user
    invite.save(update_fields=["used_at", "used_by"])
    who = Actor.for_user(user)
    record(action="access.invite.accepted", actor=who, target=str(invite.pk), target_label=user.display_name)
    for path in settings.INVITE_ACCEPTED:
        import_string(path)(invite=invite, user=user)
    return user


@transaction.atomic
def revoke_invite(*, invite_id: Id, actor: Actor) -> Invite:
    """Make the link useless. Raises ``InviteUnknown``, ``InviteClosed`` (already used or revoked)."""
    invite = Invite.objects.select_for_update().filter(pk=invite_id).first()
    if invite is None:
        raise InviteUnknown
    if invite.state_at(now()) in ("used", "revoked"):
        raise InviteClosed
    invite.revoked_at = now()
    invite.save(update_fields=["revoked_at"])
    record(action="access.invite.revoked", actor=actor, target=str(invite.pk), target_label=invite.display_name)
    return invite


def _open(invite: Invite | None) -> Invite:
    if invite is None:
        raise InviteUnknown
    if invite.state_at(now()) != "open":
        raise InviteClosed
    return invite
