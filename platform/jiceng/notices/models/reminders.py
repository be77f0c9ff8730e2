"""Which to-dos were already reminded of."""

from __future__ import annotations

from django.db import models


class TodoReminder(models.Model):
    """That the addressees of a to-do were reminded ``days_before`` its deadline: each once, whatever runs twice."""

    id = models.BigAutoField(primary_key=True)
    todo = models.ForeignKey("workflow.Todo", on_delete=models.CASCADE, related_name="+")
    days_before = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("todo", "days_before"), name="notices_todoreminder_once"),)

    def __str__(self) -> str:
        return f"{self.todo_id} {self.days_before}"
