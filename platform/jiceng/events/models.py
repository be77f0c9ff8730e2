"""The outbox of one schema: what happened or is to be done, and one delivery for each handler that must know."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7


class MessageKind(models.TextChoices):
    EVENT = "event", _("事件")
    TASK = "task", _("任务")


class OutboxMessage(models.Model):
    """An event that has happened or a task to run. Written once, never changed.

    ``key``: a second message with the same key is not written while this one is kept. ``position``: of an event among
    those of its schema, given after it was committed, when somebody first asks (``services.number_events``).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=5, choices=MessageKind.choices)
    name = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    actor_id = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=200, null=True)
    created_at = models.DateTimeField()
    position = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key",), name="events_message_key"),
            models.UniqueConstraint(fields=("position",), name="events_message_position"),
        )
        indexes = (
            models.Index(fields=("name", "-id"), name="events_message_name"),
            models.Index(fields=("created_at",), name="events_message_created"),
            models.Index(
                fields=("id",), condition=models.Q(kind="event", position=None), name="events_message_unnumbered"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class FeedMark(models.Model):
    """The highest position given so far: one row, whose lock makes those who give positions take turns."""

    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.position)


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("待处理")
    DONE = "done", _("已完成")
    SKIPPED = "skipped", _("模块未开启，未执行")
    DEAD = "dead", _("已停止重试")
    DISCARDED = "discarded", _("已丢弃")


class Delivery(models.Model):
    """One handler's copy of a message, so that a failing handler does not repeat the others.

    ``handler``: dotted path of the listener, or the task's name. ``lease_until``: handed to a worker; sent again after
    that moment unless finished. ``attempts``: how often it was begun; ``sent_count``: how often it was handed out.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=200)
    module = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    sent_count = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "handler"), name="events_delivery_message_handler"),)
        indexes = (
            models.Index(fields=("due_at", "id"), condition=models.Q(state="pending"), name="events_delivery_due"),
        )

    def __str__(self) -> str:
        return f"{self.handler} {self.state}"
