"""Who takes an exam, each go at it with the questions drawn, and what was answered and given for it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .exams import Exam
from .questions import CHOICE_KINDS, QuestionKind, QuestionVersion


class Candidate(models.Model):
    """A person and an exam: asked by its audience, or come of their own accord. Its row is locked to begin an attempt.

    ``until_at``, ``extra_minutes``: an extension, with ``extension_reason``. ``best``: of the attempts with a final score.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="candidates", db_index=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("access.User", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey("members.Unit", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    is_asked = models.BooleanField(default=False)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    best_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    best_score = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    until_at = models.DateTimeField(null=True, blank=True)
    extension_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("exam", "person"), name="study_candidate_once"),)

    def __str__(self) -> str:
        return f"{self.exam_id} {self.person_id}"


class AttemptState(models.TextChoices):
    RUNNING = "running", _("答题中")
    MARKING = "marking", _("等待阅卷")
    FINAL = "final", _("已出成绩")
    CANCELLED = "cancelled", _("已作废")


class Attempt(models.Model):
    """One go. ``deadline_at``: by the server's clock. ``terminal``: which browser holds it now.

    ``seed``: what questions and options were drawn with. ``was_timed_out``: handed in by the clock.
    ``score``: of ``max_score``; ``None`` until every answer is marked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField(default=1)
    seed = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.RUNNING)
    terminal = models.CharField(max_length=64, default="", blank=True)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    was_timed_out = models.BooleanField(default=False)
    max_score = models.DecimalField(max_digits=7, decimal_places=2)
    score = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    is_passed = models.BooleanField(null=True, blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-started_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("candidate", "number"), name="study_attempt_once"),
            models.UniqueConstraint(
                fields=("candidate",), condition=Q(state="running"), name="study_attempt_one_running"
            ),
            models.CheckConstraint(
                condition=~Q(state="final") | Q(score__isnull=False, percent__isnull=False, is_passed__isnull=False),
                name="study_attempt_scored",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("running", "cancelled")) | Q(submitted_at__isnull=False),
                name="study_attempt_submitted",
            ),
        )
        indexes = (models.Index(fields=("exam", "state"), name="study_attempt_exam"),)

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.number}"

    @property
    def is_running(self) -> bool:
        return self.state == AttemptState.RUNNING


class AttemptItem(models.Model):
    """A question of an attempt, the answer, and what it got.

    ``option_order``: at which place of the page which option stands. ``answer``: ``None`` unanswered; places of the version's
    options (not the page's), or texts. ``terminal``, ``sequence``: where the answer came from, so that old ones change nothing.
    """

    id = models.BigAutoField(primary_key=True)
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="items", db_index=False)
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    points = models.DecimalField(max_digits=5, decimal_places=1)
    option_order = models.JSONField(default=list, blank=True)
    answer = models.JSONField(null=True, blank=True)
    terminal = models.CharField(max_length=64, default="", blank=True)
    sequence = models.BigIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)
    awarded = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    is_right = models.BooleanField(null=True, blank=True)
    needs_marking = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("attempt", "number"), name="study_attemptitem_once"),
            models.CheckConstraint(
                condition=Q(awarded=None) | Q(awarded__gte=0, awarded__lte=models.F("points")),
                name="study_attemptitem_awarded",
            ),
        )
        indexes = (models.Index(fields=("attempt",), condition=Q(needs_marking=True), name="study_attemptitem_queue"),)

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.number}"

    @property
    def is_answered(self) -> bool:
        return any(self.answer or []) if self._is_text else bool(self.answer)

    @property
    def _is_text(self) -> bool:
        return self.version.question.kind in (QuestionKind.FILL, QuestionKind.SHORT)

    @property
    def choices(self) -> list[tuple[str, int, str, bool]]:
        """Letter, place in the version, text and whether chosen, as the page shows them."""
        chosen = self.answer or []
        order = self.option_order or range(len(self.version.options))
        return [
            (chr(65 + place), option, self.version.options[option], option in chosen)
            for place, option in enumerate(order)
        ]

    @property
    def given(self) -> str:
        """The answer in words, with the letters that this page showed."""
        if not self.is_answered:
            return ""
        if self.version.question.kind in CHOICE_KINDS:
            is_lettered = self.version.question.kind != QuestionKind.TRUE_FALSE
            return "；".join(
                f"{letter} {text}" if is_lettered else text
                for letter, _place, text, is_chosen in self.choices
                if is_chosen
            )
        return "；".join(self.answer or [])

    @property
    def right(self) -> str:
        """The right answer in words, likewise."""
        if self.version.question.kind not in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
            return str(self.version.right)
        return "；".join(
            f"{letter} {text}" for letter, place, text, _chosen in self.choices if place in self.version.answer
        )


class Mark(models.Model):
    """What one person gave for one answer. ``stage``: 1, 2, and 3 where the first two differ by too much."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(AttemptItem, on_delete=models.CASCADE, related_name="marks", db_index=False)
    marker = models.ForeignKey("access.User", on_delete=models.SET_NULL, null=True, related_name="+")
    marker_name = models.CharField(max_length=150, default="", blank=True)
    stage = models.PositiveSmallIntegerField(default=1)
    points = models.DecimalField(max_digits=5, decimal_places=1)
    comment = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("stage",)
        constraints = (
            models.UniqueConstraint(fields=("item", "stage"), name="study_mark_once"),
            models.UniqueConstraint(fields=("item", "marker"), name="study_mark_by_one"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.stage}"
