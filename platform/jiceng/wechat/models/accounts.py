"""The accounts that a tenant has connected, and the lanes in which each sends."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7


class AccountKind(models.TextChoices):
    OFFICIAL = "oa", _("公众号（AppSecret）")
    AUTHORIZED = "oa_open", _("公众号（开放平台授权）")
    WECOM = "wecom", _("企业微信自建应用")


class AccountState(models.TextChoices):
    ACTIVE = "active", _("已接入")
    UNAUTHORIZED = "unauthorized", _("授权已失效")
    DISABLED = "disabled", _("已停用")


class CryptMode(models.TextChoices):
    PLAIN = "plain", _("明文模式")
    COMPAT = "compat", _("兼容模式")
    SECURE = "secure", _("安全模式")


class Account(models.Model):
    """An Official Account or a WeCom application.

    ``appid``: of a WeCom application its corp id, with ``agent_id``. ``original_id``: ``gh_…``, what messages are
    addressed to. ``…_sealed``: encrypted for this row (``services.secrets``), never shown again. ``former_sealed``: the
    callback token and key before the last change, good until ``former_until`` for messages on their way.
    ``permissions``: ids of the permission sets that an authorised account has given; empty means not known.
    ``route_key``: its door at the platform's host. ``check_result``: what the last connection check found.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=AccountKind)
    name = models.CharField(max_length=40)
    appid = models.CharField(max_length=40)
    agent_id = models.CharField(max_length=20, blank=True)
    original_id = models.CharField(max_length=40, blank=True)
    is_service = models.BooleanField(default=True)
    is_verified = models.BooleanField(default=True)
    crypt_mode = models.CharField(max_length=6, choices=CryptMode, default=CryptMode.SECURE)
    secret_sealed = models.BinaryField(null=True)
    callback_sealed = models.BinaryField(null=True)
    former_sealed = models.BinaryField(null=True)
    former_until = models.DateTimeField(null=True)
    refresh_token_sealed = models.BinaryField(null=True)
    permissions = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=AccountState, default=AccountState.ACTIVE)
    route_key = models.CharField(max_length=64, unique=True)
    is_for_login = models.BooleanField(default=True)
    called_back_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    check_result = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("appid", "agent_id"), name="wechat_account_appid", condition=~Q(state="disabled")
            ),
            models.CheckConstraint(condition=Q(kind="wecom") ^ Q(agent_id=""), name="wechat_account_agent_of_wecom"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_wecom(self) -> bool:
        return self.kind == AccountKind.WECOM

    @property
    def is_active(self) -> bool:
        return self.state == AccountState.ACTIVE


class Lane(models.Model):
    """How fast and how much one account may send by one channel, and when a worker looks at it next.

    ``tokens``, ``refilled_at``: a token bucket. ``day``, ``day_count``: what was sent on that day, Asia/Shanghai.
    ``run_at``: the earliest wake-up that is on its way; ``lease_until``: a worker is sending now, at the latest until then.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="lanes")
    channel = models.CharField(max_length=12)
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    day_count = models.PositiveIntegerField(default=0)
    run_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "channel"), name="wechat_lane_account_channel"),)

    def __str__(self) -> str:
        return f"{self.account_id} {self.channel}"

    if TYPE_CHECKING:
        account_id: uuid.UUID
