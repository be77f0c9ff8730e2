"""Preparing a round: everything can be changed until it is opened."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner
from jiceng.members import audiences

from ..errors import scoring as refusals
from ..manifest.words import MANAGE
from ..models import TITLE_LENGTH, Criterion, Group, Normalisation, Round
from ..selectors.rounds import criteria_of
from . import scoping
from .cleaning import points
from .recording import record_deed

CRITERIA_AT_MOST = 20
GRADES = {"excellent_from": 90, "good_from": 75, "basic_from": 60}


class CriterionFields(TypedDict, total=False):
    name: str
    weight: int
    max_score: int
    description: str


class RoundFields(TypedDict, total=False):
    """``weights``: percent by group. ``audience``: as ``members.audiences.parse`` reads it. Grades: least totals."""

    title: str
    description: str
    period_from: date
    period_to: date
    unit_id: uuid.UUID | None
    audience: Mapping[str, Any]
    opens_at: datetime
    closes_at: datetime
    weights: Mapping[str, int]
    peer_count: int
    normalisation: str
    is_blind: bool
    excellent_from: Any
    good_from: Any
    basic_from: Any
    criteria: Sequence[CriterionFields]


@transaction.atomic
def create_round(*, fields: RoundFields, actor: Actor, at: datetime) -> Round:
    """A draft. Raises ``RoundInvalid`` with pointers to every fault, ``Forbidden``, the errors of audiences."""
    unit = scoping.unit_for(fields.get("unit_id"), actor=actor, permission=MANAGE, error=refusals.RoundInvalid)
    values, criteria = _checked(dict(fields))
    definition = audiences.parse(fields.get("audience") or {})
    audiences.require_within(definition, actor=actor, permission=MANAGE)
    round = Round.objects.create(
        **values, unit=unit, audience=audiences.keep(definition, at=at), created_at=at, updated_at=at,
        created_by_name=actor.display_name,
    )  # fmt: skip
    _write_criteria(round, criteria)
    record_deed("appraisal.round.created", round, round.title, actor)
    return round


@transaction.atomic
def update_round(
    *, round_id: uuid.UUID, fields: RoundFields, actor: Actor, at: datetime, version: int | None = None
) -> Round:
    """Change a draft; what is not given stays. ``version``: the one the editor saw.

    Raises ``RoundMissing``, ``Forbidden``, ``RoundFrozen`` once it has been opened, ``StaleRound``, ``RoundInvalid``. Locks the round.
    """
    round = locked(round_id, actor=actor)
    if not round.is_draft:
        raise refusals.RoundFrozen
    if version is not None and round.version != version:
        raise refusals.StaleRound
    if "unit_id" in fields:
        round.unit = scoping.unit_for(fields["unit_id"], actor=actor, permission=MANAGE, error=refusals.RoundInvalid)
    values, criteria = _checked({**_as_fields(round), **fields})
    if "audience" in fields:
        definition = audiences.parse(fields["audience"])
        audiences.require_within(definition, actor=actor, permission=MANAGE)
        round.audience = audiences.keep(definition, at=at)
    for name, value in values.items():
        setattr(round, name, value)
    round.updated_at, round.version = at, round.version + 1
    round.save()
    if "criteria" in fields:
        Criterion.objects.filter(round=round).delete()
        _write_criteria(round, criteria)
    record_deed("appraisal.round.updated", round, round.title, actor, after={"fields": "、".join(sorted(fields))})
    return round


@transaction.atomic
def delete_round(*, round_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """Remove a draft. Raises ``RoundMissing``, ``Forbidden``, ``RoundFrozen``. Locks the round."""
    round = locked(round_id, actor=actor)
    if not round.is_draft:
        raise refusals.RoundFrozen
    record_deed("appraisal.round.deleted", round, round.title, actor)
    round.delete()


def locked(round_id: uuid.UUID | str, *, actor: Actor | None = None) -> Round:
    """The round, locked until the transaction ends. ``actor``: who has to be allowed to manage it.

    Raises ``RoundMissing``, ``Forbidden``.
    """
    rows = Round.objects.select_for_update(of=("self",)).select_related("unit", "audience")
    round = rows.filter(pk=round_id).first()
    if round is None:
        raise refusals.RoundMissing
    if actor is not None:
        scoping.require_over(round, actor=actor, permission=MANAGE)
    return round


def _as_fields(round: Round) -> dict[str, Any]:
    names = (
        "title", "description", "period_from", "period_to", "opens_at", "closes_at", "peer_count", "normalisation",
        "is_blind", *GRADES,
    )  # fmt: skip
    criteria = [
        {"name": row.name, "weight": row.weight, "max_score": row.max_score, "description": row.description}
        for row in criteria_of(round)
    ]
    return {**{name: getattr(round, name) for name in names}, "weights": round.weights, "criteria": criteria}


def _checked(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Columns of the round, and its criteria. Raises ``RoundInvalid``."""
    cleaner = Cleaner()
    cleaner.text("title", fields.get("title"), TITLE_LENGTH, needed=True)
    cleaner.text("description", fields.get("description", ""), 2000)
    cleaner.whole("peer_count", fields.get("peer_count", 10), 1, 50, needed=True)
    _check_times(cleaner, fields)
    _check_weights(cleaner, fields)
    _check_grades(cleaner, fields)
    criteria = _check_criteria(cleaner, fields.get("criteria") or ())
    return cleaner.done(refusals.RoundInvalid), criteria


def _check_times(cleaner: Cleaner, fields: Mapping[str, Any]) -> None:
    for start, end, kind, sentence in (
        ("period_from", "period_to", date, _("结束日期不能早于开始日期。")),
        ("opens_at", "closes_at", datetime, _("截止时间须晚于开始时间。")),
    ):
        given = fields.get(start), fields.get(end)
        for name, value in zip((start, end), given, strict=True):
            if not isinstance(value, kind):
                cleaner.refuse(name, "required", _("此项不能为空。"))
            elif not 2000 <= value.year <= 2200:  # type: ignore[attr-defined]
                cleaner.refuse(name, "out_of_range", _("年份应在 2000 到 2200 之间。"))
            else:
                cleaner.values[name] = value
        if all(isinstance(value, kind) for value in given):
            before, after = given
            if after < before or (kind is datetime and after == before):  # type: ignore[operator]
                cleaner.refuse(end, "order", sentence)


def _check_weights(cleaner: Cleaner, fields: Mapping[str, Any]) -> None:
    given = fields.get("weights") or {}
    unknown = set(given) - set(Group.values)
    weights = {group: given.get(group, 0) for group in Group.values}
    is_whole = all(
        isinstance(each, int) and not isinstance(each, bool) and 0 <= each <= 100 for each in weights.values()
    )
    if unknown or not is_whole or sum(weights.values()) != 100:
        cleaner.refuse("weights", "not_hundred", _("各组权重应为 0 到 100 的整数，合计 100。"))
    elif weights[Group.SELF] == 100:
        cleaner.refuse("weights", "only_self", _("不能只有自评，请再选一组。"))
    else:
        cleaner.values |= {f"{group}_weight": weight for group, weight in weights.items()}
    normalisation = fields.get("normalisation", Normalisation.NONE)
    is_blind = bool(fields.get("is_blind", True))
    if normalisation not in Normalisation.values:
        cleaner.refuse("normalisation", "unknown", _("没有这种算法。"))
    elif is_blind and normalisation == Normalisation.Z_SCORE:
        sentence = _(
            "按评分人标准化要知道每份表是谁填的，不能用于匿名评分。请改用“去掉最高分和最低分”，或改为实名评分。"
        )
        cleaner.refuse("normalisation", "needs_names", sentence)
    cleaner.values |= {"normalisation": normalisation, "is_blind": is_blind}


def _check_grades(cleaner: Cleaner, fields: Mapping[str, Any]) -> None:
    read = {name: points(fields.get(name, usual), 100) for name, usual in GRADES.items()}
    for name, value in read.items():
        if value is None:
            cleaner.refuse(name, "out_of_range", _("应为 0 到 100 的数，最多两位小数。"))
    found = [value for value in read.values() if value is not None]
    if len(found) == len(GRADES) and not found[0] > found[1] > found[2] > Decimal(0):
        cleaner.refuse("excellent_from", "order", _("优秀、合格、基本合格的分数线应从高到低，且大于 0。"))
    cleaner.values |= read


def _check_criteria(cleaner: Cleaner, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if not 1 <= len(given) <= CRITERIA_AT_MOST:
        cleaner.refuse("criteria", "count", _("请填写 1 到 %(most)d 项指标。") % {"most": CRITERIA_AT_MOST})
        return []
    criteria, weights, names = [], 0, set()
    for number, entry in enumerate(given):
        one = (
            Cleaner()
            .text("name", entry.get("name"), 60, needed=True)
            .text("description", entry.get("description", ""), 300)
        )
        one.whole("weight", entry.get("weight"), 1, 100, needed=True)
        one.whole("max_score", entry.get("max_score", 10), 1, 100, needed=True)
        for fault in one.faults:
            cleaner.refuse(f"criteria/{number}{fault.pointer}", fault.code, fault.message)
        if one.values.get("name") in names:
            cleaner.refuse(f"criteria/{number}/name", "twice", _("指标名称不能重复。"))
        names.add(one.values.get("name"))
        weights += one.values.get("weight", 0)
        criteria.append({**one.values, "order": number})
    if not cleaner.faults and weights != 100:
        cleaner.refuse("criteria", "not_hundred", _("各指标权重合计应为 100，现在是 %(sum)d。") % {"sum": weights})
    return criteria


def _write_criteria(round: Round, criteria: list[dict[str, Any]]) -> None:
    Criterion.objects.bulk_create(Criterion(round=round, **values) for values in criteria)
