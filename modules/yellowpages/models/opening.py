"""When places are open."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import F, Q

from jiceng.kernel.ids import uuid7

from .entries import Entry

MIDNIGHT = time(0)


class Opening(models.Model):
    """From ``opens`` until before ``closes`` on one weekday (Monday is 1), in the tenant's zone; ``closes`` 00:00 is midnight."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="openings")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ("weekday", "opens")
        constraints = (
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="yellowpages_opening_weekday"),
            models.CheckConstraint(
                condition=Q(closes=MIDNIGHT) | Q(closes__gt=F("opens")), name="yellowpages_opening_order"
            ),
            models.UniqueConstraint(fields=("entry", "weekday", "opens"), name="yellowpages_opening_once"),
        )

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"

    def holds(self, at: time) -> bool:
        """Whether the time of day lies within it."""
        return self.opens <= at and (self.closes == MIDNIGHT or at < self.closes)


class SpecialDay(models.Model):
    """A holiday, or a working day at a weekend. ``follows_weekday``: opened like that weekday; ``None``: closed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    date = models.DateField(unique=True)
    label = models.CharField(max_length=20)
    follows_weekday = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("date",)
        constraints = (
            models.CheckConstraint(
                condition=Q(follows_weekday=None) | Q(follows_weekday__gte=1, follows_weekday__lte=7),
                name="yellowpages_specialday_weekday",
            ),
        )

    def __str__(self) -> str:
        return f"{self.date} {self.label}"
