"""How far each person is. Persons of the registry, whether they have a login or not."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiceng.kernel.ids import uuid7

from .courses import Course, Lesson


class Enrolment(models.Model):
    """A person takes a course. ``lesson``: the one opened last, where any terminal resumes.

    ``completed_at``: never taken back, also when the course changes later.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrolments")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("course", "person"), name="study_enrolment_once"),)
        indexes = (models.Index(fields=("person", "-opened_at"), name="study_enrolment_person"),)

    def __str__(self) -> str:
        return f"{self.course_id} {self.person_id}"


class Progress(models.Model):
    """One person in one lesson. ``effective_seconds``: counted by the server's clock; ``position_seconds``: where to resume."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="progress")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    position_seconds = models.PositiveIntegerField(default=0)
    effective_seconds = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "lesson"), name="study_progress_once"),)
        indexes = (
            models.Index(fields=("lesson",), name="study_progress_done", condition=Q(completed_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.lesson_id} {self.person_id}"


class Attention(models.Model):
    """Until when a person's time has been counted, whatever the lesson and the terminal: no second counts twice.

    ``day``: of the tenant's zone; ``day_seconds``: counted on it, against the daily limit.
    """

    person = models.OneToOneField("members.Person", on_delete=models.CASCADE, primary_key=True, related_name="+")
    counted_until = models.DateTimeField()
    day = models.DateField()
    day_seconds = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.pk}"


class Note(models.Model):
    """A learner's own words beside a lesson; nobody else reads them. ``position_seconds``: of the player, 0 elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    position_seconds = models.PositiveIntegerField(default=0)
    text = models.CharField(max_length=1000)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("person", "lesson"), name="study_note_mine"),)

    def __str__(self) -> str:
        return self.text[:20]

    @property
    def clock(self) -> str:
        """Where in the player, as ``3:07``."""
        return f"{self.position_seconds // 60}:{self.position_seconds % 60:02}"
