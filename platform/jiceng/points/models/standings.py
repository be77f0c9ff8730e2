"""Sums that are kept with the ledger: what caps have left, and how many points somebody has in a period."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Period(models.TextChoices):
    WEEK = "week", _("本周")
    MONTH = "month", _("本月")
    QUARTER = "quarter", _("本季度")
    YEAR = "year", _("本年")
    ALL = "all", _("累计")


class Tally(models.Model):
    """What one rule has given one person on a day or in a year. The database refuses more than ``cap``.

    ``period``: ``day`` or ``year``. ``missed``: how often nothing was given because the cap was reached.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+", db_index=False)
    rule = models.CharField(max_length=80)
    period = models.CharField(max_length=4)
    starts_on = models.DateField()
    points = models.IntegerField(default=0)
    cap = models.IntegerField()
    missed = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "rule", "period", "starts_on"), name="points_tally_once"),
            models.CheckConstraint(condition=Q(points__gte=0, points__lte=F("cap")), name="points_tally_cap"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.rule} {self.period} {self.points}"


class Standing(models.Model):
    """Points of one person in one period, changed with every entry in the same transaction.

    Built anew from the ledger by the million: the ledger's own reference keeps its people from vanishing, and one index serves
    uniqueness and a person's own sums.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(
        "members.Person", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    period = models.CharField(max_length=7, choices=Period)
    starts_on = models.DateField()
    points = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "period", "starts_on"), name="points_standing_once"),)
        indexes = (models.Index(fields=("period", "starts_on", "-points", "person"), name="points_standing_board"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.period} {self.points}"
