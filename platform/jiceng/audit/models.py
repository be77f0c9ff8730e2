"""The audit trail of one schema: a tenant's, or the platform's own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from jiceng.kernel.ids import uuid7


class AuditEntry(models.Model):
    """One thing somebody did. Never changed and never deleted: the database role holds no such right.

    The actor is kept as text, not as a reference, so that the entry outlives the person's account.
    """

    # tenants.grants takes UPDATE and DELETE on this table from the role.
    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    happened_at = models.DateTimeField()
    action = models.CharField(max_length=100)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=150, blank=True)
    target = models.CharField(max_length=100, blank=True)
    target_label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    note = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("action", "-id"), name="audit_entry_action"),
            models.Index(fields=("actor_id", "-id"), name="audit_entry_actor"),
            models.Index(fields=("happened_at",), name="audit_entry_time"),
        )

    def __str__(self) -> str:
        return f"{self.happened_at:%F %T} {self.actor_name} {self.action} {self.target_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Audit entries are only added.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Audit entries are never deleted.")
