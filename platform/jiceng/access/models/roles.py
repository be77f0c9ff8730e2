"""Roles, where they apply, and what a tenant has changed about them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jiceng.kernel.ids import uuid7

from .users import User

UNIT_PATH_LENGTH = 450


class Role(models.Model):
    """A named set of permissions. Built-in ones take theirs from the manifests each time they are asked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    is_builtin = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-is_builtin", "created_at")

    def __str__(self) -> str:
        return self.name


class RoleGrant(models.Model):
    """A tenant's own word on one permission of one role; without a row the manifest's word holds."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    permission = models.CharField(max_length=100)
    is_allowed = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("role", "permission"), name="access_grant_role_permission"),)

    def __str__(self) -> str:
        return f"{self.role_id} {'+' if self.is_allowed else '-'}{self.permission}"


class RoleAssignment(models.Model):
    """A role given to a user, within a subtree of the organisation.

    ``unit_path``: path prefix of the subtree, ``""`` for the whole tenant. ``valid_from``/``valid_to``: half-open.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")
    unit_path = models.CharField(max_length=UNIT_PATH_LENGTH, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at",)
        constraints = (
            models.UniqueConstraint(fields=("user", "role", "unit_path"), name="access_assignment_user_role_unit"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="access_assignment_period",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id} {self.unit_path or '/'}"
