"""Who is told, what is on its way to whom, and every attempt."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7


class EndpointState(models.TextChoices):
    ACTIVE = "active", _("启用")
    DISABLED = "disabled", _("停用")


class DisabledReason(models.TextChoices):
    MANUAL = "manual", _("人工停用")
    GONE = "gone", _("对方答复 410，不再接收")
    FAILING = "failing", _("连续 5 天推送失败")


class Endpoint(models.Model):
    """An address of another system that is told of events.

    ``url``: in its one spelling (``kernel.outbound``). ``events``: names; empty means all. ``secret_sealed``: encrypted for
    this row (``signing``); ``former_sealed``: the secret before the last change, signs as well until ``former_until``.
    ``failing_since``: first of the failures with no success after it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    url = models.CharField(max_length=500, unique=True)
    description = models.CharField(max_length=100, blank=True)
    events = models.JSONField(default=list)
    secret_sealed = models.BinaryField()
    former_sealed = models.BinaryField(null=True)
    former_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=EndpointState, default=EndpointState.ACTIVE)
    disabled_reason = models.CharField(max_length=7, choices=DisabledReason, blank=True)
    failing_since = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.url

    @property
    def is_active(self) -> bool:
        return self.state == EndpointState.ACTIVE


class Lane(models.Model):
    """Whether somebody sends to the endpoint now (``lease_until``), and when somebody will look (``run_at``).

    Apart from the endpoint, so that sending never waits for somebody who edits it.
    """

    endpoint = models.OneToOneField(Endpoint, on_delete=models.CASCADE, primary_key=True, related_name="lane")
    run_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.endpoint_id)


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("等待推送")
    SENDING = "sending", _("正在推送")
    DELIVERED = "delivered", _("已送达")
    FAILED = "failed", _("已放弃")
    CANCELLED = "cancelled", _("停用时取消")


class Delivery(models.Model):
    """One event for one endpoint. ``event_id`` is its ``webhook-id``, the same for every attempt and replay.

    ``body``: the exact bytes of every attempt. ``attempts``: since it was last queued; ``status``, ``error``: of the latest
    attempt. ``lease_until``: of a delivery being sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField()
    event = models.CharField(max_length=100)
    body = models.TextField()
    position = models.BigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (models.UniqueConstraint(fields=("endpoint", "event_id"), name="webhooks_delivery_event"),)
        indexes = (
            models.Index(
                fields=("endpoint", "due_at", "position", "id"), condition=Q(state="waiting"), name="webhooks_delivery_due"
            ),
            models.Index(
                fields=("endpoint", "lease_until"), condition=Q(state="sending"), name="webhooks_delivery_sending"
            ),
            models.Index(fields=("-created_at", "-id"), name="webhooks_delivery_newest"),
            models.Index(fields=("endpoint", "-created_at"), name="webhooks_delivery_endpoint"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.state}"


class Attempt(models.Model):
    """One try. ``status``: of the answer; ``error``: why there was none (``kernel.outbound.errors.KINDS``).

    ``answer``: the beginning of what came back, as text.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=8, blank=True)
    answer = models.CharField(max_length=2048, blank=True)

    class Meta:
        ordering = ("began_at", "id")

    def __str__(self) -> str:
        return f"{self.number} {self.status or self.error}"
