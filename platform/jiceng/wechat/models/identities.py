"""Who is who in WeChat, and the codes by which members say so."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .accounts import Account


class Identity(models.Model):
    """One WeChat user at one account. Two accounts of one person are two identities.

    ``openid``: the user's id at this account (WeCom: userid). ``person``: set by binding, taken away by unbinding.
    Nothing else about the user is kept: no nickname, no picture, no place. ``…_until``, ``…_left``: within which time
    and how many customer-service messages may still be sent: after a message of theirs, and after a tap, scan or follow.
    ``offers``: template id -> how many subscription messages they have agreed to.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities", db_index=False)
    openid = models.CharField(max_length=64)
    unionid = models.CharField(max_length=64, blank=True)
    person = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    is_following = models.BooleanField(default=False)
    followed_at = models.DateTimeField(null=True)
    unfollowed_at = models.DateTimeField(null=True)
    bound_at = models.DateTimeField(null=True)
    message_until = models.DateTimeField(null=True)
    message_left = models.PositiveSmallIntegerField(default=0)
    event_until = models.DateTimeField(null=True)
    event_left = models.PositiveSmallIntegerField(default=0)
    offers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("created_at",)
        constraints = (
            models.UniqueConstraint(fields=("account", "openid"), name="wechat_identity_openid"),
            models.UniqueConstraint(
                fields=("account", "person"), name="wechat_identity_person", condition=~Q(person=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.pk}"

    if TYPE_CHECKING:
        account_id: uuid.UUID
        person_id: uuid.UUID | None


class CodeKind(models.TextChoices):
    PERSONAL = "personal", _("个人二维码")
    BRANCH = "branch", _("支部二维码")


class BindCode(models.Model):
    """A QR code that leads to binding. ``scene_hash``: SHA-256 of the random text in it. ``picture``: what it encodes.

    ``personal``: for ``person``, good once, at most 30 days. ``branch``: for whoever belongs to ``unit`` or below it.
    ``scans``: how many came by it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=CodeKind)
    scene_hash = models.CharField(max_length=64, unique=True)
    picture = models.CharField(max_length=200)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    scans = models.PositiveIntegerField(default=0)
    created_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="personal", unit=None, person__isnull=False, expires_at__isnull=False)
                | Q(kind="branch", person=None, unit__isnull=False),
                name="wechat_bindcode_target",
            ),
            models.UniqueConstraint(
                fields=("account", "unit"), name="wechat_bindcode_branch", condition=Q(kind="branch", revoked_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class BindState(models.TextChoices):
    OPEN = "open", _("等待本人确认")
    BOUND = "bound", _("已绑定")
    CONFLICT = "conflict", _("待管理员核对")
    REFUSED = "refused", _("未通过")


class BindCase(models.Model):
    """A WeCom or WeChat user who came by a code and has to say who they are. At most one that is open for each identity.

    ``person``: whom they named, once that is more than a guess. ``reason``: why an administrator has to look at it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="bind_cases")
    code = models.ForeignKey(BindCode, on_delete=models.CASCADE, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=BindState, default=BindState.OPEN)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("identity",), name="wechat_bindcase_open", condition=Q(state="open") | Q(state="conflict")
            ),
        )

    def __str__(self) -> str:
        return f"{self.identity_id} {self.state}"
