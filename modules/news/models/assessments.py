"""专题考核: criteria with weights, evidence from units or people, scores, appeals, a bulletin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .articles import NAME_LENGTH, Article


class TargetKind(models.TextChoices):
    UNIT = "unit", _("组织")
    PERSON = "person", _("个人")


class Phase(models.TextChoices):
    """``collecting`` until ``submit_by``, then ``scoring``, ``appealing`` until ``appeal_until``, at last ``concluded``."""

    COLLECTING = "collecting", _("提交材料")
    SCORING = "scoring", _("评分")
    APPEALING = "appealing", _("公示申诉")
    CONCLUDED = "concluded", _("已公布")


class Assessment(models.Model):
    """What an article in a column of kind ``assessment`` has beside its text. Weights of its criteria add up to 100."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="assessment")
    target_kind = models.CharField(max_length=8, choices=TargetKind, default=TargetKind.UNIT)
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.COLLECTING)
    submit_by = models.DateTimeField()
    appeal_days = models.PositiveSmallIntegerField(default=5)
    appeal_until = models.DateTimeField(null=True, blank=True)
    shows_ranking = models.BooleanField(default=False)
    concluded_at = models.DateTimeField(null=True, blank=True)
    bulletin = models.TextField(default="", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(phase=Phase.CONCLUDED, concluded_at__isnull=False)
                | (~Q(phase=Phase.CONCLUDED) & Q(concluded_at=None)),
                name="news_assessment_concluded",
            ),
        )

    def __str__(self) -> str:
        return str(self.article_id)

    if TYPE_CHECKING:
        article_id: object


class Criterion(models.Model):
    """``weight``: percent of the total; ``max_score``: the best score that can be given."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="criteria")
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    weight = models.PositiveSmallIntegerField()
    max_score = models.PositiveSmallIntegerField(default=100)
    needs_evidence = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "id")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "name"), name="news_criterion_name"),
            models.CheckConstraint(condition=Q(weight__range=(1, 100)), name="news_criterion_weight"),
            models.CheckConstraint(condition=Q(max_score__range=(1, 1000)), name="news_criterion_max_score"),
        )

    def __str__(self) -> str:
        return self.name


class AssessmentTarget(models.Model):
    """A unit or a person that is assessed. ``total``: 0 to 100, two decimals, set when scoring is finished."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="targets")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    handed_in_at = models.DateTimeField(null=True, blank=True)
    handed_in_by_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    total = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminded_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(unit__isnull=False, person=None) | Q(unit=None, person__isnull=False),
                name="news_assessmenttarget_one",
            ),
            models.UniqueConstraint(fields=("assessment", "unit"), name="news_assessmenttarget_unit"),
            models.UniqueConstraint(fields=("assessment", "person"), name="news_assessmenttarget_person"),
        )

    def __str__(self) -> str:
        return self.name

    if TYPE_CHECKING:
        assessment_id: object
        unit_id: object
        person_id: object


class Evidence(models.Model):
    """What a target shows for one criterion; its files belong to ``"news.evidence:<id>"``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target = models.ForeignKey(AssessmentTarget, on_delete=models.CASCADE, related_name="evidence")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="evidence")
    text = models.TextField(default="", blank=True)
    updated_at = models.DateTimeField()
    updated_by_name = models.CharField(max_length=NAME_LENGTH)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("target", "criterion"), name="news_evidence_once"),)

    def __str__(self) -> str:
        return f"{self.target_id} {self.criterion_id}"


class Score(models.Model):
    """What one scorer gives one target for one criterion: 0 to ``criterion.max_score``, two decimals."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target = models.ForeignKey(AssessmentTarget, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="scores")
    scorer = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    scorer_name = models.CharField(max_length=NAME_LENGTH)
    value = models.DecimalField(max_digits=6, decimal_places=2)
    comment = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("target", "criterion", "scorer"), name="news_score_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="news_score_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.value}"


class Appeal(models.Model):
    """A target disagrees with its result. ``adjusted_total``: the new total where the appeal is upheld."""

    class State(models.TextChoices):
        OPEN = "open", _("待答复")
        UPHELD = "upheld", _("申诉成立")
        REJECTED = "rejected", _("维持原结果")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target = models.ForeignKey(AssessmentTarget, on_delete=models.CASCADE, related_name="appeals")
    reason = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=NAME_LENGTH)
    answer = models.CharField(max_length=1000, blank=True)
    adjusted_total = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_name = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = (
            models.UniqueConstraint(fields=("target",), condition=Q(state="open"), name="news_appeal_open"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None) | (~Q(state="open") & Q(answered_at__gte=F("made_at"))),
                name="news_appeal_answered",
            ),
        )

    def __str__(self) -> str:
        return self.reason[:30]
