"""Turning the sheets of a round into results, once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..models import Grade, Group, Round, Sheet, SheetScore, Subject
from ..selectors.rounds import criteria_of
from . import computing

BATCH = 1000


def conclude(round: Round) -> None:
    """Totals, grades and explanations of everybody. The caller holds the lock of the round."""
    found = compute(round)
    if round.is_blind:
        _shuffle(round, found)
    subjects = list(Subject.objects.filter(round=round))
    for subject in subjects:
        outcome = found.get(subject.pk, computing.Outcome(None))
        subject.total = outcome.total
        subject.grade = grade_of(round, subject)
        subject.explanation = outcome.as_json()
    Subject.objects.bulk_update(subjects, ("total", "grade", "explanation"), batch_size=BATCH)


def compute(round: Round) -> dict[Any, computing.Outcome]:
    """The results as they follow from the sheets now. Three queries. Closed blind rounds have lost too much to ask again."""
    measures = [computing.Measure(row.pk, row.name, row.weight, row.max_score) for row in criteria_of(round)]
    scores: dict[Any, dict[Any, Decimal]] = {}
    rows = SheetScore.objects.filter(sheet__subject__round=round, sheet__is_handed_in=True)
    for sheet_id, criterion_id, value in rows.values_list("sheet", "criterion", "value"):
        scores.setdefault(sheet_id, {})[criterion_id] = value
    sheets = Sheet.objects.filter(subject__round=round, is_handed_in=True)
    filled = [
        computing.Filled(subject, group, scores[pk], reviewer)
        for pk, subject, group, reviewer in sheets.values_list("pk", "subject", "group", "assignment__reviewer")
    ]
    rules = computing.Rules(round.weights, round.normalisation, round.is_blind, round.group_minimum)
    return computing.outcomes(filled, measures, rules)


def grade_of(round: Round, subject: Subject) -> str:
    """The grade of a total; ``""`` without one, and for people who get none."""
    if subject.total is None or not subject.is_graded:
        return ""
    for grade, least in (
        (Grade.EXCELLENT, round.excellent_from), (Grade.GOOD, round.good_from), (Grade.BASIC, round.basic_from),
    ):  # fmt: skip
        if subject.total >= least:
            return str(grade.value)
    return str(Grade.FAILED.value)


def _shuffle(round: Round, found: Mapping[Any, computing.Outcome]) -> None:
    """Write the sheets anew in a random order, with new random ids, and without what would still name a reviewer.

    Rows written in the same transaction as a reviewer's mark, or in the order of handing in, would tell those who can read
    the database's own bookkeeping whose they are. So would the group, where it is the only secretary's: it stays only
    where it is shown by itself. Of a person without a result, whom too few judged, nothing stays.
    """
    old = list(Sheet.objects.filter(subject__round=round).prefetch_related("scores"))
    sheets, scores = [], []
    for sheet in old:
        outcome = found.get(sheet.subject_id)
        if outcome is None or outcome.total is None:
            continue
        is_apart = (sheet.group,) in {line.groups for line in outcome.lines}
        new = Sheet(
            id=uuid.uuid4(), subject_id=sheet.subject_id, group=sheet.group if is_apart else "", is_blind=True,
            is_handed_in=True, comment="" if sheet.group == Group.SELF else sheet.comment,
        )  # fmt: skip
        sheets.append(new)
        scores += [SheetScore(sheet=new, criterion_id=row.criterion_id, value=row.value) for row in sheet.scores.all()]
    Sheet.objects.filter(subject__round=round).delete()
    Sheet.objects.bulk_create(sorted(sheets, key=lambda sheet: sheet.pk), batch_size=BATCH)
    SheetScore.objects.bulk_create(sorted(scores, key=lambda score: score.pk), batch_size=BATCH)
