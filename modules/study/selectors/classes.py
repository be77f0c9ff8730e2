"""Classes within reach, and who was there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.members.models import Person, Unit

from .. import errors
from ..manifest.words import HOURS
from ..models import Attendance, AttendanceChange, AttendanceState, OfflineClass
from .gaps import in_subtree
from .hours import people_in_reach


@dataclass(frozen=True, slots=True)
class Figures:
    present: int
    leave: int
    absent: int


def managed(actor: Actor) -> QuerySet[OfflineClass]:
    """Classes of units where ``actor`` looks after hours, with ``present_count``."""
    found = OfflineClass.objects.select_related("unit")
    paths = policy.unit_paths(actor, HOURS)
    if paths is not None:
        reach = Q(pk=None)
        for path in paths:
            reach |= Q(unit__path__startswith=path)
        found = found.filter(reach)
    present = Attendance.objects.filter(offline_class=OuterRef("pk"), state=AttendanceState.PRESENT)
    counted = present.order_by().values("offline_class").annotate(n=Count("pk")).values("n")
    return found.annotate(present_count=Coalesce(Subquery(counted), 0)).order_by("-first_date", "-id")


def get_class(*, class_id: uuid.UUID, actor: Actor) -> OfflineClass:
    """Raises ``ClassMissing``, also for those out of reach."""
    found = managed(actor).filter(pk=class_id).first()
    if found is None:
        raise errors.ClassMissing
    return found


def attendances(actor: Actor) -> QuerySet[Attendance]:
    """Of classes within reach."""
    classes = managed(actor).order_by().values("pk")
    return Attendance.objects.filter(offline_class__in=classes).select_related("person__unit", "entry")


def attendances_of(offline_class: OfflineClass, *, show: str = "") -> QuerySet[Attendance]:
    """By name. ``show``: a state, or everybody."""
    found = Attendance.objects.filter(offline_class=offline_class).select_related("person__unit", "entry")
    if show in AttendanceState.values:
        found = found.filter(state=show)
    return found.order_by("person__pinyin", "person__name", "id")


def figures_of(offline_class: OfflineClass) -> Figures:
    rows = Attendance.objects.filter(offline_class=offline_class).order_by()
    found = {row["state"]: row["n"] for row in rows.values("state").annotate(n=Count("pk"))}
    return Figures(found.get("present", 0), found.get("leave", 0), found.get("absent", 0))


def roster(offline_class: OfflineClass, *, actor: Actor, unit: Unit | None) -> QuerySet[Person]:
    """Who may be ticked: people within reach of the class's unit (or of ``unit``), with ``attended`` as it stands."""
    people = in_subtree(people_in_reach(actor), unit or offline_class.unit)
    there = Attendance.objects.filter(offline_class=offline_class, person=OuterRef("pk")).values("state")
    return people.annotate(attended=Coalesce(Subquery(there), Value("")))


def history_of(offline_class: OfflineClass) -> QuerySet[AttendanceChange]:
    """Corrections, the latest first; first entries are left out."""
    changes = AttendanceChange.objects.filter(attendance__offline_class=offline_class).exclude(before="")
    return changes.select_related("attendance__person").order_by("-made_at", "-id")
