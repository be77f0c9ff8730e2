"""What a person wants of notices, and when they cannot be disturbed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Mute(models.Model):
    """That a user does not want one category pushed. Mandatory categories cannot be muted."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "category"), name="notices_mute_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.category}"


class Pace(models.TextChoices):
    AT_ONCE = "at_once", _("随时")
    DAILY = "daily", _("每天一次摘要")


class Habits(models.Model):
    """A user's own times, in the tenant's zone; without a row the tenant's settings hold.

    ``quiet_from``/``quiet_to``: half-open, may cross midnight; equal means no quiet hours. ``uses_email``,
    ``uses_wechat``: pushes by e-mail, in WeChat too.
    """

    user = models.OneToOneField("access.User", on_delete=models.CASCADE, primary_key=True, related_name="+")
    quiet_from = models.TimeField()
    quiet_to = models.TimeField()
    pace = models.CharField(max_length=8, choices=Pace, default=Pace.AT_ONCE)
    uses_email = models.BooleanField(default=True)
    uses_wechat = models.BooleanField(default=True)

    def __str__(self) -> str:
        return str(self.user_id)

    if TYPE_CHECKING:
        user_id: uuid.UUID


class DutyHours(models.Model):
    """When somebody at a window serves the public each week: nothing is pushed then. ``weekday``: 0 is Monday; tenant zone."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()

    class Meta:
        ordering = ("weekday", "starts_at")
        constraints = (
            models.UniqueConstraint(fields=("user", "weekday", "starts_at"), name="notices_dutyhours_once"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="notices_dutyhours_weekday"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="notices_dutyhours_period"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.weekday}"

    if TYPE_CHECKING:
        user_id: uuid.UUID
