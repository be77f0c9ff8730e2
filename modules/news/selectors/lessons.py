"""Reads of lessons: where one left off, and how far the members are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from jiceng.access.actor import Actor

from ..models import Article, Lesson, LessonProgress


@dataclass(frozen=True, slots=True)
class Figures:
    begun: int
    completed: int


def lesson_of(article: Article) -> Lesson | None:
    return Lesson.objects.select_related("media").filter(pk=article.pk).first()


def phone_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """The lesson, and the actor's progress if there is any."""
    lesson = lesson_of(article)
    own = LessonProgress.objects.filter(lesson=article.pk, user=actor.user).first() if lesson and actor.user else None
    return {
        "lesson": lesson, "progress": own, "is_video": bool(lesson and lesson.media and lesson.media.content_type.startswith("video/")),
        "resume_at": own.position_seconds if own and lesson and own.position_seconds < lesson.duration_seconds - 3 else 0,
    }  # fmt: skip


def console_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    return {"lesson": lesson_of(article), "figures": figures(article)}


def figures(article: Article) -> Figures:
    found = LessonProgress.objects.filter(lesson=article.pk).aggregate(
        begun=Count("*"), completed=Count("completed_at")
    )
    return Figures(found["begun"], found["completed"])


def learners(article: Article, *, show: str = "") -> QuerySet[LessonProgress]:
    """Who began, the latest first. ``show``: ``completed``, ``begun`` (not completed)."""
    found = LessonProgress.objects.filter(lesson=article.pk).select_related("user").order_by("-updated_at", "-id")
    if show in ("completed", "begun"):
        found = found.filter(completed_at__isnull=show == "begun")
    return found
