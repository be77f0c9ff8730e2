"""Who is in an audience, and which audiences somebody is in. Both from the same conditions."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count as CountOf
from django.db.models import Exists, OuterRef, Q, QuerySet

from jiceng.access.actor import current_assignments
from jiceng.access.models import User
from jiceng.kernel import clock

from ..models import Audience, AudienceClause, Membership, Person, PersonState, PersonTag, Post, Unit
from ..models.units import LABEL_LENGTH
from .definitions import Clause, Definition
from .keeping import definition_of


@dataclass(frozen=True, slots=True)
class Count:
    people: int
    with_login: int


def people(definition: Definition | Audience, *, at: datetime) -> QuerySet[Person]:
    """The active people of an audience, each once, in one statement."""
    definition = definition_of(definition) if isinstance(definition, Audience) else definition
    active = Person.objects.filter(state=PersonState.ACTIVE)
    if definition.everyone:
        return active
    named = [clause.person for clause in definition.clauses if clause.person]
    wanted = Q(pk__in=named)
    paths = dict(
        Unit.objects.filter(pk__in=[clause.unit for clause in definition.clauses if clause.unit]).values_list(
            "pk", "path"
        )
    )
    for clause in definition.clauses:
        if not clause.person:
            wanted |= _condition(clause, paths.get(uuid.UUID(clause.unit)) if clause.unit else "", at)
    return active.filter(wanted)


def count(definition: Definition | Audience, *, at: datetime) -> Count:
    found = people(definition, at=at).order_by().aggregate(people=CountOf("pk"), with_login=CountOf("user"))
    return Count(found["people"], found["with_login"])


def _condition(clause: Clause, path: str | None, at: datetime) -> Q:
    if path is None:  # the unit is gone
        return Q(pk__in=())
    condition = Q()
    if path or clause.body:
        rows = Membership.objects.filter(person=OuterRef("pk"), ended_on=None)
        if path:
            rows = rows.filter(unit__path__startswith=path)
        if clause.body:
            rows = rows.filter(body=clause.body)
        if clause.state:
            rows = rows.filter(state=clause.state)
        condition &= Q(Exists(rows))
    if clause.post:
        posts = Post.objects.filter(person=OuterRef("pk"), kind=clause.post, ended_on=None)
        condition &= Q(Exists(posts.filter(unit__path__startswith=path) if path else posts))
    if clause.role:
        held = current_assignments(at).filter(role__code=clause.role, user=OuterRef("user"))
        condition &= Q(Exists(held))
    if clause.tag:
        condition &= Q(Exists(PersonTag.objects.filter(person=OuterRef("pk"), tag_id=clause.tag)))
    return condition


def matching_ids(*, user: User | None, at: datetime | None = None) -> list[uuid.UUID]:
    """The kept audiences that ``user``'s person is in now; none for logins without a person."""
    at = at or clock.now()
    person = Person.objects.filter(user=user, state=PersonState.ACTIVE).first() if user else None
    if person is None:
        return []
    memberships = list(
        Membership.objects.filter(person=person, ended_on=None).values_list("body", "state", "unit__path")
    )
    posts = list(Post.objects.filter(person=person, ended_on=None).values_list("kind", "unit__path"))
    roles = set(current_assignments(at).filter(user=user).values_list("role__code", flat=True))
    tags = set(PersonTag.objects.filter(person=person).values_list("tag_id", flat=True))
    paths = {prefix for _body, _state, path in memberships if path for prefix in _prefixes(path)}
    clauses = AudienceClause.objects.filter(
        Q(person=person)
        | Q(person=None)
        & (Q(unit=None) | Q(unit__path__in=paths))
        & Q(body__in=["", *{body for body, _state, _path in memberships}])
        & Q(post__in=["", *{kind for kind, _path in posts}])
        & Q(role__in=["", *roles])
        & (Q(tag=None) | Q(tag__in=tags))
    )
    found = {
        audience
        for audience, whom, path, body, state, post in clauses.values_list(
            "audience_id", "person_id", "unit__path", "body", "state", "post"
        )
        if whom == person.pk or _holds(path or "", body, state, post, memberships, posts)
    }
    found |= set(Audience.objects.filter(is_everyone=True).values_list("pk", flat=True))
    return sorted(found)


def fits(audience: Audience, *, user: User | None, at: datetime | None = None) -> bool:
    """Whether ``user``'s person is in ``audience`` now."""
    return user is not None and people(audience, at=at or clock.now()).filter(user=user).exists()


def _prefixes(path: str) -> list[str]:
    step = LABEL_LENGTH + 1
    return [path[:end] for end in range(step, len(path) + 1, step)]


def _holds(
    path: str, body: str, state: str, post: str,
    memberships: Sequence[tuple[str, str, str | None]], posts: Sequence[tuple[str, str]],
) -> bool:  # fmt: skip
    if path or body:
        fitting = (
            (not path or (there or "").startswith(path)) and (not body or of == body) and (not state or as_ == state)
            for of, as_, there in memberships
        )
        if not any(fitting):
            return False
    return not post or any(kind == post and there.startswith(path) for kind, there in posts)
