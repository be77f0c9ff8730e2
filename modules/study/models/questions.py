"""Questions in banks. What was asked of anybody is never changed: an edit makes another version."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

QUESTION_LENGTH = 2000
OPTION_LENGTH = 500


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("单选题")
    MULTIPLE = "multiple", _("多选题")
    TRUE_FALSE = "true_false", _("判断题")
    FILL = "fill", _("填空题")
    SHORT = "short", _("简答题")


CHOICE_KINDS = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE)


class QuestionBank(models.Model):
    """``unit``: whose examiners may see and change it, ``None``: the whole organisation's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_retired = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="study_bank_named"),)

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """One question through all its versions. ``digest``: of what is asked now, so that a bank holds it once.

    ``points``: what papers give for it unless they say otherwise. ``version_count``: the number of the newest version.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bank = models.ForeignKey(QuestionBank, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(max_length=10, choices=QuestionKind)
    difficulty = models.PositiveSmallIntegerField(default=3)
    tags = models.JSONField(default=list, blank=True)
    points = models.DecimalField(max_digits=5, decimal_places=1, default=1)
    digest = models.CharField(max_length=64)
    version_count = models.PositiveIntegerField(default=1)
    is_retired = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("bank", "digest"), condition=Q(is_retired=False), name="study_question_once"
            ),
            models.CheckConstraint(condition=Q(difficulty__gte=1, difficulty__lte=5), name="study_question_difficulty"),
            models.CheckConstraint(condition=Q(points__gt=0, points__lte=100), name="study_question_points"),
        )
        indexes = (models.Index(fields=("bank", "kind", "difficulty"), name="study_question_draw"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def newest(self) -> QuestionVersion:
        """The words it has now, where ``selectors.questions`` has prefetched them as ``current``."""
        found: list[QuestionVersion] = self.current  # type: ignore[attr-defined]
        return found[0]


class QuestionVersion(models.Model):
    """What is asked, in words.

    ``options``: texts, of choices only. ``answer``: the places of right options, from 0; of ``fill`` a list of accepted texts
    for each blank; of ``short`` nothing, ``reference`` is for those who mark.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    text = models.TextField()
    picture = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    options = models.JSONField(default=list, blank=True)
    answer = models.JSONField(default=list, blank=True)
    reference = models.TextField(default="", blank=True)
    explanation = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("question", "number"), name="study_version_once"),
            models.UniqueConstraint(fields=("question",), condition=Q(is_current=True), name="study_version_current"),
            models.CheckConstraint(condition=~Q(text=""), name="study_version_worded"),
        )

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def kind(self) -> str:
        return self.question.kind

    @property
    def right(self) -> Any:
        """The answer in words."""
        kind = self.question.kind
        if kind in CHOICE_KINDS:
            words = [self.options[place] for place in self.answer if place < len(self.options)]
            letters = "" if kind == QuestionKind.TRUE_FALSE else "".join(chr(65 + place) for place in self.answer) + " "
            return letters + "；".join(words)
        if kind == QuestionKind.FILL:
            return "；".join(" / ".join(accepted) for accepted in self.answer)
        return self.reference


class QuestionImport(models.Model):
    """A file of questions as it was read, waiting to be taken over. ``rows``: what each holds; ``counts``: outcome -> how many."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bank = models.ForeignKey(QuestionBank, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    author_id = models.CharField(max_length=64, default="", blank=True)
    author_name = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.name
