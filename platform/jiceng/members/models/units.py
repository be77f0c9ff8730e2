"""Units of the trees, their history, their kinds, posts and terms."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.clock import today
from jiceng.kernel.ids import uuid7

from ..bodies import Tree

MAX_DEPTH = 50
LABEL_LENGTH = 8
NAME_LENGTH = 60


class UnitKind(models.Model):
    """A tenant's own word on one kind of unit: another label, switched off, or a kind of its own.

    The kinds that everybody has are in ``members.kinds``; only differences have rows.
    """

    code = models.CharField(max_length=40, primary_key=True)
    label = models.CharField(max_length=20)
    tree = models.CharField(max_length=10, choices=Tree)
    term_years = models.PositiveSmallIntegerField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("order", "code")

    def __str__(self) -> str:
        return self.label


class Unit(models.Model):
    """A node of one of the trees, as it stands today.

    ``path``: the labels of all ancestors and its own, each of LABEL_LENGTH characters and followed by ``/``, so that
    "X lies in the subtree of Y" is ``X.path.startswith(Y.path)``. Role scopes and row scopes compare paths.
    ``dissolved_on``: set when it is no more; it keeps its place for the record and holds nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    tree = models.CharField(max_length=10, choices=Tree, default=Tree.ADMIN)
    name = models.CharField(max_length=NAME_LENGTH)
    code = models.CharField(max_length=40, null=True, blank=True)
    kind = models.CharField(max_length=40, default="department")
    path = models.CharField(max_length=MAX_DEPTH * (LABEL_LENGTH + 1), unique=True, editable=False)
    depth = models.PositiveSmallIntegerField(default=1, editable=False)
    position = models.PositiveIntegerField(default=0)
    founded_on = models.DateField(default=today)
    dissolved_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("position", "created_at")
        constraints = (
            models.UniqueConstraint(
                fields=("parent", "name"),
                name="members_unit_sibling_name",
                nulls_distinct=False,
                condition=Q(dissolved_on=None),
            ),
            models.UniqueConstraint(fields=("code",), name="members_unit_code", condition=~Q(code=None)),
            models.CheckConstraint(condition=Q(depth__range=(1, MAX_DEPTH)), name="members_unit_depth"),
            models.CheckConstraint(
                condition=Q(dissolved_on=None) | Q(dissolved_on__gte=F("founded_on")), name="members_unit_period"
            ),
        )
        indexes = (models.Index(fields=("updated_at", "id"), name="members_unit_updated"),)  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """This unit's own part of the path, with its slash."""
        return self.path[-(LABEL_LENGTH + 1) :]

    def contains(self, other: Unit) -> bool:
        """Whether ``other`` is this unit or lies below it."""
        return other.path.startswith(self.path)


class UnitPeriod(models.Model):
    """How a unit stood from ``valid_from`` until before ``valid_to`` (``None``: still). Makes the tree of any day.

    Holds the parent, not the path: moving a unit is one row, however much lies below it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="periods")
    parent = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=NAME_LENGTH)
    kind = models.CharField(max_length=40)
    position = models.PositiveIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ("valid_from",)
        constraints = (
            models.UniqueConstraint(fields=("unit", "valid_from"), name="members_unitperiod_start"),
            models.UniqueConstraint(fields=("unit",), name="members_unitperiod_open", condition=Q(valid_to=None)),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="members_unitperiod_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}–{self.valid_to or ''}"


class UnitSuccession(models.Model):
    """Where a unit went: merged into another, split off from one, dissolved with its people sent to one."""

    class Kind(models.TextChoices):
        MERGE = "merge", _("合并")
        SPLIT = "split", _("拆分")
        DISSOLVE = "dissolve", _("撤销")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    predecessor = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="successions")
    successor = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="origins")
    kind = models.CharField(max_length=10, choices=Kind)
    happened_on = models.DateField()

    class Meta:
        ordering = ("happened_on", "id")

    def __str__(self) -> str:
        return f"{self.predecessor_id} -> {self.successor_id}"


class Term(models.Model):
    """A term of office of a unit's committee or secretary (届). ``ends_on``: its planned last day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="terms")
    number = models.PositiveSmallIntegerField(default=1)
    started_on = models.DateField()
    ends_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-started_on",)
        constraints = (
            models.UniqueConstraint(fields=("unit",), name="members_term_open", condition=Q(ended_on=None)),
            models.CheckConstraint(condition=Q(ends_on__gt=F("started_on")), name="members_term_order"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")), name="members_term_ended"
            ),
        )
        indexes = (models.Index(fields=("ends_on",), name="members_term_ends", condition=Q(ended_on=None)),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.number}"


class PostKind(models.TextChoices):
    SECRETARY = "secretary", _("书记")
    DEPUTY_SECRETARY = "deputy_secretary", _("副书记")
    ORGANISATION = "organisation", _("组织委员")
    PUBLICITY = "publicity", _("宣传委员")
    DISCIPLINE = "discipline", _("纪检委员")
    YOUTH = "youth", _("青年委员")
    COMMITTEE_MEMBER = "committee_member", _("委员")
    GROUP_LEADER = "group_leader", _("组长")
    CHAIR = "chair", _("主席")
    DEPUTY_CHAIR = "deputy_chair", _("副主席")
    HEAD = "head", _("负责人")
    DEPUTY_HEAD = "deputy_head", _("副负责人")
    OTHER = "other", _("其他")


class Post(models.Model):
    """Somebody's post in a unit, from ``started_on`` to ``ended_on`` (``None``: still). ``label``: its name where not the kind's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="posts")
    term = models.ForeignKey(Term, on_delete=models.SET_NULL, null=True, blank=True, related_name="posts")
    kind = models.CharField(max_length=20, choices=PostKind)
    label = models.CharField(max_length=30, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("started_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "person", "kind"), name="members_post_open", condition=Q(ended_on=None)
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")), name="members_post_period"
            ),
        )
        indexes = (models.Index(fields=("updated_at", "id"), name="members_post_updated"),)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.label or str(self.get_kind_display())
