"""Papers and the exams that are held with them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .courses import TITLE_LENGTH, Course
from .questions import Question, QuestionBank, QuestionKind, QuestionVersion


class PaperMode(models.TextChoices):
    FIXED = "fixed", _("固定题目")
    RANDOM = "random", _("随机抽题")


class PartialCredit(models.TextChoices):
    NONE = "none", _("多选题全对才得分")
    HALF = "half", _("多选题少选且无错选得一半")


class Paper(models.Model):
    """Questions with points, or rules to draw them. ``frozen_at``: since an exam was published with it, it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=TITLE_LENGTH)
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    mode = models.CharField(max_length=10, choices=PaperMode, default=PaperMode.FIXED)
    shuffles_options = models.BooleanField(default=False)
    shuffles_questions = models.BooleanField(default=False)
    partial_credit = models.CharField(max_length=10, choices=PartialCredit, default=PartialCredit.NONE)
    frozen_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (models.CheckConstraint(condition=~Q(title=""), name="study_paper_titled"),)

    def __str__(self) -> str:
        return self.title


class PaperItem(models.Model):
    """A question of a fixed paper. ``version``: ``None`` (the newest) until the paper is frozen."""

    id = models.BigAutoField(primary_key=True)
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="items", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    points = models.DecimalField(max_digits=5, decimal_places=1)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=("paper", "question"), name="study_paperitem_once"),
            models.CheckConstraint(condition=Q(points__gt=0, points__lte=100), name="study_paperitem_points"),
        )

    def __str__(self) -> str:
        return f"{self.paper_id} {self.position}"


class PaperRule(models.Model):
    """So many questions of a bank, each with so many points. What is left open does not narrow."""

    id = models.BigAutoField(primary_key=True)
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="rules")
    bank = models.ForeignKey(QuestionBank, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=QuestionKind, default="", blank=True)
    tag = models.CharField(max_length=30, default="", blank=True)
    difficulty_from = models.PositiveSmallIntegerField(default=1)
    difficulty_to = models.PositiveSmallIntegerField(default=5)
    count = models.PositiveSmallIntegerField()
    points = models.DecimalField(max_digits=5, decimal_places=1)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=Q(points__gt=0, points__lte=100), name="study_rule_points"),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=200), name="study_rule_count"),
            models.CheckConstraint(
                condition=Q(difficulty_from__gte=1, difficulty_from__lte=F("difficulty_to"), difficulty_to__lte=5),
                name="study_rule_difficulty",
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper_id} {self.count}"


class ExamState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    CLOSED = "closed", _("已结束")
    WITHDRAWN = "withdrawn", _("已撤回")


class ShowAnswers(models.TextChoices):
    NEVER = "never", _("不公布答案")
    AFTER_SUBMIT = "after_submit", _("交卷后可看答案")
    AFTER_CLOSE = "after_close", _("考试结束后可看答案")


class Exam(models.Model):
    """A paper to be answered within a window. ``course``: it is that course's final exam.

    ``audience``: whom it is asked of, ``None``: everybody may, nobody is told. ``pass_percent``: of the paper's points.
    ``is_blind``: who marks sees no names. ``second_limit``: two markers may differ by this many points; ``None``: one marks.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=TITLE_LENGTH)
    words = models.CharField(max_length=500, default="", blank=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=60)
    attempts_allowed = models.PositiveSmallIntegerField(default=1)
    pass_percent = models.PositiveSmallIntegerField(default=60)
    show_answers = models.CharField(max_length=15, choices=ShowAnswers, default=ShowAnswers.AFTER_CLOSE)
    is_blind = models.BooleanField(default=True)
    second_limit = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    state = models.CharField(max_length=10, choices=ExamState, default=ExamState.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    candidate_count = models.PositiveIntegerField(null=True, blank=True)
    author_name = models.CharField(max_length=150, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(title=""), name="study_exam_titled"),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="study_exam_window"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="study_exam_minutes"),
            models.CheckConstraint(condition=Q(attempts_allowed__gte=1), name="study_exam_attempts"),
            models.CheckConstraint(condition=Q(pass_percent__gte=1, pass_percent__lte=100), name="study_exam_pass"),
            models.UniqueConstraint(fields=("course",), condition=Q(state="published"), name="study_exam_of_course"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.state == ExamState.PUBLISHED

    def phase(self, at: datetime) -> str:
        """``draft``, ``ahead``, ``open``, ``over`` or ``withdrawn``."""
        if self.state in (ExamState.DRAFT, ExamState.WITHDRAWN):
            return str(self.state)
        if self.state == ExamState.CLOSED or at >= self.closes_at:
            return "over"
        return "ahead" if at < self.opens_at else "open"


class VoidedQuestion(models.Model):
    """A question that was found wrong after publication: everybody who drew it has its full points."""

    id = models.BigAutoField(primary_key=True)
    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="voided", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    author_name = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("exam", "question"), name="study_voided_once"),)

    def __str__(self) -> str:
        return f"{self.exam_id} {self.question_id}"
