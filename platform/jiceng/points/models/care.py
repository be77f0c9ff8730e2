"""What people dispute, and what somebody should look at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .ledger import Entry


class AppealState(models.TextChoices):
    OPEN = "open", _("等待答复")
    UPHELD = "upheld", _("已更正")
    REJECTED = "rejected", _("维持不变")


class Appeal(models.Model):
    """A member disputes an entry, or misses one (``entry`` is ``None``). ``correction``: the entry that put it right."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=AppealState, default=AppealState.OPEN)
    answer = models.CharField(max_length=500, default="", blank=True)
    answered_by_name = models.CharField(max_length=150, default="", blank=True)
    correction = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("person", "entry"), condition=Q(state="open"), name="points_appeal_once"),
            models.CheckConstraint(
                condition=Q(state="open") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="points_appeal_answered",
            ),
        )

    def __str__(self) -> str:
        return self.text[:40]


class FlagKind(models.TextChoices):
    BURST = "burst", _("短时间内得分密集")
    MUCH = "much", _("一天得分明显高于平常")


class FlagState(models.TextChoices):
    OPEN = "open", _("待查看")
    SEEN = "seen", _("已查看")


class Flag(models.Model):
    """Something unusual that a person should look at. It changes nobody's points. ``facts``: what was seen, as numbers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=FlagKind)
    day = models.DateField()
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=5, choices=FlagState, default=FlagState.OPEN)
    note = models.CharField(max_length=200, default="", blank=True)
    seen_by_name = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (models.UniqueConstraint(fields=("person", "kind", "day"), name="points_flag_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.day}"
