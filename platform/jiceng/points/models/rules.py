"""What a tenant has made of the manifests' rules."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from jiceng.kernel.ids import uuid7


class RuleVersion(models.Model):
    """All rules as they hold from a moment on; never changed, the next version follows.

    ``rules``: rule code -> ``{"is_on", "points", "daily_cap", "yearly_cap"}``; a rule that is missing holds as declared.
    """

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveIntegerField(unique=True)
    effective_at = models.DateTimeField()
    rules = models.JSONField(default=dict)
    note = models.CharField(max_length=200, default="", blank=True)
    author_name = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(self.number)
