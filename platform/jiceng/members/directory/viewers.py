"""Who looks, and how each entry stands to them, as plain facts and as conditions for the database."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from jiceng.access.actor import Actor

from ..models import Consent, Membership, Person, PersonState, Post, ViewerKind
from .rules import FULL, MASKED, PHONE_CONSENT, Levels

EVERYBODY, NOBODY = ~Q(pk__in=[]), Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks. ``person_id``: their own entry, if they have one. ``unit_ids``: what they belong to now."""

    person_id: uuid.UUID | None = None
    is_officer: bool = False
    unit_ids: frozenset[uuid.UUID] = frozenset()

    def audience(self, person: Person) -> str:
        """The first audience that fits; ``person`` comes from ``listed_for``."""
        if person.pk == self.person_id:
            return ViewerKind.SELF
        if self.is_officer:
            return ViewerKind.OFFICERS
        return ViewerKind.SAME_UNIT if person.shares_unit else ViewerKind.MEMBERS  # type: ignore[attr-defined]


def viewer_of(actor: Actor) -> Viewer:
    """The viewer behind a login. Three queries."""
    user_id = actor.user.pk if actor.user else None
    person = Person.objects.filter(user_id=user_id, state=PersonState.ACTIVE).first() if user_id else None
    return viewer_for(person.pk if person else None)


def viewer_for(person_id: uuid.UUID | None) -> Viewer:
    """Somebody of the roster as a viewer, ``None`` for one who is not on it. At most two queries."""
    if person_id is None:
        return Viewer()
    held = Membership.objects.filter(person_id=person_id, ended_on=None, unit__isnull=False)
    posts = Post.objects.filter(person_id=person_id, ended_on=None)
    return Viewer(person_id, posts.exists(), frozenset(held.values_list("unit_id", flat=True)))


def listed_for(viewer: Viewer) -> QuerySet[Person]:
    """Everybody who stands in the directory, with ``shares_unit`` and ``hides_phone`` as ``Viewer.audience`` needs them."""
    shared = Membership.objects.filter(person=OuterRef("pk"), ended_on=None, unit_id__in=list(viewer.unit_ids))
    consents = Consent.objects.filter(person=OuterRef("pk"), purpose=PHONE_CONSENT)
    withdrawn, standing = consents.filter(withdrawn_at__isnull=False), consents.filter(withdrawn_at=None)
    people = Person.objects.filter(state=PersonState.ACTIVE, is_listed=True).select_related("unit")
    return people.annotate(
        shares_unit=Exists(shared) if viewer.unit_ids else Value(False),
        hides_phone=Exists(withdrawn) & ~Exists(standing),
    )


def shown(viewer: Viewer, levels: Levels, field: str, *, at_least: str = MASKED) -> Q:
    """The entries of ``listed_for`` of which ``viewer`` sees ``field``, for searching by it without showing more."""
    wanted = (FULL,) if at_least == FULL else (FULL, MASKED)
    own = Q(pk=viewer.person_id) if viewer.person_id else NOBODY
    if viewer.is_officer:
        return EVERYBODY if levels[field, ViewerKind.OFFICERS] in wanted else own
    found = NOBODY
    for audience, shares in ((ViewerKind.SAME_UNIT, True), (ViewerKind.MEMBERS, False)):
        if levels[field, audience] in wanted:
            found |= Q(shares_unit=shares)
    return own | (found & Q(hides_phone=False) if field == "phone" else found)
