"""Survey points: for those who manage them, and for the public by code."""

from __future__ import annotations

import uuid

from django.db.models import Count, QuerySet

from jiceng.access.actor import Actor

from ..errors.survey import CodeUnknown, PointMissing, PointWithdrawn
from ..manifest.words import POINTS
from ..models import SurveyPoint
from .reach import within


def managed(*, actor: Actor) -> QuerySet[SurveyPoint]:
    return within(SurveyPoint.objects.select_related("unit", "person"), actor=actor, permission=POINTS)


def listed(*, actor: Actor, words: str = "", show: str = "") -> QuerySet[SurveyPoint]:
    """With ``answer_count``. ``show``: ``active``, ``inactive`` or a kind."""
    found = managed(actor=actor).annotate(answer_count=Count("answers"))
    if words:
        found = found.filter(name__icontains=words)
    if show in ("active", "inactive"):
        found = found.filter(is_active=show == "active")
    return found.order_by("-is_active", "name", "pk")


def get_point(*, point_id: uuid.UUID, actor: Actor) -> SurveyPoint:
    """Raises ``PointMissing``."""
    found = managed(actor=actor).filter(pk=point_id).first()
    if found is None:
        raise PointMissing
    return found


def is_code(word: str) -> bool:
    """Whether ``word`` can be a code at all; the database refuses to look for NUL."""
    return "\x00" not in word


def open_point(code: str) -> SurveyPoint:
    """The point behind a code that takes answers. Raises ``CodeUnknown``, ``PointWithdrawn``."""
    found = SurveyPoint.objects.select_related("unit").filter(code=code).first() if is_code(code) else None
    if found is None:
        raise CodeUnknown
    if not found.is_active:
        raise PointWithdrawn
    return found
