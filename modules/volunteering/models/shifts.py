"""When a project needs people, who comes, who was there."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .projects import Project


class Shift(models.Model):
    """``joined_count``, ``waiting_count``, ``last_number``: kept with every sign-up under this row's lock.

    ``cancelled_at``: it does not take place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveIntegerField()
    closes_at = models.DateTimeField()
    meeting_point = models.CharField(max_length=100, default="", blank=True)
    joined_count = models.PositiveIntegerField(default=0)
    waiting_count = models.PositiveIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="volunteering_shift_order"),
            models.CheckConstraint(condition=Q(joined_count__lte=F("capacity")), name="volunteering_shift_capacity"),
            models.CheckConstraint(condition=Q(closes_at__lte=F("starts_at")), name="volunteering_shift_closes"),
        )
        indexes = (
            models.Index(fields=("starts_at", "id"), name="volunteering_shift_starts"),
            models.Index(fields=("updated_at", "id"), name="volunteering_shift_updated"),
        )

    def __str__(self) -> str:
        return f"{self.project_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def free_count(self) -> int:
        return max(self.capacity - self.joined_count, 0)


class SignUpState(models.TextChoices):
    JOINED = "joined", _("已报名")
    WAITING = "waiting", _("候补")
    WITHDRAWN = "withdrawn", _("已退出")
    CANCELLED = "cancelled", _("班次取消")


COMING = (SignUpState.JOINED, SignUpState.WAITING)


class SignUp(models.Model):
    """A person for a shift. ``number``: the order of arrival. ``unit``: theirs when they signed up.

    ``checked_in_at``, ``checked_out_at``: by code, or entered (``is_entered``). ``whereabouts``: an optional word, never a position.
    ``rating``: 1 to 5, with ``feedback``, after the shift.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="sign_ups")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("members.Unit", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=SignUpState)
    number = models.PositiveIntegerField()
    signed_up_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_out_at = models.DateTimeField(null=True, blank=True)
    is_entered = models.BooleanField(default=False)
    whereabouts = models.CharField(max_length=60, default="", blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    feedback = models.CharField(max_length=500, default="", blank=True)
    feedback_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("number", "id")
        constraints = (
            models.UniqueConstraint(fields=("shift", "person"), name="volunteering_sign_up_once"),
            models.CheckConstraint(
                condition=Q(checked_out_at=None)
                | Q(checked_in_at__isnull=False, checked_out_at__gte=F("checked_in_at")),
                name="volunteering_sign_up_out_after_in",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5), name="volunteering_sign_up_rating"
            ),
        )
        indexes = (
            models.Index(fields=("person", "state"), name="volunteering_sign_up_person"),
            models.Index(fields=("updated_at", "id"), name="volunteering_sign_up_updated"),
        )

    def __str__(self) -> str:
        return f"{self.shift_id} {self.person_id} {self.state}"

    @property
    def is_coming(self) -> bool:
        return self.state in COMING
