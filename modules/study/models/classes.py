"""Classes held in a room, and who came."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .courses import TITLE_LENGTH


class DurationKind(models.TextChoices):
    DAYS = "days", _("全天")
    HALF_DAYS = "half_days", _("半天")
    HOURS = "hours", _("小时")


class ClassState(models.TextChoices):
    OPEN = "open", _("登记中")
    CONFIRMED = "confirmed", _("已计学时")
    CANCELLED = "cancelled", _("已取消")


class OfflineClass(models.Model):
    """A class. ``hours``: what somebody present gets, from ``duration_kind`` and ``duration_count`` when it was saved."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=TITLE_LENGTH)
    place = models.CharField(max_length=100, default="", blank=True)
    lecturer = models.CharField(max_length=50, default="", blank=True)
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    first_date = models.DateField()
    last_date = models.DateField()
    duration_kind = models.CharField(max_length=10, choices=DurationKind)
    duration_count = models.DecimalField(max_digits=4, decimal_places=1)
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    is_centralised = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ClassState, default=ClassState.OPEN)
    version = models.PositiveIntegerField(default=1)
    author_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-first_date", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="study_class_dates"),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=200), name="study_class_hours"),
        )

    def __str__(self) -> str:
        return self.title


class AttendanceState(models.TextChoices):
    PRESENT = "present", _("出席")
    LEAVE = "leave", _("请假")
    ABSENT = "absent", _("缺席")


class Attendance(models.Model):
    """One person at one class. ``entry``: the hours credited for it now. ``credit_count``: how often they were credited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offline_class = models.ForeignKey(OfflineClass, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=AttendanceState)
    entry = models.ForeignKey("study.HoursEntry", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    credit_count = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("offline_class", "person"), name="study_attendance_once"),
            models.CheckConstraint(condition=Q(entry=None) | Q(state="present"), name="study_attendance_credited"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"


class AttendanceChange(models.Model):
    """A correction: who made what of it, and why. ``before`` is empty for the first entry."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="changes")
    before = models.CharField(max_length=10, choices=AttendanceState, default="", blank=True)
    after = models.CharField(max_length=10, choices=AttendanceState)
    reason = models.CharField(max_length=200, default="", blank=True)
    author_name = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return f"{self.before} {self.after}"
