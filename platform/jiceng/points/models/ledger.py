"""The ledger: every point with its reason. Nothing in it is ever changed or deleted; the database role holds no such right."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiceng.kernel.ids import uuid7

BY_HAND = "by_hand"


class Entry(models.Model):
    """Points given to one person for one cause, or taken back.

    ``unit``: the person's at that time. ``rule``: a manifest's code, or ``BY_HAND``. ``version``: of the rules, 0 as declared.
    ``day``: in the tenant's zone; a reversal bears the day of what it reverses. ``subject``: the cause's id; ``round`` grows
    when the same cause counts again after a reversal. ``label``, ``link``: the cause in words, and a path to it.
    """

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(
        "members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    rule = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=0)
    points = models.IntegerField()
    day = models.DateField()
    subject = models.CharField(max_length=100)
    round = models.PositiveIntegerField(default=1)
    label = models.CharField(max_length=200)
    reason = models.CharField(max_length=200, default="", blank=True)
    link = models.CharField(max_length=200, default="", blank=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    happened_at = models.DateTimeField()
    author_name = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "person", "subject", "round"), condition=Q(reverses=None), name="points_entry_once"
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, points__gt=0) | Q(reverses__isnull=False, points__lt=0),
                name="points_entry_sign",
            ),
            models.CheckConstraint(condition=~Q(reverses=F("id")), name="points_entry_reverses_another"),
            models.CheckConstraint(condition=~Q(label=""), name="points_entry_has_reason"),
        )
        indexes = (
            models.Index(fields=("person", "-created_at", "-id"), name="points_entry_person"),
            models.Index(fields=("day",), name="points_entry_day"),
            models.Index(fields=("-created_at", "-id"), name="points_entry_newest"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.points:+d} {self.label}"

    @property
    def is_reversal(self) -> bool:
        return self.reverses_id is not None


class Undone(models.Model):
    """A cause was undone at ``at``: what happened before that moment gives nothing, even when it is heard of later."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+", db_index=False)
    rule = models.CharField(max_length=80)
    subject = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "rule", "subject"), name="points_undone_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.rule} {self.subject}"
