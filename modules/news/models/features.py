"""党员特色: short lessons to watch or listen to, and good cases with a fixed outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from jiceng.kernel.ids import uuid7

from .articles import Article


class Lesson(models.Model):
    """What an article in a column of kind ``lesson`` has beside its text.

    ``media``: a stored video or sound; or ``media_url``: a page elsewhere (then there is nothing to resume).
    ``duration_seconds``: of the media, 0 where unknown; ``needed_seconds``: of effective watching until it counts as done.
    """

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="lesson")
    media = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    media_url = models.CharField(max_length=500, blank=True)
    duration_seconds = models.PositiveIntegerField(default=0)
    needed_seconds = models.PositiveIntegerField(default=0)
    lecturer = models.CharField(max_length=50, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(media=None) | Q(media_url=""), name="news_lesson_one_source"),
        )

    def __str__(self) -> str:
        return str(self.article_id)

    if TYPE_CHECKING:
        article_id: object


class LessonProgress(models.Model):
    """How far one user got. ``watched_seconds``: effective time, never more than what the clock allows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="progress")
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    position_seconds = models.PositiveIntegerField(default=0)
    watched_seconds = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("lesson", "user"), name="news_lessonprogress_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.position_seconds}"


class CaseOutline(models.Model):
    """What an article in a column of kind ``case`` has: three parts, each sanitised HTML. The article's body is made of them."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="outline")
    background = models.TextField(default="", blank=True)
    practice = models.TextField(default="", blank=True)
    effect = models.TextField(default="", blank=True)
    copied_from = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return str(self.article_id)

    if TYPE_CHECKING:
        article_id: object
