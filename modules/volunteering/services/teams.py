"""Teams: made by organisers, joined by members."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner
from jiceng.notices import services as notices
from jiceng.workflow import services as workflow

from .. import errors
from ..manifest.words import ORGANISE
from ..models import TITLE_LENGTH, Team, TeamMember, TeamMemberState
from ..selectors import projects as reads
from ..selectors.people import require_volunteer
from . import scoping
from .recording import record_deed

TEXTS = {"contact": 100, "text": 500}


class TeamFields(TypedDict, total=False):
    name: str
    unit_id: uuid.UUID | None
    leader_id: uuid.UUID | None
    contact: str
    text: str
    needs_approval: bool
    is_active: bool


@transaction.atomic
def create_team(*, fields: TeamFields, actor: Actor, at: datetime) -> Team:
    """Raises ``TeamInvalid`` with a fault by field, ``Forbidden``."""
    cleaner = Cleaner()
    scoping.clean_unit(cleaner, fields.get("unit_id"), actor=actor, permission=ORGANISE)
    values = _cleaned(cleaner, {"name": "", **fields})
    team = Team.objects.create(**values, created_at=at, updated_at=at)
    record_deed("team.created", team, team.name, actor)
    return team


@transaction.atomic
def update_team(
    *, team_id: uuid.UUID, fields: TeamFields, actor: Actor, at: datetime, version: int | None = None
) -> Team:  # fmt: skip
    """``version``: what the editor saw. Raises ``TeamMissing``, ``TeamStale``, ``TeamInvalid``."""
    reads.get_managed_team(team_id=team_id, actor=actor)
    team = Team.objects.select_for_update(of=("self",)).get(pk=team_id)
    if version is not None and version != team.version:
        raise errors.TeamStale
    for name, value in _cleaned(Cleaner(), fields).items():
        setattr(team, name, value)
    team.version, team.updated_at = team.version + 1, at
    team.save()
    record_deed("team.updated", team, team.name, actor)
    return team


@transaction.atomic
def join_team(*, team_id: uuid.UUID, actor: Actor, at: datetime) -> TeamMember:
    """Be a member, or ask where somebody has to agree. Doing it again changes nothing.

    Raises ``NotOnRoster``, ``TeamMissing``, ``TeamInactive``. Locks the team.
    """
    person = require_volunteer(actor)
    team = _locked(team_id)
    if not team.is_active:
        raise errors.TeamInactive
    row = TeamMember.objects.filter(team=team, person=person).first() or TeamMember(team=team, person=person)
    if row.state in (TeamMemberState.ASKED, TeamMemberState.MEMBER):
        return row
    row.state = TeamMemberState.ASKED if team.needs_approval else TeamMemberState.MEMBER
    row.asked_at, row.decided_at = at, None if team.needs_approval else at
    row.save()
    if team.needs_approval:
        workflow.put_todo(
            owner=owner_of(row), kind="volunteering.team", at=at, url=f"/console/volunteering/teams/{team.pk}/",
            title=_("审批入队申请：%(who)s 加入 %(team)s") % {"who": person.name, "team": team.name},
            permission=ORGANISE, unit_path=team.unit.path if team.unit else "",
        )  # fmt: skip
    record_deed("team.joined", team, team.name, actor, after={"state": row.state})
    return row


@transaction.atomic
def leave_team(*, team_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """No longer be in it, or take back the question. Raises ``NotOnRoster``, ``TeamMemberMissing``."""
    person = require_volunteer(actor)
    row = TeamMember.objects.select_for_update(of=("self",)).filter(team=team_id, person=person).first()
    if row is None or row.state not in (TeamMemberState.ASKED, TeamMemberState.MEMBER):
        raise errors.TeamMemberMissing
    row.state, row.decided_at = TeamMemberState.LEFT, at
    row.save()
    workflow.close_todos(owner=owner_of(row), actor=actor, at=at, is_done=False)
    team = reads.get_team(team_id=team_id)
    record_deed("team.left", team, team.name, actor)


@transaction.atomic
def decide_member(
    *, team_id: uuid.UUID, member_id: uuid.UUID, is_accepted: bool, actor: Actor, at: datetime
) -> TeamMember:
    """Let somebody in, or not; they are told. Raises ``TeamMissing``, ``TeamMemberMissing``, ``TeamMemberDecided``."""
    team = reads.get_managed_team(team_id=team_id, actor=actor)
    rows = TeamMember.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(pk=member_id, team=team_id).first()
    if row is None:
        raise errors.TeamMemberMissing
    if row.state != TeamMemberState.ASKED:
        raise errors.TeamMemberDecided
    row.state = TeamMemberState.MEMBER if is_accepted else TeamMemberState.DECLINED
    row.decided_at, row.decided_by_name = at, actor.display_name
    row.save()
    workflow.close_todos(owner=owner_of(row), actor=actor, at=at)
    title = _("您已加入 %(team)s") if is_accepted else _("没有同意您加入 %(team)s")
    notices.send(
        category="volunteering.shift", title=title % {"team": team.name}, url=f"/volunteering/teams/{team.pk}/",
        source=owner_of(row), users=[row.person.user_id] if row.person.user_id else [], at=at, actor=actor,
    )  # fmt: skip
    record_deed("team.decided", team, team.name, actor, after={"person": row.person.name, "state": row.state})
    return row


def owner_of(row: TeamMember) -> str:
    return f"volunteering.team_member:{row.pk}"


def _locked(team_id: uuid.UUID) -> Team:
    team = Team.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=team_id).first()
    if team is None:
        raise errors.TeamMissing
    return team


def _cleaned(cleaner: Cleaner, fields: Any) -> dict[str, Any]:
    if "name" in fields:
        cleaner.text("name", fields["name"], TITLE_LENGTH, needed=True)
    for name, longest in TEXTS.items():
        if name in fields:
            cleaner.text(name, fields[name] or "", longest)
    if "leader_id" in fields:
        scoping.clean_person(cleaner, "leader", fields["leader_id"])
    cleaner.values.update({name: bool(fields[name]) for name in ("needs_approval", "is_active") if name in fields})
    return cleaner.done(errors.TeamInvalid)
