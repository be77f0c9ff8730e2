"""Who serves: the person of the registry behind an actor."""

from __future__ import annotations

from jiceng.access.actor import Actor
from jiceng.members.models import Person, PersonState

from .. import errors


def volunteer(actor: Actor) -> Person | None:
    """The active person whose login this is."""
    if actor.user is None:
        return None
    return Person.objects.select_related("unit").filter(user=actor.user, state=PersonState.ACTIVE).first()


def require_volunteer(actor: Actor) -> Person:
    """The same. Raises ``NotOnRoster``."""
    person = volunteer(actor)
    if person is None:
        raise errors.NotOnRoster
    return person


def masked_name(name: str) -> str:
    """``"张*"``, ``"欧*"``: what strangers see."""
    return f"{name[:1]}{'*' * min(max(len(name) - 1, 1), 3)}"
