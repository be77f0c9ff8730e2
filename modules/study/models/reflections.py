"""What people think of what they learned, in their own words."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .courses import TITLE_LENGTH, Course


class ReflectionState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待点评")
    RETURNED = "returned", _("已退回")
    ACCEPTED = "accepted", _("已通过")


class Reflection(models.Model):
    """A piece of writing. Its author's business until handed in; everybody's only when accepted and shared by the author.

    ``fingerprints``: of the text as handed in last; empty before. ``similar_percent``: share of them found in ``similar``,
    the earlier one most like it. ``is_flagged``: the share was above the limit at that time.
    ``comment``: of the reviewer, with the reason where returned.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=TITLE_LENGTH)
    text = models.TextField()
    state = models.CharField(max_length=10, choices=ReflectionState, default=ReflectionState.DRAFT)
    submitted_at = models.DateTimeField(null=True, blank=True)
    fingerprints = ArrayField(models.BigIntegerField(), default=list, blank=True)
    similar = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    similar_percent = models.PositiveSmallIntegerField(default=0)
    is_flagged = models.BooleanField(default=False)
    comment = models.CharField(max_length=1000, default="", blank=True)
    reviewer_name = models.CharField(max_length=150, default="", blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False), name="study_reflection_submitted"
            ),
            models.CheckConstraint(condition=Q(shared_at=None) | Q(state="accepted"), name="study_reflection_shared"),
            models.CheckConstraint(condition=Q(similar_percent__lte=100), name="study_reflection_percent"),
        )
        indexes = (
            GinIndex(fields=("fingerprints",), name="study_reflection_prints"),
            models.Index(fields=("person", "-created_at"), name="study_reflection_person"),
            models.Index(
                fields=("-shared_at", "-id"), condition=Q(shared_at__isnull=False), name="study_reflection_feed"
            ),
        )

    def __str__(self) -> str:
        return self.title


class ReflectionLike(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reflection = models.ForeignKey(Reflection, on_delete=models.CASCADE, related_name="likes")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("reflection", "person"), name="study_reflection_like_once"),)

    def __str__(self) -> str:
        return str(self.person_id)


class ReflectionComment(models.Model):
    """A word under a shared one. Hidden, it stays: who hid it, when and why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reflection = models.ForeignKey(Reflection, on_delete=models.CASCADE, related_name="comments")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by_name = models.CharField(max_length=150, default="", blank=True)
    hide_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.text[:30]
