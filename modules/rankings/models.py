"""Who decided on the relief mode, and who does not want to be named."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiceng.kernel.ids import uuid7


class ReliefChange(models.Model):
    """The relief mode was switched. The newest row tells; without any, it is on."""

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveIntegerField(unique=True)
    is_on = models.BooleanField()
    reason = models.CharField(max_length=300, default="", blank=True)
    author_name = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.CheckConstraint(condition=Q(is_on=True) | ~Q(reason=""), name="rankings_relief_off_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.is_on}"


class Hidden(models.Model):
    """Somebody who is not to be named on boards."""

    person = models.OneToOneField("members.Person", on_delete=models.CASCADE, primary_key=True, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person_id)
