"""党员评分: a round, what is judged, who is judged by whom, and what came of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

NAME_LENGTH, TITLE_LENGTH = 150, 100


class RoundState(models.TextChoices):
    """``draft`` can be changed; from ``open`` on the criteria stand; ``closed`` has results that only managers see."""

    DRAFT = "draft", _("草稿")
    OPEN = "open", _("评分中")
    CLOSED = "closed", _("已结束")
    PUBLISHED = "published", _("已公布")


class Normalisation(models.TextChoices):
    NONE = "none", _("平均分")
    TRIMMED = "trimmed", _("去掉最高分和最低分后平均")
    Z_SCORE = "z_score", _("按评分人标准化")


class Group(models.TextChoices):
    """In what capacity somebody judges. Where several fit, the last one here holds."""

    SELF = "self", _("自评")
    PEERS = "peers", _("互评")
    BRANCH = "branch", _("支部评")
    LEADERS = "leaders", _("上级评")


class Grade(models.TextChoices):
    EXCELLENT = "excellent", _("优秀")
    GOOD = "good", _("合格")
    BASIC = "basic", _("基本合格")
    FAILED = "failed", _("不合格")


def _weight() -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(default=0)


class Round(models.Model):
    """``unit``: who holds it (``None``: the whole organisation). ``audience``: whose members are judged.

    Weights of the groups are percent and add up to 100; a group with 0 does not judge. ``peer_count``: how many colleagues
    judge each person. ``group_minimum``: results of fewer reviewers are never shown by themselves; set when opened.
    ``excellent_from`` and the others: least totals of the grades.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=TITLE_LENGTH)
    description = models.CharField(max_length=2000, blank=True)
    period_from = models.DateField()
    period_to = models.DateField()
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    self_weight = _weight()
    peers_weight = _weight()
    branch_weight = _weight()
    leaders_weight = _weight()
    peer_count = models.PositiveSmallIntegerField(default=10)
    normalisation = models.CharField(max_length=10, choices=Normalisation, default=Normalisation.NONE)
    is_blind = models.BooleanField(default=True)
    excellent_from = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(90))
    good_from = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(75))
    basic_from = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(60))
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.DRAFT)
    group_minimum = models.PositiveSmallIntegerField(default=3)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by_name = models.CharField(max_length=NAME_LENGTH)
    updated_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    appeal_until = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminded_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(self_weight=100 - F("peers_weight") - F("branch_weight") - F("leaders_weight")),
                name="appraisal_round_weights",
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="appraisal_round_window"),
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="appraisal_round_period"),
            models.CheckConstraint(
                condition=Q(excellent_from__gt=F("good_from"), good_from__gt=F("basic_from"), basic_from__gt=0),
                name="appraisal_round_grades",
            ),
            models.CheckConstraint(condition=Q(group_minimum__gte=3), name="appraisal_round_minimum"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == RoundState.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == RoundState.OPEN

    @property
    def has_results(self) -> bool:
        return self.state in (RoundState.CLOSED, RoundState.PUBLISHED)

    @property
    def weights(self) -> dict[str, int]:
        """Percent by group; only those that judge."""
        named = {group: int(getattr(self, f"{group}_weight")) for group in Group.values}
        return {group: weight for group, weight in named.items() if weight}

    if TYPE_CHECKING:
        unit_id: object


class Criterion(models.Model):
    """``weight``: percent of the total; ``max_score``: the best score that can be given."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="criteria")
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    weight = models.PositiveSmallIntegerField()
    max_score = models.PositiveSmallIntegerField(default=10)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "id")
        constraints = (
            models.UniqueConstraint(fields=("round", "name"), name="appraisal_criterion_name"),
            models.CheckConstraint(condition=Q(weight__range=(1, 100)), name="appraisal_criterion_weight"),
            models.CheckConstraint(condition=Q(max_score__range=(1, 100)), name="appraisal_criterion_max_score"),
        )

    def __str__(self) -> str:
        return self.name


class Subject(models.Model):
    """Somebody who is judged, as listed when the round was opened. ``note``: what happened to them since.

    ``is_graded``: probationary members take part and get no grade. ``total``: 0 to 100, set when the round is closed;
    ``None`` where too few judged. ``explanation``: how it came about, as ``services.computing`` puts it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="subjects")
    person = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=50)
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit_name = models.CharField(max_length=60, blank=True)
    is_graded = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True)
    total = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    grade = models.CharField(max_length=10, choices=Grade, blank=True)
    explanation = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("round", "person"), name="appraisal_subject_once"),
            models.CheckConstraint(condition=Q(total=None) | Q(total__range=(0, 100)), name="appraisal_subject_total"),
        )
        indexes = (models.Index(fields=("person", "-id"), name="appraisal_subject_person"),)

    def __str__(self) -> str:
        return self.name

    if TYPE_CHECKING:
        round_id: object
        person_id: object
        unit_id: object


class AppraisalAppeal(models.Model):
    """A person disagrees with their result. ``adjusted_total``: the new total where the appeal is upheld."""

    class State(models.TextChoices):
        OPEN = "open", _("待答复")
        UPHELD = "upheld", _("采纳申诉")
        REJECTED = "rejected", _("维持原结果")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="appeals")
    reason = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    answer = models.CharField(max_length=1000, blank=True)
    adjusted_total = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_name = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("subject",), condition=Q(state="open"), name="appraisal_appeal_open"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None) | (~Q(state="open") & Q(answered_at__gte=F("made_at"))),
                name="appraisal_appeal_answered",
            ),
        )

    def __str__(self) -> str:
        return self.reason[:30]

    if TYPE_CHECKING:
        subject_id: object
