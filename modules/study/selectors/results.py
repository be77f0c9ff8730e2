"""Scores of an exam, what is to be marked, and how its questions did."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Avg, Count, F, FloatField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel import clock

from ..manifest.words import MARK
from ..models import (
    CHOICE_KINDS,
    Attempt,
    AttemptItem,
    AttemptState,
    Candidate,
    Exam,
    QuestionVersion,
    VoidedQuestion,
)
from . import exams

GROUP = Decimal("0.27")  # Kelley's upper and lower share


@dataclass(frozen=True, slots=True)
class Figures:
    """People: ``asked`` (``None``: everybody may), who began, handed in, has a score, passed. ``mean``: percent."""

    asked: int | None
    begun: int
    scored: int
    passed: int
    waiting: int
    mean: int | None


@dataclass(slots=True)
class Line:
    """How one question did. ``facility``: share of its points given, 0–1. ``discrimination``: −1–1, ``None`` below ten scores.

    ``options``: letter, text, share that chose it, whether it is right.
    """

    version: QuestionVersion
    asked: int
    facility: float
    discrimination: float | None = None
    is_voided: bool = False
    options: list[tuple[str, str, int, bool]] = field(default_factory=list)

    @property
    def percent(self) -> int:
        return round(100 * self.facility)

    @property
    def remark(self) -> str:
        """What somebody should look at, in words."""
        if self.is_voided:
            return _("已作废")
        if self.discrimination is not None and self.discrimination < 0:
            return _("高分者反而多答错，请检查答案")
        if self.facility < 0.3:
            return _("偏难")
        return _("偏易") if self.facility > 0.95 else ""


def figures(exam: Exam) -> Figures:
    """Two queries."""
    people = Candidate.objects.filter(exam=exam).aggregate(
        asked=Count("pk", filter=Q(is_asked=True)), begun=Count("pk", filter=Q(attempt_count__gt=0)),
        scored=Count("pk", filter=Q(best_score__isnull=False)), passed=Count("passed_at"), mean=Avg("best_percent"),
    )  # fmt: skip
    waiting = Attempt.objects.filter(exam=exam, state=AttemptState.MARKING).count()
    mean = round(people["mean"]) if people["mean"] is not None else None
    asked = people["asked"] if exam.audience_id else None
    return Figures(asked, people["begun"], people["scored"], people["passed"], waiting, mean)


def candidates(exam: Exam, *, show: str = "", words: str = "") -> QuerySet[Candidate]:
    """By unit and name. ``show``: ``passed``, ``failed``, ``marking``, ``absent`` or everybody."""
    marking = Attempt.objects.filter(exam=exam, state=AttemptState.MARKING).values("candidate")
    narrowing = {
        "passed": Q(passed_at__isnull=False), "failed": Q(passed_at=None, best_score__isnull=False),
        "marking": Q(pk__in=marking), "absent": Q(attempt_count=0),
    }  # fmt: skip
    found = Candidate.objects.filter(narrowing.get(show, Q()), exam=exam).select_related("person", "unit")
    if words:
        found = found.filter(person__name__icontains=words)
    return found.order_by("unit__path", "person__name", "pk")


def table_of(exam: Exam) -> list[tuple[str, ...]]:
    """Name, unit, attempts, best score, percent, result, passed at: as text."""
    zone = clock.local_zone()
    return [
        (
            row.person.name, row.unit.name if row.unit else "", str(row.attempt_count), f"{row.best_score:f}" if row.best_score is not None else "",
            str(row.best_percent) if row.best_percent is not None else "", result_words(row),
            f"{row.passed_at.astimezone(zone):%Y-%m-%d %H:%M}" if row.passed_at else "",
        )
        for row in candidates(exam)
    ]  # fmt: skip


def result_words(candidate: Candidate) -> str:
    if candidate.passed_at:
        return _("合格")
    if candidate.best_score is not None:
        return _("不合格")
    return _("未出成绩") if candidate.attempt_count else _("未参加")


def to_mark(exam: Exam, actor: Actor) -> QuerySet[AttemptItem]:
    """Answers that wait for this marker: neither their own nor marked by them before."""
    found = AttemptItem.objects.filter(needs_marking=True, attempt__exam=exam, attempt__state=AttemptState.MARKING)
    user = actor.user
    if user is not None:
        found = found.exclude(attempt__person__user=user).exclude(marks__marker=user)
    rows = found.select_related("version", "version__question", "attempt", "attempt__person")
    return rows.order_by("version__question", "attempt__submitted_at", "pk")


def results(actor: Actor) -> QuerySet[Attempt]:
    """Attempts handed in, of exams within reach."""
    within = exams.managed(actor, MARK).values("pk")
    done = (AttemptState.MARKING, AttemptState.FINAL)
    return Attempt.objects.filter(exam__in=within, state__in=done).select_related("exam", "person")


def analysis(exam: Exam) -> list[Line]:
    """By question, of everybody's first score. A handful of queries, whatever the number of people."""
    scored = Attempt.objects.filter(exam=exam, state=AttemptState.FINAL, number=1)
    items = AttemptItem.objects.filter(attempt__in=scored.values("pk"))
    rows = items.order_by().values("version").annotate(asked=Count("*"), facility=_share())
    versions = QuestionVersion.objects.select_related("question").in_bulk([row["version"] for row in rows])
    voided = set(VoidedQuestion.objects.filter(exam=exam).values_list("question_id", flat=True))
    spread, chosen = _discrimination(scored, items), _choices(items)
    lines = [
        Line(
            version=versions[row["version"]], asked=row["asked"], facility=row["facility"] or 0.0,
            discrimination=spread.get(row["version"]), is_voided=versions[row["version"]].question_id in voided,
            options=_options(versions[row["version"]], chosen.get(row["version"], Counter()), row["asked"]),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.facility, line.version.pk))


def _share() -> Avg:
    return Avg(Cast(F("awarded"), FloatField()) / Cast(F("points"), FloatField()))


def _discrimination(scored: QuerySet[Attempt], items: QuerySet[AttemptItem]) -> dict[uuid.UUID, float]:
    """Facility among the best 27 % minus that among the weakest."""
    count = scored.count()
    size = int(count * GROUP)
    if count < 10:
        return {}
    shares = []
    for order in (("-score", "pk"), ("score", "pk")):
        group = list(scored.order_by(*order).values_list("pk", flat=True)[:size])
        rows = items.filter(attempt__in=group).order_by().values("version").annotate(facility=_share())
        shares.append({row["version"]: row["facility"] or 0.0 for row in rows})
    best, weakest = shares
    return {pk: best[pk] - weakest[pk] for pk in best.keys() & weakest.keys()}


def _choices(items: QuerySet[AttemptItem]) -> dict[uuid.UUID, Counter[int]]:
    """How often each option was chosen; answers are grouped by the database."""
    found: dict[uuid.UUID, Counter[int]] = {}
    rows = items.filter(version__question__kind__in=CHOICE_KINDS, answer__isnull=False)
    for row in rows.order_by().values("version", "answer").annotate(times=Count("*")):
        counter = found.setdefault(row["version"], Counter())
        for place in row["answer"] or ():
            counter[place] += row["times"]
    return found


def _options(version: QuestionVersion, chosen: Counter[int], asked: int) -> list[tuple[str, str, int, bool]]:
    if version.question.kind not in CHOICE_KINDS:
        return []
    return [
        (chr(65 + place), text, round(100 * chosen[place] / asked), place in version.answer)
        for place, text in enumerate(version.options)
    ]
