"""Projects: drafted, published, closed or cancelled."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..manifest.words import ORGANISE
from ..models import TEXT_LENGTH, TITLE_LENGTH, Category, Project, ProjectState, Shift, Team
from ..selectors import projects as reads
from . import calling_off, reminding, scoping
from .recording import mark_changed, record_deed

TEXTS = {"text": TEXT_LENGTH, "place": 100, "skills": 100, "age_note": 100, "insurance_note": 200}
REASON_LENGTH = 200


class ProjectFields(TypedDict, total=False):
    title: str
    text: str
    place: str
    category: str
    unit_id: uuid.UUID | None
    team_id: uuid.UUID | None
    organiser_id: uuid.UUID | None
    is_public: bool
    skills: str
    age_note: str
    insurance_note: str


@transaction.atomic
def create_project(*, fields: ProjectFields, actor: Actor, at: datetime) -> Project:
    """A draft. Raises ``ProjectInvalid`` with a fault by field, ``Forbidden``."""
    cleaner = Cleaner()
    scoping.clean_unit(cleaner, fields.get("unit_id"), actor=actor, permission=ORGANISE)
    values = _cleaned(cleaner, {"title": "", **fields})
    project = Project.objects.create(**values, author_name=actor.display_name, created_at=at, updated_at=at)
    record_deed("project.created", project, project.title, actor)
    return project


@transaction.atomic
def update_project(
    *, project_id: uuid.UUID, fields: ProjectFields, actor: Actor, at: datetime, version: int | None = None
) -> Project:  # fmt: skip
    """``version``: what the editor saw. Raises ``ProjectMissing``, ``ProjectStale``, ``ProjectEnded``, ``ProjectInvalid``."""
    project = _locked(project_id, actor)
    if version is not None and version != project.version:
        raise errors.ProjectStale
    if project.state in reads.ENDED:
        raise errors.ProjectEnded
    for name, value in _cleaned(Cleaner(), fields).items():
        setattr(project, name, value)
    _save(project, at)
    record_deed("project.updated", project, project.title, actor)
    return project


@transaction.atomic
def publish_project(*, project_id: uuid.UUID, actor: Actor, at: datetime) -> Project:
    """Members (and the public) see it and sign up. Emits ``volunteering.project.published``.

    Raises ``ProjectMissing``, ``ProjectNotDraft``, ``ProjectEmpty``.
    """
    project = _locked(project_id, actor)
    if not project.is_draft:
        raise errors.ProjectNotDraft
    shifts = list(Shift.objects.filter(project=project, starts_at__gt=at, cancelled_at=None))
    if not shifts:
        raise errors.ProjectEmpty
    project.state, project.published_at = ProjectState.PUBLISHED, at
    _save(project, at)
    for shift in shifts:
        reminding.plan(shift, at=at)
    payload = {"project_id": str(project.pk), "title": project.title}
    emit("volunteering.project.published", payload=payload, actor_id=actor.id)
    record_deed("project.published", project, project.title, actor)
    return project


@transaction.atomic
def delete_project(*, project_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """A draft and its shifts are gone; nobody has seen them. Raises ``ProjectMissing``, ``ProjectNotDraft``."""
    project = _locked(project_id, actor)
    if not project.is_draft:
        raise errors.ProjectNotDraft
    record_deed("project.deleted", project, project.title, actor)
    project.delete()


@transaction.atomic
def close_project(*, project_id: uuid.UUID, actor: Actor, at: datetime) -> Project:
    """Nobody signs up any more; what was signed up for takes place. Raises ``ProjectNotPublished``, ``ProjectMissing``."""
    project = _locked(project_id, actor)
    if not project.is_published:
        raise errors.ProjectNotPublished
    project.state, project.ended_at = ProjectState.CLOSED, at
    _save(project, at)
    record_deed("project.closed", project, project.title, actor)
    return project


@transaction.atomic
def cancel_project(*, project_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> Project:
    """It does not take place: shifts that have not ended are cancelled, and everybody signed up hears of it once.

    Raises ``ProjectInvalid`` on ``/reason``, ``ProjectNotPublished``, ``ProjectMissing``. Locks its shifts.
    """
    project = _locked(project_id, actor)
    words = Cleaner().text("reason", reason, REASON_LENGTH, needed=True).done(errors.ProjectInvalid)["reason"]
    if not project.is_published:
        raise errors.ProjectNotPublished
    project.state, project.ended_at, project.cancel_reason = ProjectState.CANCELLED, at, words
    _save(project, at)
    calling_off.cancel_shifts(project, reason=words, actor=actor, at=at)
    record_deed("project.cancelled", project, project.title, actor, note=words)
    return project


def _locked(project_id: uuid.UUID, actor: Actor) -> Project:
    reads.get_managed(project_id=project_id, actor=actor)
    return Project.objects.select_for_update(of=("self",)).get(pk=project_id)


def _save(project: Project, at: datetime) -> None:
    project.version, project.updated_at = project.version + 1, at
    project.save()
    mark_changed()


def _cleaned(cleaner: Cleaner, fields: Any) -> dict[str, Any]:
    if "title" in fields:
        cleaner.text("title", fields["title"], TITLE_LENGTH, needed=True)
    for name, longest in TEXTS.items():
        if name in fields:
            cleaner.text(name, fields[name] or "", longest)
    if "skills" in cleaner.values:
        cleaner.values["skills"] = " ".join(cleaner.values["skills"].replace("、", " ").replace("，", " ").split())
    if "category" in fields:
        cleaner.values["category"] = fields["category"]
        if fields["category"] not in Category.values:
            cleaner.refuse("category", "unknown_category", _("没有这个类别。"))
    if "is_public" in fields:
        cleaner.values["is_public"] = bool(fields["is_public"])
    if "organiser_id" in fields:
        scoping.clean_person(cleaner, "organiser", fields["organiser_id"])
    if "team_id" in fields:
        team = Team.objects.filter(pk=fields["team_id"], is_active=True).first() if fields["team_id"] else None
        if fields["team_id"] and team is None:
            cleaner.refuse("team_id", "unknown_team", _("没有这支队伍，或它已停止活动。"))
        cleaner.values["team"] = team
    return cleaner.done(errors.ProjectInvalid)
