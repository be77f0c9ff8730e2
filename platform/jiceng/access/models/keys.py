"""Tokens handed out once and kept only as hashes: links for people, keys for programs."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from jiceng.kernel.ids import uuid7

from .roles import UNIT_PATH_LENGTH
from .users import User


class Invite(models.Model):
    """A link that lets one person choose a username and password, once.

    ``roles``: codes of the roles given on acceptance, within ``unit_path``. ``reference``: what the inviter wants back
    on acceptance (the roster's person id).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=50)
    roles = models.JSONField(default=list)
    unit_path = models.CharField(max_length=UNIT_PATH_LENGTH, blank=True)
    reference = models.CharField(max_length=64, blank=True)
    created_by = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.display_name

    def state_at(self, at: datetime) -> str:
        """``"used"``, ``"revoked"``, ``"expired"`` or ``"open"``."""
        if self.used_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        return "open" if at < self.expires_at else "expired"


class PasswordLink(models.Model):
    """A link with which somebody who forgot the password chooses a new one, once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%F %T}"


class ApiKey(models.Model):
    """A program's key: ``jck_<prefix>_<secret>``, of which only the SHA-256 is kept.

    ``scopes``: permission codes. ``allowed_addresses``: IP addresses or networks; empty means any. ``previous_hash``: of the
    secret before the last change, good until ``previous_until``; ``previous_used_at``: when it was last used since then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    prefix = models.CharField(max_length=8, unique=True)
    key_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    previous_until = models.DateTimeField(null=True)
    previous_used_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=60)
    scopes = models.JSONField(default=list)
    allowed_addresses = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} (jck_{self.prefix}_…)"

    def has_previous_at(self, at: datetime) -> bool:
        """Whether the secret before the last change still opens."""
        return bool(self.previous_hash and self.previous_until and at < self.previous_until)

    def state_at(self, at: datetime) -> str:
        """``"revoked"``, ``"expired"`` or ``"active"``."""
        if self.revoked_at:
            return "revoked"
        return "active" if at < self.expires_at else "expired"
