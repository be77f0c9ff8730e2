"""What was sent, each person's entry of it, and each way out that was tried or left untried, with the reason."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7


class NoticeState(models.TextChoices):
    SPREADING = "spreading", _("发送中")
    SENT = "sent", _("已发送")
    WITHDRAWN = "withdrawn", _("已撤回")


class Notice(models.Model):
    """One message, however many receive it.

    ``category``: code of a manifest's ``NoticeCategory``. ``source``: ``<module>.<object>:<id>`` of what it is about.
    ``url``: path on the tenant's host. ``key``: a second notice with the same key is not made. ``audience``: whom it was
    addressed to, where it was an audience.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    category = models.CharField(max_length=60)
    title = models.CharField(max_length=100)
    text = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=200)
    source = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=200, null=True, unique=True)
    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, null=True, related_name="+")
    is_mandatory = models.BooleanField(default=False)
    is_urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.SPREADING)
    sender_id = models.CharField(max_length=64, blank=True)
    sender_name = models.CharField(max_length=150, blank=True)
    entry_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    spread_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.CheckConstraint(condition=~Q(title=""), name="notices_notice_titled"),)
        indexes = (models.Index(fields=("source", "-id"), name="notices_notice_source"),)

    def __str__(self) -> str:
        return self.title

    if TYPE_CHECKING:
        audience_id: object


class Entry(models.Model):
    """A notice in one user's inbox: exactly one for each. ``is_muted``: the user does not want the category; kept, not pushed.

    Written by the ten thousand, so with no index that another one covers.
    """

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="entries", db_index=False)
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    is_muted = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("notice", "user"), name="notices_entry_once"),)
        indexes = (
            models.Index(fields=("user", "-id"), name="notices_entry_inbox"),
            models.Index(fields=("user",), condition=Q(read_at=None, is_muted=False), name="notices_entry_unread"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.notice_id}"

    if TYPE_CHECKING:
        notice_id: object
        user_id: uuid.UUID


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("等待发送")
    HANDED = "handed", _("正在推送")
    SENT = "sent", _("已发送")
    SKIPPED = "skipped", _("未发送")
    FAILED = "failed", _("发送失败")
    UNKNOWN = "unknown", _("结果未知")


class SkipReason(models.TextChoices):
    NONE = "", ""
    MUTED = "muted", _("本人关闭了这类消息")
    NO_ADDRESS = "no_address", _("没有可用的地址")
    CHANNEL_OFF = "channel_off", _("本单位没有开通这个渠道")
    UNWANTED = "unwanted", _("本人不用这个渠道")
    READ_ALREADY = "read_already", _("已在系统内读过")
    WITHDRAWN = "withdrawn", _("消息已撤回")
    USER_DISABLED = "user_disabled", _("账号已停用")
    REFUSED = "refused", _("对方拒收")
    DONE = "done", _("事项已办理")
    IN_DIGEST = "in_digest", _("已并入摘要")
    NO_WAY = "no_way", _("没有可用的推送方式")
    CANCELLED = "cancelled", _("已取消推送")


class Delivery(models.Model):
    """One way out for one entry. ``channel``: a code of ``notices.channels``. ``due_at``: not before (quiet hours, digest, retry).

    ``detail``: what the other side said, without addresses.
    """

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    reason = models.CharField(max_length=20, choices=SkipReason, blank=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    detail = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("entry", "channel"), name="notices_delivery_once"),
            models.CheckConstraint(
                condition=(Q(state="skipped") & ~Q(reason="")) | (~Q(state="skipped") & Q(reason="")),
                name="notices_delivery_skipped_for_a_reason",
            ),
        )
        indexes = (models.Index(fields=("due_at", "id"), condition=Q(state="waiting"), name="notices_delivery_due"),)

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"

    if TYPE_CHECKING:
        entry_id: object
