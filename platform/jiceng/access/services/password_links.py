"""For people who forgot their password: an administrator hands them a link; nobody else learns the new password."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction

from jiceng.audit.services import record
from jiceng.kernel.clock import now
from jiceng.kernel.crypto import hash_token

from ..actor import Actor
from ..errors import PasswordLinkClosed
from ..models import PasswordLink, User
from ..models.users import Id
from .passwords import renew_password
from .users import get_user, refuse_account

LINK_HOURS = 24
TOKEN_BYTES = 32


@transaction.atomic
def create_password_link(*, user_id: Id, actor: Actor) -> tuple[PasswordLink, str]:
    """Make a link for ``user_id`` and return it with its token, which is not kept; earlier links stop working.

    Raises ``UserUnknown``, ``OwnAccount``, ``AboveOwnLevel``.
    """
    user = get_user(user_id, lock=True)
    refuse_account(user, actor)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    PasswordLink.objects.filter(user=user, used_at=None).delete()
    link = PasswordLink.objects.create(
        user=user,
        token_hash=hash_token(token),
        created_by=actor.id or "",
        expires_at=now() + timedelta(hours=LINK_HOURS),
    )
    record(
        action="access.password_link.created", actor=actor, target=str(user.pk), target_label=user.display_name,
        after={"expires_at": link.expires_at},
    )  # fmt: skip
    return link, token


def find_password_link(token: str) -> PasswordLink:
    """The open link of this token, with its user. Raises ``PasswordLinkClosed``."""
    return _open(PasswordLink.objects.select_related("user").filter(token_hash=hash_token(token)).first())


@transaction.atomic
def use_password_link(*, token: str, password: str) -> User:
    """Set the new password and end all sessions. Of several uses at once one wins; a refusal leaves the link open.

    Raises ``PasswordLinkClosed``, ``PasswordRefused``.
    """
    links = PasswordLink.objects.select_for_update(of=("self",)).select_related("user")
    link = _open(links.filter(token_hash=hash_token(token)).first())
    user = renew_password(user=link.user, new=password)
    link.used_at = now()
    link.save(update_fields=["used_at"])
    return user


def _open(link: PasswordLink | None) -> PasswordLink:
    if link is None or link.used_at or link.expires_at <= now() or not link.user.is_active:
        raise PasswordLinkClosed
    return link
