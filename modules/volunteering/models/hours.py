"""Hours of service, as a ledger: what was verified is never changed, only taken back by another entry."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiceng.kernel.ids import uuid7

from .projects import Team
from .shifts import Shift


class HoursEntry(models.Model):
    """Hours of one person for one shift. ``unit``, ``team``: theirs at that time. ``date``: the shift's, in the tenant's zone.

    ``revision``: 0, and one more for every correction. ``reverses``: the entry that this one takes back; only then ``hours`` < 0.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    hours = models.DecimalField(max_digits=4, decimal_places=1)
    revision = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=60)
    reason = models.CharField(max_length=200, default="", blank=True)
    reverses = models.OneToOneField("self", on_delete=models.CASCADE, null=True, blank=True, related_name="reversal")
    author_name = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-date", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "shift", "revision"), condition=Q(reverses=None), name="volunteering_hours_once"
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, hours__gt=0, hours__lte=24)
                | Q(reverses__isnull=False, hours__lt=0, hours__gte=-24),
                name="volunteering_hours_sign",
            ),
        )
        indexes = (models.Index(fields=("person", "date"), name="volunteering_hours_person"),)

    def __str__(self) -> str:
        return f"{self.label} {self.hours}"


class Certificate(models.Model):
    """What somebody shows elsewhere. ``code``: cannot be guessed, behind the public page that says whether it holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=24, unique=True)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=50)
    hours = models.DecimalField(max_digits=8, decimal_places=1)
    first_date = models.DateField()
    last_date = models.DateField()
    star = models.PositiveSmallIntegerField(default=0)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ("-issued_at", "-id")
        constraints = (models.CheckConstraint(condition=Q(hours__gt=0), name="volunteering_certificate_hours"),)

    def __str__(self) -> str:
        return self.code
