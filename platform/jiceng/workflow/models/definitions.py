"""What a tenant has said: other steps than the manifest's, and who stands in for whom."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from jiceng.kernel.ids import uuid7


class Definition(models.Model):
    """One version of a workflow's steps, from 1 on; the manifest's steps are version 0. Versions are only added."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    steps = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("code", "-version")
        constraints = (models.UniqueConstraint(fields=("code", "version"), name="workflow_definition_version"),)

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class StandIn(models.Model):
    """``deputy`` may decide what waits for ``user``, from ``valid_from`` until before ``valid_to``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-valid_from",)
        constraints = (
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="workflow_stand_in_period"),
            models.CheckConstraint(condition=~Q(user=F("deputy")), name="workflow_stand_in_other"),
        )
        indexes = (models.Index(fields=("deputy", "valid_to"), name="workflow_stand_in_deputy"),)

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.user_id}"
