"""The outbox: what is to reach people in WeChat, by which way, and what became of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .accounts import Account
from .identities import Identity


class Channel(models.TextChoices):
    """In the order in which they are tried."""

    WECOM = "wecom", _("企业微信")
    TEMPLATE = "template", _("模板消息")
    SUBSCRIPTION = "subscription", _("订阅通知")
    CUSTOM = "custom", _("客服消息")


class TemplateBinding(models.Model):
    """Which of an account's templates carries a category of notices. ``category`` ``""``: all without one of their own.

    ``fields``: template keyword ("thing1") -> source ("title", "text", "time", "organisation", or ``"=fixed words"``).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="templates")
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.TEMPLATE)
    category = models.CharField(max_length=60, blank=True)
    template_id = models.CharField(max_length=64)
    title = models.CharField(max_length=60, blank=True)
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("channel", "category")
        constraints = (
            models.UniqueConstraint(fields=("account", "channel", "category"), name="wechat_templatebinding_once"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.category} {self.template_id}"


class CampaignKind(models.TextChoices):
    NOTICE = "notice", _("消息")
    DIGEST = "digest", _("摘要")
    REPLY = "reply", _("咨询回复")
    TEST = "test", _("测试")


class Campaign(models.Model):
    """One thing to be pushed, to however many. ``key``: a second one with it is not made. ``category``: of notices.

    ``url``: a path of the tenant's own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=CampaignKind)
    key = models.CharField(max_length=120, null=True, unique=True)
    category = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=100)
    text = models.CharField(max_length=2000, blank=True)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title


class PushState(models.TextChoices):
    QUEUED = "queued", _("等待发送")
    SENDING = "sending", _("正在发送")
    SENT = "sent", _("微信已接收")
    DELIVERED = "delivered", _("已送达")
    UNKNOWN = "unknown", _("结果未知")
    FAILED = "failed", _("发送失败")
    SKIPPED = "skipped", _("未发送")
    CANCELLED = "cancelled", _("已取消")


class Push(models.Model):
    """One campaign to one person. ``channel``, ``account``, ``identity``: the way being tried; the ways tried or passed over
    before stand in ``trail`` as ``[{"channel", "account", "reason"}]``.

    ``key``: goes with every attempt, so that the other side can drop repetitions. ``batch``: sent in one call with the
    others of the same batch. ``delivery_id``: the notice's delivery that wants to know the outcome.
    """

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="pushes", db_index=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=12, choices=Channel, blank=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, null=True, related_name="+")
    remark = models.ForeignKey("wechat.Remark", on_delete=models.CASCADE, null=True, related_name="pushes")
    delivery_id = models.BigIntegerField(null=True, unique=True)
    key = models.CharField(max_length=32, unique=True)
    is_urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=PushState, default=PushState.QUEUED)
    trail = models.JSONField(default=list)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    batch = models.UUIDField(null=True)
    errcode = models.IntegerField(null=True)
    detail = models.CharField(max_length=200, blank=True)
    msgid = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=("account", "channel", "-is_urgent", "due_at", "id"), condition=Q(state="queued"),
                name="wechat_push_due",
            ),
            models.Index(fields=("lease_until",), condition=Q(state="sending"), name="wechat_push_sending"),
            models.Index(fields=("campaign", "state"), name="wechat_push_campaign"),
            models.Index(fields=("account", "msgid"), condition=~Q(msgid=""), name="wechat_push_msgid"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"

    if TYPE_CHECKING:
        account_id: uuid.UUID | None
        identity_id: uuid.UUID | None
        campaign_id: uuid.UUID


class DeliveryReport(models.Model):
    """What WeChat said later about a message. May come before we know that the message has been sent."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    msgid = models.CharField(max_length=64)
    status = models.CharField(max_length=60)
    received_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "msgid"), name="wechat_deliveryreport_once"),)

    def __str__(self) -> str:
        return f"{self.msgid} {self.status}"
