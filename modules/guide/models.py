"""What members have done, what administrators have put off, and the topics that explain."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiceng.kernel.ids import uuid7

TITLE_LENGTH = 40
BODY_LENGTH = 4000


class Topic(models.Model):
    """A page of the guide. ``code``: of the built-in ones; ``""`` for a tenant's own. ``module``: whose pages it explains,
    ``""``: everything. ``body``: plain text; an empty line begins a paragraph. ``is_public``: visitors read it too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, default="", blank=True, editable=False)
    module = models.CharField(max_length=30, default="", blank=True)
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.CharField(max_length=BODY_LENGTH)
    picture = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_public = models.BooleanField(default=False)
    is_shown = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=100)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("position", "title", "id")
        constraints = (
            models.UniqueConstraint(fields=("code",), condition=~Q(code=""), name="guide_topic_code"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(body=""), name="guide_topic_written"),
        )

    def __str__(self) -> str:
        return self.title


class StepDone(models.Model):
    """A member's step. ``cause``: the event that showed it, ``""``: the member said so. Once for each member and step."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=30)
    cause = models.CharField(max_length=100, default="", blank=True)
    done_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "step"), name="guide_step_once"),)

    def __str__(self) -> str:
        return self.step


class PutOff(models.Model):
    """A step of going live that the administrators leave out for now. ``key``: ``<module>:<page>`` of the step."""

    key = models.CharField(primary_key=True, max_length=80)
    by_name = models.CharField(max_length=150)
    put_off_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
