"""群众满意度考察: points with a code to scan, what people say there, and what follows from a bad word."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .rounds import NAME_LENGTH

TEXT_LENGTH = 500


class PointKind(models.TextChoices):
    WINDOW = "window", _("窗口")
    PERSON = "person", _("工作人员")
    SERVICE = "service", _("服务事项")


class Satisfaction(models.IntegerChoices):
    VERY_GOOD = 5, _("非常满意")
    GOOD = 4, _("满意")
    FAIR = 3, _("基本满意")
    BAD = 2, _("不满意")
    VERY_BAD = 1, _("很不满意")


class SurveyPoint(models.Model):
    """Something that the public can judge. ``code``: random, part of the printed address; renewing it voids old posters.

    ``person``: who is judged where the kind is ``person``. ``unit``: whose secretaries follow up (``None``: administrators).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=PointKind, default=PointKind.WINDOW)
    name = models.CharField(max_length=60)
    place = models.CharField(max_length=100, blank=True)
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=32, unique=True, editable=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "id")
        indexes = (models.Index(fields=("unit", "name"), name="appraisal_point_unit"),)

    def __str__(self) -> str:
        return self.name

    if TYPE_CHECKING:
        unit_id: object
        person_id: object


class SurveyAnswer(models.Model):
    """One answer. ``token_digest``: of the form it came by, so that the same form sent twice is one answer.

    ``receipt``: the number that the citizen keeps. ``phone_sealed``: only where they want to be called, encrypted for this
    row and taken away some time after the follow-up is closed. No address and no device is kept here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    point = models.ForeignKey(SurveyPoint, on_delete=models.PROTECT, related_name="answers")
    grade = models.PositiveSmallIntegerField(choices=Satisfaction)
    text = models.CharField(max_length=TEXT_LENGTH, blank=True)
    phone_sealed = models.BinaryField(null=True, blank=True)
    token_digest = models.BinaryField(unique=True)
    receipt = models.CharField(max_length=12, unique=True)
    answered_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    hidden_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.CheckConstraint(condition=Q(grade__range=(1, 5)), name="appraisal_answer_grade"),)
        indexes = (
            models.Index(fields=("point", "-answered_at"), name="appraisal_answer_point"),
            models.Index(fields=("-answered_at",), name="appraisal_answer_time"),
        )

    def __str__(self) -> str:
        return str(self.get_grade_display())

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    @property
    def shown_text(self) -> str:
        """The text as everybody but moderators sees it."""
        return self.hidden_text if self.is_hidden and self.text else self.text

    @property
    def hidden_text(self) -> str:
        """What stands in place of words that are hidden."""
        return str(_("（文字已隐藏）"))

    if TYPE_CHECKING:
        point_id: object


class SurveyTrace(models.Model):
    """That a device has answered at a point: a keyed digest with the day in it, gone when it is no longer needed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    point = models.ForeignKey(SurveyPoint, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("point", "digest"), name="appraisal_trace_once"),)
        indexes = (models.Index(fields=("expires_at",), name="appraisal_trace_expires"),)

    def __str__(self) -> str:
        return str(self.expires_at)


class RefusalReason(models.TextChoices):
    REPEATED = "repeated", _("重复评价")
    FLOODED = "flooded", _("提交过于频繁")
    AUTOMATED = "automated", _("疑似自动提交")
    EXPIRED = "expired", _("页面过期")


class SurveyRefusal(models.Model):
    """How many answers a point refused on a day, and why. Of the answers themselves nothing is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    point = models.ForeignKey(SurveyPoint, on_delete=models.CASCADE, related_name="refusals")
    day = models.DateField()
    reason = models.CharField(max_length=10, choices=RefusalReason)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("point", "day", "reason"), name="appraisal_refusal_once"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.reason} {self.count}"


class FollowUpState(models.TextChoices):
    OPEN = "open", _("待受理")
    ACCEPTED = "accepted", _("办理中")
    ANSWERED = "answered", _("已答复")
    CLOSED = "closed", _("已办结")


class FollowUp(models.Model):
    """What an organisation does about a bad answer. ``unit``: as the point's when it was opened.

    ``owner``: the person in charge, a secretary of the unit at first, then who has taken it on.
    ``reopened_at``: the citizen was still dissatisfied; possible once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    answer = models.OneToOneField(SurveyAnswer, on_delete=models.PROTECT, related_name="follow_up")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    owner_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    state = models.CharField(max_length=10, choices=FollowUpState, default=FollowUpState.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reply = models.CharField(max_length=1000, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("answered", "closed")) | ~Q(reply=""), name="appraisal_followup_answered"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
                name="appraisal_followup_closed",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="appraisal_followup_due"),
        )
        indexes = (models.Index(fields=("due_at",), condition=~Q(state="closed"), name="appraisal_followup_running"),)

    def __str__(self) -> str:
        return str(self.get_state_display())

    @property
    def is_closed(self) -> bool:
        return self.state == FollowUpState.CLOSED

    @property
    def last_moment(self) -> datetime:
        """The deadline as people read it: 23:59 of the last day, where ``due_at`` is midnight of the next."""
        return self.due_at - timedelta(minutes=1)

    if TYPE_CHECKING:
        answer_id: object
        unit_id: object
        owner_id: object


class StepKind(models.TextChoices):
    OPENED = "opened", _("提交")
    ACCEPTED = "accepted", _("受理")
    NOTED = "noted", _("办理记录")
    ANSWERED = "answered", _("答复")
    CLOSED = "closed", _("办结")
    REOPENED = "reopened", _("仍不满意，重办")


class FollowUpStep(models.Model):
    """One thing that happened to a follow-up. ``is_public``: the citizen sees it too."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=StepKind)
    text = models.CharField(max_length=1000, blank=True)
    happened_at = models.DateTimeField()
    actor_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    is_public = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.get_kind_display())
