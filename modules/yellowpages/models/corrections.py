"""What members say is wrong, and what they keep at hand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .entries import Entry


class CorrectionState(models.TextChoices):
    OPEN = "open", _("待核实")
    ACCEPTED = "accepted", _("已采纳")
    DECLINED = "declined", _("未采纳")


class Correction(models.Model):
    """A member's word on an entry. ``phone``, ``address``, ``hours_note``: what it should be, empty where nothing is said.

    ``is_closed``: the place is no more. ``answer``: what the editor says to the member.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="corrections")
    user = models.ForeignKey("access.User", on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=150)
    phone = models.CharField(max_length=25, default="", blank=True)
    address = models.CharField(max_length=150, default="", blank=True)
    hours_note = models.CharField(max_length=150, default="", blank=True)
    is_closed = models.BooleanField(default=False)
    words = models.CharField(max_length=300, default="", blank=True)
    state = models.CharField(max_length=10, choices=CorrectionState, default=CorrectionState.OPEN)
    answer = models.CharField(max_length=300, default="", blank=True)
    answered_by_name = models.CharField(max_length=150, default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None) | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="yellowpages_correction_answered",
            ),
            models.UniqueConstraint(
                fields=("entry", "user"), condition=Q(state="open"), name="yellowpages_correction_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state}"


class Favourite(models.Model):
    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "entry"), name="yellowpages_favourite_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.entry_id}"
