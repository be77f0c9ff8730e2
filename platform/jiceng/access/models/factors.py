"""Second factors: a time-based code, and codes for when the phone is lost."""

from __future__ import annotations

from django.db import models

from jiceng.kernel.ids import uuid7

from .users import User


class TotpDevice(models.Model):
    """A user's authenticator app (RFC 6238). ``secret``: sealed. ``last_step``: newest step accepted, never again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="totp")
    secret = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=-1)
    failed_count = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.user_id} {'confirmed' if self.confirmed_at else 'new'}"


class RecoveryCode(models.Model):
    """One use instead of the authenticator. ``code_hash``: keyed digest; the code itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "code_hash"), name="access_recovery_user_code"),)

    def __str__(self) -> str:
        return f"{self.user_id} {'used' if self.used_at else 'unused'}"
