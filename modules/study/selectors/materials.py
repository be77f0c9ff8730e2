"""Materials as teachers choose them, and who may open their files."""

from __future__ import annotations

import uuid

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiceng.access import policy
from jiceng.access.actor import Actor

from .. import errors
from ..manifest.words import LEARN, TEACH
from ..models import Course, Lesson, Material
from .courses import takeable
from .learners import learner


def managed(actor: Actor) -> QuerySet[Material]:
    """Materials that ``actor`` may change, with ``lesson_count``."""
    paths = policy.unit_paths(actor, TEACH)
    found = Material.objects.filter(is_retired=False).select_related("unit", "file")
    if paths is not None:
        reach = Q(pk=None)
        for path in paths:
            reach |= Q(unit__path__startswith=path)
        found = found.filter(reach)
    used = Lesson.objects.filter(material=OuterRef("pk")).order_by().values("material")
    return found.annotate(lesson_count=Coalesce(Subquery(used.annotate(n=Count("*")).values("n")), 0))


def listed(actor: Actor, *, words: str = "", kind: str = "") -> QuerySet[Material]:
    found = managed(actor)
    if words:
        found = found.filter(Q(title__icontains=words) | Q(source__icontains=words))
    return found.filter(kind=kind) if kind else found


def usable() -> QuerySet[Material]:
    """What may go into a course: any unit's materials may be used by all."""
    return Material.objects.filter(is_retired=False)


def get_managed(*, material_id: uuid.UUID, actor: Actor) -> Material:
    """Raises ``MaterialMissing``, also for those out of reach."""
    material = managed(actor).filter(pk=material_id).first()
    if material is None:
        raise errors.MaterialMissing
    return material


def may_open(*, actor: Actor, owner_id: str) -> bool:
    """Whether files of a material may be opened: by teachers, and by who may take a course that has it."""
    if policy.may(actor, TEACH):
        return True
    if not policy.may(actor, LEARN):
        return False
    lessons = Lesson.objects.filter(material__pk=owner_id, chapter__course__in=takeable(learner(actor)))
    return lessons.exists()


def may_open_cover(*, actor: Actor, owner_id: str) -> bool:
    """Whether a course's cover may be seen."""
    if policy.may(actor, TEACH):
        return True
    return policy.may(actor, LEARN) and Course.objects.filter(pk=owner_id, state="published").exists()
