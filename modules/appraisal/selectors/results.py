"""Results: one's own, and the table for managers. Everything comes from what was computed when the round was closed."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from jiceng.access.actor import Actor

from ..errors.scoring import AppealMissing, ResultMissing
from ..manifest.words import MANAGE
from ..models import AppraisalAppeal, Grade, Group, Normalisation, Round, RoundState, Sheet, Subject
from .reach import within

# Counts of fewer results would tell too much about each.
DISTRIBUTION_FROM = 5
BANDS = ((90, 101, "90 分及以上"), (80, 90, "80–89"), (70, 80, "70–79"), (60, 70, "60–69"), (0, 60, "60 分以下"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation. ``label``: “互评”, or “支部评、上级评（合并）”."""

    label: str
    count: int
    weight: str
    score: str


@dataclass(frozen=True, slots=True)
class Explanation:
    lines: tuple[Line, ...]
    criteria: tuple[Mapping[str, Any], ...]
    missing: tuple[str, ...]
    is_merged: bool
    reviewer_count: int
    normalisation: str


@dataclass(frozen=True, slots=True)
class Quota:
    """``most``: a third of those graded, rounded down (《党支部工作条例》 and the rules on 民主评议). Only a warning."""

    excellent: int
    graded: int

    @property
    def most(self) -> int:
        return math.floor(self.graded / 3)

    @property
    def is_exceeded(self) -> bool:
        return self.excellent > self.most


def own(*, actor: Actor) -> QuerySet[Subject]:
    """The published results of ``actor``'s person, the latest first."""
    if actor.user is None:
        return Subject.objects.none()
    found = Subject.objects.filter(person__user=actor.user.pk, round__state=RoundState.PUBLISHED)
    return found.select_related("round").order_by("-id")


def get_own(*, subject_id: uuid.UUID, actor: Actor) -> Subject:
    """Raises ``ResultMissing``, also for those of others and those not published."""
    found = own(actor=actor).filter(pk=subject_id).first()
    if found is None:
        raise ResultMissing
    return found


def managed(*, actor: Actor) -> QuerySet[Subject]:
    """Results of the rounds that ``actor`` manages, once there are any."""
    rows = Subject.objects.filter(round__state__in=(RoundState.CLOSED, RoundState.PUBLISHED)).select_related(
        "round__unit"
    )
    return within(rows, actor=actor, permission=MANAGE, path="round__unit__path")


def get_managed(*, subject_id: uuid.UUID, actor: Actor) -> Subject:
    """Raises ``ResultMissing``."""
    found = managed(actor=actor).filter(pk=subject_id).first()
    if found is None:
        raise ResultMissing
    return found


def table(round: Round) -> QuerySet[Subject]:
    """Everybody in the round with ``is_appealing``; by name, never by rank."""
    waiting = AppraisalAppeal.objects.filter(subject=OuterRef("pk"), state=AppraisalAppeal.State.OPEN)
    return (
        Subject.objects.filter(round=round).annotate(is_appealing=Exists(waiting)).order_by("unit_name", "name", "pk")
    )


def appeals_of(subject: Subject) -> QuerySet[AppraisalAppeal]:
    return AppraisalAppeal.objects.filter(subject=subject)


def subject_of_appeal(appeal_id: uuid.UUID, *, actor: Actor) -> uuid.UUID:
    """Raises ``AppealMissing``, ``ResultMissing``."""
    subject_id = AppraisalAppeal.objects.filter(pk=appeal_id).values_list("subject", flat=True).first()
    if subject_id is None:
        raise AppealMissing
    return get_managed(subject_id=subject_id, actor=actor).pk


def may_appeal(subject: Subject, *, at: datetime) -> bool:
    until = subject.round.appeal_until
    return (
        until is not None and at < until and not appeals_of(subject).filter(state=AppraisalAppeal.State.OPEN).exists()
    )


def explain(subject: Subject) -> Explanation:
    facts = subject.explanation or {}
    lines = tuple(
        Line(_names(line["groups"]), line["count"], line["weight"], line["score"]) for line in facts.get("lines", ())
    )
    return Explanation(
        lines, tuple(facts.get("criteria", ())), tuple(str(Group(group).label) for group in facts.get("missing", ())),
        is_merged=any(len(line["groups"]) > 1 for line in facts.get("lines", ())),
        reviewer_count=facts.get("reviewer_count", 0), normalisation=str(Normalisation(subject.round.normalisation).label),
    )  # fmt: skip


def _names(groups: Iterable[str]) -> str:
    return "、".join(str(Group(group).label) for group in groups)


def comments_of(subject: Subject) -> list[str]:
    """What others wrote, without names and times, in an order that says nothing.

    Ids of sheets are random. In a blind round nothing is shown of fewer sheets than a group needs to be shown.
    """
    others = Sheet.objects.filter(subject=subject, is_handed_in=True).exclude(group=Group.SELF)
    if subject.round.is_blind and others.count() < subject.round.group_minimum:
        return []
    return list(others.exclude(comment="").order_by("pk").values_list("comment", flat=True))


def distribution(round: Round | Any) -> list[tuple[str, int]]:
    """How many results lie in each band; nothing where there are too few."""
    counts = {
        label: Count("pk", filter=Q(total__gte=low, total__lt=high)) for low, high, label in BANDS
    }  # fmt: skip
    named = {f"band{number}": count for number, count in enumerate(counts.values())}
    found = Subject.objects.filter(round=round, total__isnull=False).aggregate(**named, all=Count("pk"))
    if found["all"] < DISTRIBUTION_FROM:
        return []
    return [(label, found[f"band{number}"]) for number, label in enumerate(counts)]


def grades(round: Round) -> list[tuple[str, int]]:
    counts = dict(
        Subject.objects.filter(round=round).exclude(grade="").order_by().values_list("grade").annotate(Count("pk"))
    )
    return [(str(grade.label), counts.get(grade.value, 0)) for grade in Grade]


def quota(round: Round) -> Quota:
    found = Subject.objects.filter(round=round).exclude(grade="")
    counts = found.aggregate(excellent=Count("pk", filter=Q(grade=Grade.EXCELLENT)), graded=Count("pk"))
    return Quota(counts["excellent"], counts["graded"])


def named_sheets(subject: Subject) -> list[dict[str, Any]]:
    """Who gave what, in a named round; always empty in a blind one. Two queries."""
    if subject.round.is_blind:
        return []
    sheets = Sheet.objects.filter(subject=subject, is_handed_in=True, assignment__isnull=False)
    rows = sheets.select_related("assignment").prefetch_related("scores__criterion").order_by("group", "pk")
    return [
        {
            "name": sheet.assignment.reviewer_name, "group": sheet.get_group_display(), "comment": sheet.comment,
            "scores": sorted((row.criterion.order, row.criterion.name, row.value) for row in sheet.scores.all()),
        }
        for sheet in rows if sheet.assignment
    ]  # fmt: skip
