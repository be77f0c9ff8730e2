"""What people write to an account, what it answers by itself, and what staff answer."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .accounts import Account
from .identities import Identity


class InboundMessage(models.Model):
    """A message or event that was taken in. ``dedupe_key``: the same for every repetition of it (SHA-256).

    ``facts``: what handling needs of it, emptied when handled. ``reply``: the passive answer in clear, so that a
    repetition gets the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    dedupe_key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)
    event = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    reply = models.TextField(blank=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("received_at",), name="wechat_inbound_received"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.event}"


class ReplyTrigger(models.TextChoices):
    FOLLOW = "follow", _("关注时")
    KEYWORD = "keyword", _("收到关键词")
    SCAN = "scan", _("扫码时")
    CLICK = "click", _("点击菜单")
    DEFAULT = "default", _("收到其他消息")


class ReplyRule(models.Model):
    """What the account answers by itself. ``words``: keywords, or menu keys; ``is_exact``: the whole message must be one.

    ``url``: a path of the tenant's own, shown as an article with ``title``; without one the text alone. The first rule
    by ``position`` that fits answers.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+")
    trigger = models.CharField(max_length=8, choices=ReplyTrigger)
    words = models.JSONField(default=list)
    is_exact = models.BooleanField(default=True)
    title = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=600)
    url = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=100)
    is_on = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.trigger} {self.text[:20]}"


class ConversationState(models.TextChoices):
    WAITING = "waiting", _("待回复")
    ANSWERED = "answered", _("已回复")
    CLOSED = "closed", _("已办结")


class Conversation(models.Model):
    """What somebody and the staff say to each other. ``unit``: whose staff see it; none: those who see everything.

    At most one that is not closed for each identity. ``last_in_at``/``last_out_at``: of the member's and the staff's
    latest remark.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="conversations")
    person = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    unit = models.ForeignKey("members.Unit", on_delete=models.SET_NULL, null=True, related_name="+")
    unit_path = models.CharField(max_length=450, blank=True)
    state = models.CharField(max_length=8, choices=ConversationState, default=ConversationState.WAITING)
    excerpt = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField()
    last_in_at = models.DateTimeField()
    last_out_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-last_in_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("identity",), name="wechat_conversation_open",
                condition=Q(state="waiting") | Q(state="answered"),
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=("state", "-last_in_at"), name="wechat_conversation_list"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    if TYPE_CHECKING:
        person_id: uuid.UUID | None


class Side(models.TextChoices):
    MEMBER = "member", _("成员")
    STAFF = "staff", _("工作人员")


class Remark(models.Model):
    """One message of a conversation. ``kind``: WeChat's type of it; ``media_id``: where a picture or voice can be fetched for
    three days. ``author``: of the staff.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="remarks")
    side = models.CharField(max_length=6, choices=Side)
    kind = models.CharField(max_length=12, default="text")
    text = models.TextField(blank=True)
    media_id = models.CharField(max_length=128, blank=True)
    author = models.ForeignKey("access.User", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("made_at", "id")

    def __str__(self) -> str:
        return f"{self.side} {self.pk}"
