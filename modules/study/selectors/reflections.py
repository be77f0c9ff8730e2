"""Reflections: one's own, those to be reviewed, those shared with everybody."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.models import Membership, Person, Unit

from .. import errors
from ..manifest.words import REVIEW
from ..models import Course, Reflection, ReflectionComment, ReflectionLike, ReflectionState
from . import courses
from .learners import learner
from .likeness import passages


class _InCommon(Func):
    """How many numbers two arrays without repetitions have in common."""

    template = "cardinality(ARRAY(SELECT unnest(%(expressions)s)))"
    arg_joiner = ") INTERSECT SELECT unnest("
    output_field = IntegerField()


class _Overlaps(Func):
    """Whether they have any in common, by the index. The lookup ``overlap`` would take a parameter for each number."""

    template = "(%(expressions)s)"
    arg_joiner = " && "
    output_field = BooleanField()


def own(actor: Actor) -> QuerySet[Reflection]:
    """One's own, the latest first; none for those not on the roster."""
    found = Reflection.objects.filter(person=learner(actor)).select_related("course")
    return found.defer("fingerprints").order_by("-created_at", "-id")


def get_own(*, reflection_id: uuid.UUID, actor: Actor) -> Reflection:
    """Raises ``ReflectionMissing``, also for those of others."""
    found = own(actor).select_related("similar").filter(pk=reflection_id).first()
    if found is None:
        raise errors.ReflectionMissing
    return found


def reviewable(actor: Actor) -> QuerySet[Reflection]:
    """Handed in by people of units where ``actor`` reviews; never drafts."""
    found = Reflection.objects.exclude(state=ReflectionState.DRAFT).select_related("person", "unit", "course")
    paths = policy.unit_paths(actor, REVIEW)
    if paths is not None:
        reach = Q(pk=None)
        for path in paths:
            reach |= Q(unit__path__startswith=path)
        found = found.filter(reach)
    return found.defer("fingerprints")


def queue(actor: Actor, *, show: str = "") -> QuerySet[Reflection]:
    """``show``: ``submitted`` (longest waiting first), ``flagged``, ``returned``, ``accepted`` or everything (the latest first)."""
    found = reviewable(actor)
    if show == "flagged":
        return found.filter(is_flagged=True).order_by("-submitted_at", "-id")
    if show in ReflectionState.values:
        found = found.filter(state=show)
    return found.order_by("submitted_at", "id") if show == "submitted" else found.order_by("-submitted_at", "-id")


def get_reviewable(*, reflection_id: uuid.UUID, actor: Actor) -> Reflection:
    """Raises ``ReflectionMissing``, also for drafts and those out of reach."""
    found = reviewable(actor).select_related("similar").filter(pk=reflection_id).first()
    if found is None:
        raise errors.ReflectionMissing
    return found


def accepted(actor: Actor) -> QuerySet[Reflection]:
    return reviewable(actor).filter(state=ReflectionState.ACCEPTED)


def shared() -> QuerySet[Reflection]:
    """What authors share with everybody, the latest first: never by likes."""
    found = Reflection.objects.filter(shared_at__isnull=False).select_related("person", "unit", "course")
    return found.defer("fingerprints").order_by("-shared_at", "-id")


def get_shared(*, reflection_id: uuid.UUID, actor: Actor) -> Reflection:
    """With ``is_liked`` by ``actor``. Raises ``ReflectionMissing``."""
    likes = ReflectionLike.objects.filter(reflection=OuterRef("pk"), person=learner(actor))
    found = shared().annotate(is_liked=Exists(likes)).filter(pk=reflection_id).first()
    if found is None:
        raise errors.ReflectionMissing
    return found


def comments_of(reflection: Reflection, *, with_hidden: bool = False) -> QuerySet[ReflectionComment]:
    found = ReflectionComment.objects.filter(reflection=reflection).select_related("person")
    return found if with_hidden else found.filter(hidden_at=None)


def has_comments_open() -> bool:
    return bool(read_settings("study").reflection_comments)


def passages_of(reflection: Reflection) -> list[str]:
    """Those of its own text that stand in the one most like it."""
    return passages(reflection.text, reflection.similar.text) if reflection.similar else []


def similar_in_reach(reflection: Reflection, *, actor: Actor) -> Reflection | None:
    """The one most like a flagged one, where ``actor`` reviews that one too."""
    if not reflection.is_flagged or reflection.similar_id is None:
        return None
    return reviewable(actor).filter(pk=reflection.similar_id).first()


def most_like(prints: list[int], *, but: uuid.UUID, before: datetime) -> tuple[Reflection | None, int]:
    """Of everything handed in before, the one with the most of ``prints``, and their share in whole percent."""
    if not prints:
        return None, 0
    numbers: Any = Cast(Value(prints, output_field=ArrayField(BigIntegerField())), ArrayField(BigIntegerField()))
    overlaps = _Overlaps(F("fingerprints"), numbers)
    earlier = Reflection.objects.filter(overlaps, submitted_at__lt=before).exclude(pk=but)
    found = earlier.annotate(common=_InCommon(F("fingerprints"), numbers)).order_by("-common", "submitted_at").first()
    return (found, 100 * found.common // len(prints)) if found is not None else (None, 0)


def courses_to_think_of(person: Person) -> QuerySet[Course]:
    """What the author may connect it with."""
    return courses.takeable(person).order_by("-published_at", "-id")


def unit_of(person: Person) -> Unit | None:
    """Whose reviewers it goes to: the party's unit before any other."""
    held = Membership.objects.filter(person=person, body="party", ended_on=None, unit__isnull=False)
    membership = held.select_related("unit").first()
    return membership.unit if membership else person.unit
