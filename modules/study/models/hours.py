"""Class hours, as a ledger: what was credited is never changed, only taken back by another entry."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7


class HoursKind(models.TextChoices):
    ONLINE = "online", _("线上课程")
    OFFLINE = "offline", _("线下培训")
    EXAM = "exam", _("考试")
    MANUAL = "manual", _("手工登记")
    CORRECTION = "correction", _("更正")


class HoursEntry(models.Model):
    """Hours of one person for one source. ``unit``: theirs at that time. ``year``: of ``date``, a day of the tenant's zone.

    ``rule``: how the hours came about, in words. ``reverses``: the entry that this one takes back; only then ``hours`` < 0.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField()
    date = models.DateField()
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    kind = models.CharField(max_length=10, choices=HoursKind)
    is_centralised = models.BooleanField(default=False)
    source_kind = models.CharField(max_length=40)
    source_id = models.CharField(max_length=80)
    label = models.CharField(max_length=200)
    rule = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField("self", on_delete=models.CASCADE, null=True, blank=True, related_name="reversal")
    author_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-date", "-id")
        constraints = (
            models.UniqueConstraint(fields=("person", "source_kind", "source_id"), name="study_hours_once"),
            models.CheckConstraint(
                condition=Q(reverses=None, hours__gt=0) | Q(reverses__isnull=False, hours__lt=0),
                name="study_hours_sign",
            ),
            models.CheckConstraint(condition=Q(date__year=F("year")), name="study_hours_year"),
        )
        indexes = (models.Index(fields=("person", "year"), name="study_hours_person"),)

    def __str__(self) -> str:
        return f"{self.label} {self.hours}"
