"""Versions of an account's menu."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiceng.kernel.ids import uuid7

from .accounts import Account


class MenuVersion(models.Model):
    """A menu as it was, is or shall be. ``buttons``: as ``services.menus.Button`` reads them; ``conditional``: a list of
    ``{"tag_id", "buttons"}``. Not changed after publishing; one draft for each account at a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="menus")
    number = models.PositiveIntegerField()
    buttons = models.JSONField(default=list)
    conditional = models.JSONField(default=list)
    saved_by = models.CharField(max_length=150, blank=True)
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("account", "number"), name="wechat_menuversion_number"),
            models.UniqueConstraint(
                fields=("account",), name="wechat_menuversion_draft", condition=Q(published_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} v{self.number}"
