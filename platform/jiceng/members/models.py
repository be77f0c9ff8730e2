"""Units and people of one tenant."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

MAX_DEPTH = 50
LABEL_LENGTH = 8


class UnitKind(models.TextChoices):
    PARTY_COMMITTEE = "party_committee", _("党委")
    GENERAL_BRANCH = "general_branch", _("党总支")
    PARTY_BRANCH = "party_branch", _("党支部")
    PARTY_GROUP = "party_group", _("党小组")
    UNION = "union", _("工会")
    YOUTH_LEAGUE = "youth_league", _("共青团")
    WOMENS_FEDERATION = "womens_federation", _("妇联")
    DEPARTMENT = "department", _("部门")
    WINDOW = "window", _("服务窗口")
    COMMUNITY = "community", _("社区")
    OTHER = "other", _("其他")


class Unit(models.Model):
    """A node of the organisation tree.

    ``path``: the labels of all ancestors and its own, each of LABEL_LENGTH characters and followed by ``/``, so that
    "X lies in the subtree of Y" is ``X.path.startswith(Y.path)``. Role scopes and row scopes compare paths.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=UnitKind.choices, default=UnitKind.DEPARTMENT)
    path = models.CharField(max_length=MAX_DEPTH * (LABEL_LENGTH + 1), unique=True, editable=False)
    depth = models.PositiveSmallIntegerField(default=1, editable=False)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("position", "created_at")
        constraints = (
            models.UniqueConstraint(fields=("parent", "name"), name="members_unit_sibling_name", nulls_distinct=False),
            models.CheckConstraint(condition=models.Q(depth__range=(1, MAX_DEPTH)), name="members_unit_depth"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """This unit's own part of the path, with its slash."""
        return self.path[-(LABEL_LENGTH + 1) :]

    def contains(self, other: Unit) -> bool:
        """Whether ``other`` is this unit or lies below it."""
        return other.path.startswith(self.path)


class Person(models.Model):
    """Somebody on the roster, with or without a login.

    ``pinyin``: toneless syllables with spaces ("ou yang hua"), the sort key; ``search_key``: the forms people type
    ("ouyanghua oyh"). Both follow the name and are set by the services.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=50)
    pinyin = models.CharField(max_length=300, editable=False)
    search_key = models.CharField(max_length=400, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="people")
    title = models.CharField(max_length=60, blank=True)
    user = models.OneToOneField("access.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("pinyin", "name", "id")
        indexes = (models.Index(fields=("pinyin", "name", "id"), name="members_person_order"),)

    def __str__(self) -> str:
        return self.name
