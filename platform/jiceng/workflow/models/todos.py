"""The one inbox."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .addressed import Addressed, one_addressee

OWNER_LENGTH = 100


class TodoState(models.TextChoices):
    OPEN = "open", _("待办理")
    DONE = "done", _("已办理")
    CANCELLED = "cancelled", _("已取消")


class Todo(Addressed):
    """Something that waits for somebody. ``owner``: ``<module>.<object>:<id>`` of what it is about; ``kind``: ``<module>.<what>``.

    ``url``: path on the tenant's host where it is done. ``title`` is read by everybody it is addressed to.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(max_length=OWNER_LENGTH)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=200)
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=TodoState.choices, default=TodoState.OPEN)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            one_addressee("workflow_todo_addressee"),
            models.UniqueConstraint(
                fields=("owner", "user", "permission", "role", "unit_path"), condition=Q(state="open"),
                nulls_distinct=False, name="workflow_todo_open",
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=("user", "due_at"), condition=Q(state="open"), name="workflow_todo_user"),
            models.Index(fields=("permission", "due_at"), condition=Q(state="open"), name="workflow_todo_permission"),
        )

    def __str__(self) -> str:
        return f"{self.owner} {self.state}"
