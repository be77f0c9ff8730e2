"""Writing a reflection, handing it in, reviewing it, sharing it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.models import Person
from jiceng.notices import services as notices
from jiceng.workflow import services as workflow

from .. import errors
from ..manifest.words import REVIEW
from ..models import TITLE_LENGTH, Reflection, ReflectionState
from ..selectors import likeness
from ..selectors import reflections as reads
from ..selectors.learners import require_learner
from .scoping import require_over

TEXT_LENGTH = 20_000
COMMENT_LENGTH = 1000
CHANGEABLE = (ReflectionState.DRAFT, ReflectionState.RETURNED)
_BLANK = re.compile(r"\s+")


class ReflectionFields(TypedDict, total=False):
    """``course_id``: of one that the author may take."""

    title: str
    text: str
    course_id: uuid.UUID | None


@transaction.atomic
def write_reflection(
    *,
    reflection_id: uuid.UUID | None,
    fields: ReflectionFields,
    version: int,
    is_final: bool,
    actor: Actor,
    at: datetime,
) -> Reflection:
    """Keep a draft (a new one without ``reflection_id``), or hand it in with ``is_final``.

    Handed in, it is compared with everything handed in before; too much in common is a flag, never a refusal. The author's
    unit's reviewers get a to-do. Raises ``NotOnRoster``, ``ReflectionMissing``, ``ReflectionLocked``, ``ReflectionStale``,
    ``ReflectionInvalid``.
    """
    person = require_learner(actor)
    found = _own(reflection_id, person) if reflection_id else Reflection(person=person, created_at=at, version=0)
    if found.state not in CHANGEABLE:
        raise errors.ReflectionLocked
    if version != found.version:
        raise errors.ReflectionStale
    for name, value in _cleaned(fields, person, is_final).items():
        setattr(found, name, value)
    found.version, found.updated_at = found.version + 1, at
    if is_final:
        _hand_in(found, person, at)
    found.save()
    if is_final:
        workflow.put_todo(
            owner=owner_of(found), kind="study.reflection", url=f"/console/study/reflections/{found.pk}/", at=at,
            title=_("点评%(name)s的心得：%(title)s") % {"name": person.name, "title": found.title[:60]},
            permission=REVIEW, unit_path=found.unit.path if found.unit else "",
        )  # fmt: skip
    return found


@transaction.atomic
def delete_draft(*, reflection_id: uuid.UUID, actor: Actor) -> None:
    """Raises ``NotOnRoster``, ``ReflectionMissing``, ``ReflectionLocked`` once it was handed in."""
    found = _own(reflection_id, require_learner(actor))
    if found.state != ReflectionState.DRAFT:
        raise errors.ReflectionLocked
    found.delete()


@transaction.atomic
def accept_reflection(*, reflection_id: uuid.UUID, comment: str, actor: Actor, at: datetime) -> Reflection:
    """Emits ``study.reflection.accepted``. Raises ``ReflectionMissing``, ``Forbidden``, ``OwnReflection``,
    ``ReflectionNotSubmitted``, ``ReflectionInvalid`` on ``/comment``.
    """
    found = _review(reflection_id, comment, ReflectionState.ACCEPTED, actor, at)
    emit(
        "study.reflection.accepted", actor_id=actor.id,
        payload={
            "reflection_id": str(found.pk), "person_id": str(found.person_id), "user_id": str(found.person.user_id or ""),
        },
    )  # fmt: skip
    return found


@transaction.atomic
def return_reflection(*, reflection_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> Reflection:
    """Back to the author, who may change it and hand it in again. Raises as ``accept_reflection``."""
    return _review(reflection_id, reason, ReflectionState.RETURNED, actor, at)


@transaction.atomic
def share_reflection(*, reflection_id: uuid.UUID, is_shared: bool, actor: Actor, at: datetime) -> Reflection:
    """Show an accepted one to everybody, or take it back; only its author does.

    Raises ``NotOnRoster``, ``ReflectionMissing``, ``ReflectionNotAccepted``.
    """
    found = _own(reflection_id, require_learner(actor))
    if found.state != ReflectionState.ACCEPTED:
        raise errors.ReflectionNotAccepted
    found.shared_at = (found.shared_at or at) if is_shared else None
    found.save(update_fields=("shared_at",))
    return found


def owner_of(reflection: Reflection) -> str:
    return f"study.reflection:{reflection.pk}"


def _own(reflection_id: uuid.UUID, person: Person) -> Reflection:
    found = Reflection.objects.select_for_update(of=("self",)).filter(pk=reflection_id, person=person).first()
    if found is None:
        raise errors.ReflectionMissing
    return found


def _cleaned(fields: Mapping[str, Any], person: Person, is_final: bool) -> dict[str, Any]:
    cleaner = Cleaner().text("title", fields.get("title"), TITLE_LENGTH, needed=True)
    cleaner.text("text", fields.get("text"), TEXT_LENGTH, needed=True)
    least = read_settings("study").reflection_min_characters
    count = len(_BLANK.sub("", cleaner.values.get("text", "")))
    if is_final and "text" in cleaner.values and count < least:
        facts = {"least": least, "count": count}
        cleaner.refuse("text", "too_short", _("至少写 %(least)d 个字（不算空格），现在 %(count)d 个。") % facts)
    course_id = fields.get("course_id")
    cleaner.values["course"] = reads.courses_to_think_of(person).filter(pk=course_id).first() if course_id else None
    if course_id and cleaner.values["course"] is None:
        cleaner.refuse("course_id", "unknown_course", _("没有这门课程，或您不能学习它。"))
    return cleaner.done(errors.ReflectionInvalid)


def _hand_in(found: Reflection, person: Person, at: datetime) -> None:
    found.state, found.submitted_at, found.unit = ReflectionState.SUBMITTED, at, reads.unit_of(person)
    found.fingerprints = likeness.fingerprints_of(found.text)
    found.similar, found.similar_percent = reads.most_like(found.fingerprints, but=found.pk, before=at)
    found.is_flagged = found.similar_percent > read_settings("study").reflection_similar_percent


def _review(reflection_id: uuid.UUID, words: str, state: str, actor: Actor, at: datetime) -> Reflection:
    rows = Reflection.objects.select_for_update(of=("self",)).select_related("person", "unit")
    found = rows.filter(pk=reflection_id).exclude(state=ReflectionState.DRAFT).first()
    if found is None:
        raise errors.ReflectionMissing
    require_over(found.unit, actor=actor, permission=REVIEW)
    if actor.user is not None and actor.user.pk == found.person.user_id:
        raise errors.OwnReflection
    if found.state != ReflectionState.SUBMITTED:
        raise errors.ReflectionNotSubmitted
    name = "reason" if state == ReflectionState.RETURNED else "comment"
    cleaner = Cleaner().text(name, words or "", COMMENT_LENGTH, needed=state == ReflectionState.RETURNED)
    found.comment = cleaner.done(errors.ReflectionInvalid)[name]
    found.state, found.reviewed_at, found.reviewer_name = state, at, actor.display_name
    found.version += 1
    found.save(update_fields=("comment", "state", "reviewed_at", "reviewer_name", "version"))
    workflow.close_todos(owner=owner_of(found), actor=actor, at=at)
    record(
        action=f"study.reflection.{state}", actor=actor, target=str(found.pk), target_label=found.title,
        after={"comment": found.comment},
    )  # fmt: skip
    _tell(found, actor, at)
    return found


def _tell(found: Reflection, actor: Actor, at: datetime) -> None:
    if found.person.user_id is None:
        return
    sentence = (
        _("您的心得通过了：%(title)s") if found.state == ReflectionState.ACCEPTED else _("您的心得被退回：%(title)s")
    )
    notices.send(
        category="study.reflection", title=sentence % {"title": found.title[:80]}, at=at, actor=actor,
        url=f"/study/reflections/{found.pk}/", source=owner_of(found), key=f"{owner_of(found)}:{found.version}",
        users=User.objects.filter(pk=found.person.user_id).values("pk"),
    )  # fmt: skip
