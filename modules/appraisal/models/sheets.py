"""Who has to judge whom, and the sheets. In a blind round nothing leads from the one to the other."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .rounds import Criterion, Group, Round, Subject


class Duty(models.TextChoices):
    PENDING = "pending", _("待评分")
    DONE = "done", _("已提交")
    EXCUSED = "excused", _("不再需要")


class Assignment(models.Model):
    """That a person judges another. It says whether it is done, never what was said and never when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="assignments")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="assignments")
    reviewer = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    reviewer_name = models.CharField(max_length=50)
    group = models.CharField(max_length=8, choices=Group)
    state = models.CharField(max_length=8, choices=Duty, default=Duty.PENDING)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("subject", "reviewer"), name="appraisal_assignment_once"),)
        indexes = (
            models.Index(fields=("reviewer", "state"), name="appraisal_assignment_reviewer"),
            models.Index(fields=("round", "state"), name="appraisal_assignment_state"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.group} {self.state}"

    if TYPE_CHECKING:
        round_id: object
        subject_id: object
        reviewer_id: object


class Sheet(models.Model):
    """What somebody was given by one reviewer.

    In a blind round ``assignment`` is empty, only sheets handed in exist, and ids are random: those that sort by time, as
    everywhere else, would tell in which order people handed in. Once such a round is closed, ``group`` is empty wherever
    the group alone would say who its reviewer was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="sheets")
    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, null=True, blank=True, related_name="sheet")
    group = models.CharField(max_length=8, choices=Group, blank=True)
    is_blind = models.BooleanField()
    is_handed_in = models.BooleanField()
    comment = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(is_blind=True, assignment=None, is_handed_in=True)
                | Q(is_blind=False, assignment__isnull=False),
                name="appraisal_sheet_blind",
            ),
        )

    def __str__(self) -> str:
        return str(self.group)

    if TYPE_CHECKING:
        subject_id: object
        assignment_id: object


class SheetScore(models.Model):
    """One criterion of a sheet: 0 to ``criterion.max_score``. ``criterion`` of the same round."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="+")
    value = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sheet", "criterion"), name="appraisal_sheetscore_once"),
            models.CheckConstraint(condition=Q(value__range=(0, 100)), name="appraisal_sheetscore_range"),
        )

    def __str__(self) -> str:
        return str(self.value)

    if TYPE_CHECKING:
        sheet_id: object
        criterion_id: object
