"""Shifts and who comes."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.kernel import clock
from jiceng.members.models import Person

from .. import errors
from ..manifest.words import ORGANISE
from ..models import COMING, HoursEntry, Project, ProjectState, Shift, SignUp, SignUpState
from .people import volunteer
from .reach import within

SHIFTS = "project", "project__unit", "project__team", "project__organiser"


def get_shift(*, shift_id: uuid.UUID) -> Shift:
    """For members: whatever is not a draft. Raises ``ShiftMissing``."""
    found = Shift.objects.select_related(*SHIFTS).exclude(project__state=ProjectState.DRAFT).filter(pk=shift_id).first()
    if found is None:
        raise errors.ShiftMissing
    return found


def managed(actor: Actor, permission: str = ORGANISE) -> QuerySet[Shift]:
    return Shift.objects.filter(within(actor, permission, "project__unit__path")).select_related(*SHIFTS)


def get_managed(*, shift_id: uuid.UUID, actor: Actor, permission: str = ORGANISE) -> Shift:
    """Raises ``ShiftMissing``, also for those out of reach."""
    found = managed(actor, permission).filter(pk=shift_id).first()
    if found is None:
        raise errors.ShiftMissing
    return found


def api_shifts(actor: Actor) -> QuerySet[Shift]:
    """For programs: of projects that are out, and of drafts within reach."""
    out = ~Q(project__state=ProjectState.DRAFT)
    if policy.may(actor, ORGANISE):
        out |= within(actor, ORGANISE, "project__unit__path")
    return Shift.objects.filter(out)


def may_run(shift: Shift, actor: Actor) -> bool:
    """Whether ``actor`` takes the attendance: who organises for the unit, or the person named as the organiser."""
    project: Project = shift.project
    if policy.may(actor, ORGANISE, project.unit.path if project.unit else ""):
        return True
    person = volunteer(actor)
    return person is not None and person.pk == project.organiser_id


def get_sign_up(*, shift_id: uuid.UUID, text: str) -> SignUp:
    """The one of the shift that a page names. Raises ``SignUpMissing``."""
    try:
        found = SignUp.objects.filter(shift=shift_id, pk=uuid.UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise errors.SignUpMissing
    return found


def own_sign_up(shift: Shift, person: Person | None) -> SignUp | None:
    return SignUp.objects.filter(shift=shift, person=person).first() if person else None


def sign_ups(shift: Shift, *, show: str = "coming") -> QuerySet[SignUp]:
    """In the order of arrival. ``show``: ``coming``, ``waiting``, ``gone``."""
    states = {
        "waiting": (SignUpState.WAITING,), "gone": (SignUpState.WITHDRAWN, SignUpState.CANCELLED),
    }.get(show, (SignUpState.JOINED,))  # fmt: skip
    found = SignUp.objects.filter(shift=shift, state__in=states).select_related("person", "unit")
    return found.annotate(is_verified=Exists(_standing())).order_by("number", "id")


def all_sign_ups(actor: Actor) -> QuerySet[SignUp]:
    """For programs: those of shifts within reach."""
    return SignUp.objects.filter(within(actor, ORGANISE, "shift__project__unit__path"))


def ratings(shift: Shift) -> tuple[float | None, list[SignUp]]:
    """The average, and what was said, the latest first."""
    given = SignUp.objects.filter(shift=shift, rating__isnull=False)
    words = given.exclude(feedback="").select_related("person").order_by("-feedback_at")[:50]
    return given.aggregate(mean=Avg("rating"))["mean"], list(words)


def mine(person: Person, *, at: datetime, is_past: bool = False) -> QuerySet[SignUp]:
    """One's own sign-ups: what comes, the next first; or what was, the latest first."""
    found = SignUp.objects.filter(person=person).select_related("shift__project")
    found = found.annotate(is_verified=Exists(_standing()))
    if is_past:
        past = found.filter(shift__ends_at__lte=at).exclude(state__in=(SignUpState.WITHDRAWN, SignUpState.WAITING))
        return past.order_by("-shift__starts_at", "id")
    return found.filter(shift__ends_at__gt=at, state__in=(*COMING, SignUpState.CANCELLED)).order_by(
        "shift__starts_at", "id"
    )


def attendance_counts(rows: QuerySet[Shift]) -> QuerySet[Shift]:
    """With ``present_count`` and ``verified_count``."""
    present = Count("sign_ups", filter=Q(sign_ups__checked_in_at__isnull=False, sign_ups__state=SignUpState.JOINED))
    return rows.annotate(present_count=present)


def when(shift: Shift) -> str:
    """“2026-11-23 09:00 至 11:00”, in the tenant's zone."""
    zone = clock.local_zone()
    start, end = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} 至 {last}"


def _standing() -> QuerySet[HoursEntry]:
    """Hours that count for the sign-up in the outer query."""
    return HoursEntry.objects.filter(shift=OuterRef("shift"), person=OuterRef("person"), reverses=None, reversal=None)
