"""Tags, and audiences: whom something is meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from jiceng.kernel.ids import uuid7

from ..bodies import Body
from .people import Person
from .units import PostKind, Unit


class Tag(models.Model):
    """A word that a tenant puts on people, to address them by it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=20, unique=True)
    note = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="members_tag_named"),)

    def __str__(self) -> str:
        return self.name


class PersonTag(models.Model):
    id = models.BigAutoField(primary_key=True)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tags")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "tag"), name="members_persontag_once"),)
        indexes = (models.Index(fields=("tag", "person"), name="members_persontag_tag"),)

    def __str__(self) -> str:
        return f"{self.tag_id} {self.person_id}"


class Audience(models.Model):
    """Whom something is meant for: everybody in the registry, or all who fit one of the clauses.

    Written once, never changed; the same definition is the same row, found by its ``digest`` (SHA-256, hex).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    is_everyone = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:8]


class AudienceClause(models.Model):
    """All its conditions together; an empty one does not narrow.

    ``unit``: an open membership in the subtree, of ``body`` and ``state`` where given. ``post``: a current post of the
    kind, in the subtree. ``role``: the code of an access role held now. ``person``: that person alone.
    """

    id = models.BigAutoField(primary_key=True)
    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="clauses")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, related_name="+")
    body = models.CharField(max_length=10, choices=Body, blank=True)
    state = models.CharField(max_length=20, blank=True)
    post = models.CharField(max_length=20, choices=PostKind, blank=True)
    role = models.CharField(max_length=40, blank=True)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(unit=None, body="", post="", role="", tag=None, person=None),
                name="members_audienceclause_narrows",
            ),
            models.CheckConstraint(condition=Q(state="") | ~Q(body=""), name="members_audienceclause_state"),
        )

    def __str__(self) -> str:
        return f"{self.audience_id} {self.pk}"

    if TYPE_CHECKING:
        audience_id: object
