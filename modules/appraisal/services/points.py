"""Survey points: making and changing them, switching them off, renewing their code."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner
from jiceng.members.models import PersonState
from jiceng.members.scope import people_in_reach

from ..errors import survey as refusals
from ..manifest.words import POINTS
from ..models import PointKind, SurveyAnswer, SurveyPoint
from . import scoping
from .recording import record_deed

CODE_BYTES = 15


class PointFields(TypedDict, total=False):
    kind: str
    name: str
    place: str
    unit_id: uuid.UUID | None
    person_id: uuid.UUID | None


@transaction.atomic
def create_point(*, fields: PointFields, actor: Actor, at: datetime) -> SurveyPoint:
    """Raises ``PointInvalid`` with pointers to every fault, ``Forbidden``."""
    unit = scoping.unit_for(fields.get("unit_id"), actor=actor, permission=POINTS, error=refusals.PointInvalid)
    point = SurveyPoint.objects.create(
        **_checked(fields, actor), unit=unit, code=secrets.token_urlsafe(CODE_BYTES), created_at=at, updated_at=at
    )
    record_deed("appraisal.point.created", point, point.name, actor)
    return point


@transaction.atomic
def update_point(
    *, point_id: uuid.UUID, fields: PointFields, actor: Actor, at: datetime, version: int | None = None
) -> SurveyPoint:
    """What is not given stays. Raises ``PointMissing``, ``Forbidden``, ``StalePoint``, ``PointInvalid``. Locks the point."""
    point = locked(point_id, actor=actor)
    if version is not None and point.version != version:
        raise refusals.StalePoint
    if "unit_id" in fields:
        point.unit = scoping.unit_for(fields["unit_id"], actor=actor, permission=POINTS, error=refusals.PointInvalid)
    standing = {"kind": point.kind, "name": point.name, "place": point.place, "person_id": point.person_id}
    before = dict(standing)
    for name, value in _checked({**standing, **fields}, actor, known=point.person_id).items():
        setattr(point, name, value)
    _save(point, at)
    after = {name: getattr(point, name) for name in before}
    record_deed(
        "appraisal.point.updated", point, point.name, actor,
        before={name: str(value or "") for name, value in before.items() if value != after[name]},
        after={name: str(value or "") for name, value in after.items() if value != before[name]},
    )  # fmt: skip
    return point


@transaction.atomic
def switch_point(*, point_id: uuid.UUID, is_active: bool, actor: Actor, at: datetime) -> SurveyPoint:
    """Whether answers are taken; the posters of a point that is off say so. Idempotent. Raises ``PointMissing``, ``Forbidden``."""
    point = locked(point_id, actor=actor)
    if point.is_active != is_active:
        point.is_active = is_active
        _save(point, at)
        record_deed("appraisal.point.switched", point, point.name, actor, after={"is_active": is_active})
    return point


@transaction.atomic
def renew_code(*, point_id: uuid.UUID, actor: Actor, at: datetime) -> SurveyPoint:
    """Another code: posters printed before lead nowhere. Raises ``PointMissing``, ``Forbidden``. Locks the point."""
    point = locked(point_id, actor=actor)
    point.code = secrets.token_urlsafe(CODE_BYTES)
    _save(point, at)
    record_deed("appraisal.point.renewed", point, point.name, actor)
    return point


@transaction.atomic
def delete_point(*, point_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """Remove a point that nobody has answered at. Raises ``PointMissing``, ``Forbidden``, ``PointInUse``. Locks the point."""
    point = locked(point_id, actor=actor)
    if SurveyAnswer.objects.filter(point=point).exists():
        raise refusals.PointInUse
    record_deed("appraisal.point.deleted", point, point.name, actor)
    point.delete()


def locked(point_id: uuid.UUID, *, actor: Actor) -> SurveyPoint:
    """Raises ``PointMissing``, ``Forbidden``."""
    point = SurveyPoint.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=point_id).first()
    if point is None:
        raise refusals.PointMissing
    scoping.require_over(point, actor=actor, permission=POINTS)
    return point


def _save(point: SurveyPoint, at: datetime) -> None:
    point.updated_at, point.version = at, point.version + 1
    point.save()


def _checked(fields: Mapping[str, Any], actor: Actor, *, known: object = None) -> dict[str, Any]:
    """``known``: who stands there already and may stay, whoever edits the rest."""
    cleaner = Cleaner().text("name", fields.get("name"), 60, needed=True).text("place", fields.get("place", ""), 100)
    kind, person_id = fields.get("kind", PointKind.WINDOW), fields.get("person_id")
    if kind not in PointKind.values:
        cleaner.refuse("kind", "unknown", _("没有这种考察点。"))
    if person_id is not None and kind != PointKind.PERSON:
        cleaner.refuse("person_id", "not_a_person", _("只有“工作人员”类考察点可以指定人员。"))
    elif person_id not in (None, known):
        people = people_in_reach(actor, POINTS).filter(pk=person_id, state=PersonState.ACTIVE)
        if not people.exists():
            cleaner.refuse("person_id", "unknown", _("没有找到这个人，或已不在册、不在您的管理范围内。"))
    return {**cleaner.done(refusals.PointInvalid), "kind": kind, "person_id": person_id}
