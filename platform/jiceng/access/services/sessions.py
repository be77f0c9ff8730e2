"""Ending sessions on purpose."""

from __future__ import annotations

from django.db import transaction

from jiceng.audit.services import record

from .. import sessions
from ..actor import Actor
from ..errors import SessionUnknown
from ..models import User


@transaction.atomic
def revoke_session(*, user: User, key_hash: str, actor: Actor) -> None:
    """End one session of ``user``. ``key_hash``: as ``selectors.list_sessions`` has it. Raises ``SessionUnknown``."""
    if not sessions.end_one(user, key_hash):
        raise SessionUnknown
    record(action="access.session.revoked", actor=actor, target=str(user.pk), target_label=user.display_name)


@transaction.atomic
def end_other_sessions(*, user: User, keep: str | None, actor: Actor) -> int:
    """End all sessions of ``user`` but the one with key ``keep``; returns how many."""
    count = sessions.end_all(user, keep=keep)
    record(
        action="access.session.all_revoked", actor=actor, target=str(user.pk), target_label=user.display_name,
        after={"count": count},
    )  # fmt: skip
    return count
