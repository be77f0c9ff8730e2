"""Changing passwords. Every change ends the user's other sessions."""

from __future__ import annotations

from django.db import transaction

from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError

from .. import passwords, sessions
from ..actor import Actor
from ..errors import WrongPassword
from ..models import User
from ..models.users import Id
from .users import get_user, refuse_account


@transaction.atomic
def change_password(*, user: User, current: str, new: str, keep_session: str | None = None) -> User:
    """Replace one's own password. ``keep_session``: key of the session that goes on.

    Raises ``WrongPassword``, ``PasswordRefused``. The caller's session needs ``update_session_auth_hash`` afterwards.
    """
    locked = get_user(user.pk, lock=True)
    if not passwords.is_acceptable_input(current) or not locked.check_password(current):
        message = str(WrongPassword.message)
        raise WrongPassword(fields=[FieldError("/current", WrongPassword.code, message)])
    return _replace(locked, new, Actor.for_user(locked), keep_session)


@transaction.atomic
def renew_password(*, user: User, new: str) -> User:
    """Replace an expired or forgotten password of somebody who proved otherwise who they are. Raises ``PasswordRefused``."""
    locked = get_user(user.pk, lock=True)
    return _replace(locked, new, Actor.for_user(locked), None)


@transaction.atomic
def set_password(*, user_id: Id, new: str, actor: Actor) -> User:
    """Set somebody else's password. Raises ``UserUnknown``, ``OwnAccount``, ``AboveOwnLevel``, ``PasswordRefused``."""
    locked = get_user(user_id, lock=True)
    refuse_account(locked, actor)
    return _replace(locked, new, actor, None)


def _replace(user: User, new: str, actor: Actor, keep_session: str | None) -> User:
    passwords.check_quality(new, user)
    passwords.store(user, new)
    sessions.end_all(user, keep=keep_session)
    record(action="access.password.changed", actor=actor, target=str(user.pk), target_label=user.display_name)
    return user
