"""Drawing the questions of an attempt. The seed is kept, so that it can be told how they came about."""

from __future__ import annotations

import random
import uuid
from decimal import Decimal

from ..models import Attempt, AttemptItem, Paper, PaperItem, PaperMode, PaperRule, QuestionKind, QuestionVersion
from ..selectors.questions import fitting

SEEDS = 2**62


def new_seed() -> int:
    return random.SystemRandom().randrange(SEEDS)


def drawn_items(attempt: Attempt, paper: Paper) -> list[AttemptItem]:
    """Items of an unsaved attempt, in the order of its page; shuffled as the paper says."""
    chance = random.Random(attempt.seed)  # noqa: S311 - drawing questions, not keys
    asked = _fixed(paper) if paper.mode == PaperMode.FIXED else _random(paper, chance)
    if paper.shuffles_questions:
        chance.shuffle(asked)
    return [
        AttemptItem(
            attempt=attempt, version=version, number=number, points=points,
            option_order=_order(version, chance) if paper.shuffles_options else [],
        )
        for number, (version, points) in enumerate(asked, start=1)
    ]  # fmt: skip


def _fixed(paper: Paper) -> list[tuple[QuestionVersion, Decimal]]:
    items = PaperItem.objects.filter(paper=paper).select_related("version", "version__question")
    return [(item.version, item.points) for item in items if item.version is not None]


def _random(paper: Paper, chance: random.Random) -> list[tuple[QuestionVersion, Decimal]]:
    """Rule by rule, nothing twice. Retired questions step in only where too few others are left."""
    points: dict[uuid.UUID, Decimal] = {}
    for rule in PaperRule.objects.filter(paper=paper):
        pool = [pk for pk in fitting(rule).order_by("pk").values_list("pk", flat=True) if pk not in points]
        if len(pool) < rule.count:
            retired = fitting(rule, with_retired=True).order_by("pk").values_list("pk", flat=True)
            pool += [pk for pk in retired if pk not in points and pk not in pool]
        points |= dict.fromkeys(chance.sample(pool, min(rule.count, len(pool))), rule.points)
    rows = QuestionVersion.objects.filter(question__in=points, is_current=True).select_related("question")
    versions = {version.question_id: version for version in rows}
    return [(versions[pk], worth) for pk, worth in points.items()]


def _order(version: QuestionVersion, chance: random.Random) -> list[int]:
    order = list(range(len(version.options)))
    if version.question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        chance.shuffle(order)
    return order
