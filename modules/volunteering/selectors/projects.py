"""Projects and teams: what everybody sees, and what organisers look after."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.members.models import Person

from .. import errors
from ..manifest.words import JOIN, ORGANISE
from ..models import Project, ProjectState, Register, Shift, SignUp, Team, TeamMember, TeamMemberState
from .reach import within

ENDED = (ProjectState.CLOSED, ProjectState.CANCELLED)


def visible(actor: Actor) -> QuerySet[Project]:
    """Published ones: all for members, those open to the public for visitors."""
    found = Project.objects.filter(state=ProjectState.PUBLISHED).select_related("unit", "team", "organiser")
    return found if policy.may(actor, JOIN) else found.filter(is_public=True)


def upcoming(actor: Actor, *, at: datetime, category: str = "", words: str = "") -> QuerySet[Project]:
    """Visible ones, those with the next shift first; ``next_at``: when it begins, ``None`` without any."""
    found = visible(actor)
    if category:
        found = found.filter(category=category)
    if words:
        found = found.filter(Q(title__icontains=words) | Q(place__icontains=words) | Q(skills__icontains=words))
    coming = Q(shifts__starts_at__gt=at, shifts__cancelled_at=None)
    return found.annotate(next_at=Min("shifts__starts_at", filter=coming)).order_by("next_at", "-published_at", "id")


def get_project(*, project_id: uuid.UUID, actor: Actor) -> Project:
    """For readers: also what has ended, for members. Raises ``ProjectMissing``."""
    found = Project.objects.select_related("unit", "team", "organiser").filter(pk=project_id)
    project = found.exclude(state=ProjectState.DRAFT).first()
    is_member = policy.may(actor, JOIN)
    if project is None or not (is_member or (project.is_public and project.is_published)):
        raise errors.ProjectMissing
    return project


@dataclass(frozen=True, slots=True)
class Offer:
    """A shift as somebody sees it. ``sign_up``: their own."""

    shift: Shift
    sign_up: SignUp | None
    is_open: bool


def offers(project: Project, person: Person | None, *, at: datetime) -> list[Offer]:
    """Shifts that have not ended, the next first; two queries."""
    shifts = list(Shift.objects.filter(project=project, ends_at__gt=at).order_by("starts_at", "id")[:100])
    mine = {}
    if person is not None:
        mine = {row.shift_id: row for row in SignUp.objects.filter(shift__in=shifts, person=person)}
    return [
        Offer(
            shift, mine.get(shift.pk), project.is_published and shift.cancelled_at is None and shift.closes_at > at
        )
        for shift in shifts
    ]  # fmt: skip


def managed(actor: Actor) -> QuerySet[Project]:
    """Projects within the actor's reach, with ``shift_count`` and ``people_count``."""
    found = Project.objects.filter(within(actor, ORGANISE, "unit__path")).select_related("unit", "team", "organiser")
    people = Count("shifts__sign_ups", filter=Q(shifts__sign_ups__state="joined"))
    counted = found.annotate(shift_count=Count("shifts", distinct=True), people_count=people)
    return counted.order_by("-created_at", "-id")


def search_managed(actor: Actor, *, show: str, words: str) -> QuerySet[Project]:
    found = managed(actor)
    if show in ProjectState.values:
        found = found.filter(state=show)
    return found.filter(title__icontains=words) if words else found


def get_managed(*, project_id: uuid.UUID, actor: Actor) -> Project:
    """Raises ``ProjectMissing``, also for those out of reach."""
    project = managed(actor).filter(pk=project_id).first()
    if project is None:
        raise errors.ProjectMissing
    return project


def shifts_of(project: Project) -> QuerySet[Shift]:
    return Shift.objects.filter(project=project).order_by("starts_at", "id")


def api_projects(actor: Actor) -> QuerySet[Project]:
    """For programs: what is out, and drafts within reach."""
    found = Project.objects.select_related("unit", "team", "organiser")
    if policy.may(actor, ORGANISE):
        return found.filter(~Q(state=ProjectState.DRAFT) | within(actor, ORGANISE, "unit__path"))
    return found.exclude(state=ProjectState.DRAFT)


def teams(actor: Actor) -> QuerySet[Team]:
    """Active teams by name, with ``member_count``."""
    return _counted(Team.objects.filter(is_active=True)).order_by("name", "id")


def managed_teams(actor: Actor) -> QuerySet[Team]:
    asking = TeamMember.objects.filter(team=OuterRef("pk"), state=TeamMemberState.ASKED)
    found = _counted(Team.objects.filter(within(actor, ORGANISE, "unit__path"))).annotate(has_asking=Exists(asking))
    return found.order_by("-is_active", "name", "id")


def get_team(*, team_id: uuid.UUID) -> Team:
    team = _counted(Team.objects.filter(pk=team_id)).first()
    if team is None:
        raise errors.TeamMissing
    return team


def get_managed_team(*, team_id: uuid.UUID, actor: Actor) -> Team:
    team = managed_teams(actor).filter(pk=team_id).first()
    if team is None:
        raise errors.TeamMissing
    return team


def members_of(team: Team) -> QuerySet[TeamMember]:
    """Those in it and those asking, the latter first."""
    found = TeamMember.objects.filter(team=team, state__in=(TeamMemberState.ASKED, TeamMemberState.MEMBER))
    return found.select_related("person__unit").order_by("state", "person__pinyin", "id")


def membership(team: Team, person: Person | None) -> TeamMember | None:
    return TeamMember.objects.filter(team=team, person=person).first() if person else None


def my_teams(person: Person | None, rows: Sequence[Team]) -> dict[uuid.UUID, TeamMember]:
    """What somebody is in these teams."""
    found = TeamMember.objects.filter(team__in=rows, person=person) if person else TeamMember.objects.none()
    return {row.team_id: row for row in found}


def register_version() -> int:
    """Grows with every change that visitors may see."""
    return Register.objects.filter(pk="projects").values_list("version", flat=True).first() or 1


def count_published() -> int:
    return Project.objects.filter(state=ProjectState.PUBLISHED).count()


def has_projects() -> bool:
    return Project.objects.exclude(state=ProjectState.DRAFT).exists()


def _counted(rows: QuerySet[Team]) -> QuerySet[Team]:
    counted = Count("members", filter=Q(members__state=TeamMemberState.MEMBER))
    return rows.select_related("unit", "leader").annotate(member_count=counted)
