"""What a year asks of everybody."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class TargetPlan(models.Model):
    """One year's demands. A year without a plan takes the module's settings.

    ``new_secretary_months``/``new_member_months``: a training is due within so many months of taking office or of joining.
    """

    year = models.PositiveSmallIntegerField(primary_key=True)
    member_hours = models.PositiveSmallIntegerField()
    officer_hours = models.PositiveSmallIntegerField()
    officer_centralised_count = models.PositiveSmallIntegerField()
    new_secretary_months = models.PositiveSmallIntegerField(default=6)
    new_member_months = models.PositiveSmallIntegerField(default=12)
    version = models.PositiveIntegerField(default=1)
    author_name = models.CharField(max_length=150, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-year",)
        constraints = (models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2200), name="study_plan_year"),)

    def __str__(self) -> str:
        return str(self.year)


class TargetReminder(models.Model):
    """When somebody was last told that hours are missing."""

    person = models.OneToOneField("members.Person", on_delete=models.CASCADE, primary_key=True, related_name="+")
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person_id)
