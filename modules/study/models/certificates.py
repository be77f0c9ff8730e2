"""Certificates: what somebody holds on paper, and anybody can verify."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .courses import TITLE_LENGTH, Course


class CertificateState(models.TextChoices):
    VALID = "valid", _("有效")
    REVOKED = "revoked", _("已撤销")


class CertificateYear(models.Model):
    """The last number given out in a year. Its row is locked while one is made: no gap and no number twice."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.year)


class Certificate(models.Model):
    """``number``: for people, ``2026-000123``. ``code``: the secret of the verification address, never guessed.

    ``title`` and ``person_name`` are what was printed; ``course`` goes when the course is deleted.
    ``expires_date``: the last valid day in the tenant's zone, ``None`` for good.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=43, unique=True)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    person_name = models.CharField(max_length=50)
    course = models.ForeignKey(Course, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=TITLE_LENGTH)
    hours = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    issued_at = models.DateTimeField()
    expires_date = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=CertificateState, default=CertificateState.VALID)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ("-issued_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="valid", revoked_at=None, revoke_reason="")
                | (Q(state="revoked", revoked_at__isnull=False) & ~Q(revoke_reason="")),
                name="study_certificate_revoked",
            ),
        )
        indexes = (models.Index(fields=("person", "-issued_at"), name="study_certificate_person"),)

    def __str__(self) -> str:
        return self.number

    def standing(self, on: date) -> str:
        """``valid``, ``expired`` or ``revoked`` on a day of the tenant's zone."""
        if self.state == CertificateState.REVOKED:
            return "revoked"
        return "expired" if self.expires_date is not None and self.expires_date < on else "valid"
