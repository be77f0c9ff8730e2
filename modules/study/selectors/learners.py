"""Who is learning: the person of the registry behind an actor."""

from __future__ import annotations

from jiceng.access.actor import Actor
from jiceng.members.models import Person, PersonState

from .. import errors


def learner(actor: Actor) -> Person | None:
    """The active person whose login this is."""
    if actor.user is None:
        return None
    return Person.objects.select_related("unit").filter(user=actor.user, state=PersonState.ACTIVE).first()


def require_learner(actor: Actor) -> Person:
    """The same. Raises ``NotOnRoster``."""
    person = learner(actor)
    if person is None:
        raise errors.NotOnRoster
    return person
