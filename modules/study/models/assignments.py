"""What people are asked to learn, by when, and how far they are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .courses import TITLE_LENGTH, Course


class AssignmentState(models.TextChoices):
    OPEN = "open", _("进行中")
    CANCELLED = "cancelled", _("已取消")


class Assignment(models.Model):
    """A course for an audience, with a deadline. ``audience``: ``None`` is everybody on the roster.

    ``person_count``: ``None`` until a worker has made the list. ``unit``: whose editors and secretaries see to it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=TITLE_LENGTH)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="assignments")
    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    is_mandatory = models.BooleanField(default=True)
    words = models.CharField(max_length=300, default="", blank=True)
    state = models.CharField(max_length=10, choices=AssignmentState, default=AssignmentState.OPEN)
    person_count = models.PositiveIntegerField(null=True, blank=True)
    author_name = models.CharField(max_length=150, default="")
    reminder_count = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(title=""), name="study_assignment_titled"),
            models.CheckConstraint(
                condition=Q(reminder_count=0) | Q(reminded_at__isnull=False), name="study_assignment_reminded"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == AssignmentState.OPEN


class Assignee(models.Model):
    """One person of the list, with login and unit as they were then. ``completed_at``: set by completing the course."""

    id = models.BigAutoField(primary_key=True)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="assignees", db_index=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("access.User", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey("members.Unit", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("assignment", "person"), name="study_assignee_once"),)

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.person_id}"
