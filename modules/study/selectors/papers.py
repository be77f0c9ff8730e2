"""Papers as examiners see them, and what a paper can draw from."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db.models import Count, DecimalField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from jiceng.access.actor import Actor

from .. import errors
from ..manifest.words import EXAMINE
from ..models import Paper, PaperItem, PaperMode, PaperRule, QuestionVersion
from .questions import fitting, within

POINTS = DecimalField(max_digits=9, decimal_places=2)


def papers(actor: Actor) -> QuerySet[Paper]:
    """Papers within reach, the newest first, with ``question_count`` and ``total`` points."""
    items = PaperItem.objects.filter(paper=OuterRef("pk")).order_by().values("paper")
    rules = PaperRule.objects.filter(paper=OuterRef("pk")).order_by().values("paper")
    return Paper.objects.filter(within(actor, EXAMINE)).select_related("unit").annotate(
        question_count=Coalesce(Subquery(items.annotate(n=Count("*")).values("n")), 0)
        + Coalesce(Subquery(rules.annotate(n=Sum("count")).values("n")), 0),
        total=Coalesce(Subquery(items.annotate(n=Sum("points")).values("n")), Decimal(0), output_field=POINTS)
        + Coalesce(
            Subquery(rules.annotate(n=Sum(F("count") * F("points"))).values("n")), Decimal(0), output_field=POINTS
        ),
    )  # fmt: skip


def get_paper(*, paper_id: uuid.UUID, actor: Actor) -> Paper:
    """Raises ``PaperMissing``, also for papers out of reach."""
    paper = papers(actor).filter(pk=paper_id).first()
    if paper is None:
        raise errors.PaperMissing
    return paper


def items_of(paper: Paper) -> list[PaperItem]:
    """In order; each with ``shown``: the version it asks, which is the newest until the paper is frozen."""
    items = list(PaperItem.objects.filter(paper=paper).select_related("question", "version"))
    waiting = [item.question_id for item in items if item.version is None]
    rows = QuestionVersion.objects.filter(question__in=waiting, is_current=True).select_related("question")
    newest = {version.question_id: version for version in rows}
    for item in items:
        item.shown = item.version or newest[item.question_id]  # type: ignore[attr-defined]
        item.shown.question = item.question  # type: ignore[attr-defined]
    return items


def rules_of(paper: Paper) -> list[PaperRule]:
    """In order; each with ``available``: how many questions fit."""
    rules = list(PaperRule.objects.filter(paper=paper).select_related("bank"))
    for rule in rules:
        rule.available = fitting(rule).count()  # type: ignore[attr-defined]
    return rules


def lacking_rule(paper: Paper) -> PaperRule | None:
    """A rule that might find too few questions, whatever those before it have drawn."""
    drawn: list[tuple[int, set[uuid.UUID]]] = []
    for rule in PaperRule.objects.filter(paper=paper).select_related("bank"):
        pool = set(fitting(rule).values_list("pk", flat=True))
        taken = sum(min(count, len(pool & other)) for count, other in drawn)
        if len(pool) - taken < rule.count:
            return rule
        drawn.append((rule.count, pool))
    return None


def is_empty(paper: Paper) -> bool:
    parts = PaperItem if paper.mode == PaperMode.FIXED else PaperRule
    return not parts.objects.filter(paper=paper).exists()
