"""Reads of assessments: who is responsible, what is missing, what the totals are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.files.models import StoredFile

from ..errors.assessments import AssessmentMissing
from ..manifest.words import ASSESS, CIRCULATE, PUBLISH
from ..models import (
    Appeal,
    Article,
    Assessment,
    AssessmentTarget,
    Criterion,
    Evidence,
    Phase,
    Score,
    State,
)

CENT = Decimal("0.01")


def assessment_of(article: Article) -> Assessment | None:
    return Assessment.objects.filter(pk=article.pk).first()


def is_responsible(target: AssessmentTarget, actor: Actor) -> bool:
    """Whether ``actor`` hands in for ``target``: who may sign for the unit, or the person."""
    if actor.user is None:
        return False
    if target.unit is not None:
        return policy.may(actor, CIRCULATE, target.unit.path)
    return target.person is not None and target.person.user_id == actor.user.pk


def own_targets(article: Article, actor: Actor) -> list[AssessmentTarget]:
    found = AssessmentTarget.objects.filter(assessment=article.pk).select_related("unit", "person")
    return [target for target in found if is_responsible(target, actor)]


def may_read(article: Article, *, actor: Actor) -> bool:
    """Whoever is assessed may read what for."""
    return bool(own_targets(article, actor))


def get_target(target_id: uuid.UUID, *, actor: Actor) -> AssessmentTarget:
    """A target that ``actor`` hands in for. Raises ``AssessmentMissing``."""
    target = _target(target_id)
    if target is None or not is_responsible(target, actor):
        raise AssessmentMissing
    return target


def get_scored(target_id: uuid.UUID, *, actor: Actor) -> AssessmentTarget:
    """A target that ``actor`` scores or manages. Raises ``AssessmentMissing``."""
    target = _target(target_id)
    if target is None:
        raise AssessmentMissing
    unit = target.assessment.article.unit
    path = unit.path if unit else ""
    if not (policy.may(actor, ASSESS, path) or policy.may(actor, PUBLISH, path)):
        raise AssessmentMissing
    return target


def _target(target_id: uuid.UUID) -> AssessmentTarget | None:
    rows = AssessmentTarget.objects.select_related(
        "assessment__article__unit", "assessment__article__column", "unit", "person"
    )
    return rows.filter(pk=target_id, assessment__article__state=State.PUBLISHED).first()


def criteria_of(assessment: Assessment | Any) -> list[Criterion]:
    return list(Criterion.objects.filter(assessment=assessment))


def evidence_owner(row: Evidence) -> str:
    return f"news.evidence:{row.pk}"


def files_of(row: Evidence) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(owner=evidence_owner(row)).order_by("created_at")


def criteria_without_evidence(target: AssessmentTarget) -> list[Criterion]:
    """Those that need evidence and have neither words nor files."""
    owned = {row.criterion_id: row for row in Evidence.objects.filter(target=target)}  # type: ignore[attr-defined]
    return [
        criterion for criterion in criteria_of(target.assessment)
        if criterion.needs_evidence and not _is_shown(owned.get(criterion.pk))
    ]  # fmt: skip


def _is_shown(row: Evidence | None) -> bool:
    return row is not None and (bool(row.text.strip()) or files_of(row).exists())


def shown_evidence(target: AssessmentTarget) -> list[dict[str, Any]]:
    """Every criterion with the target's words and files. Three queries."""
    rows = {row.criterion_id: row for row in Evidence.objects.filter(target=target)}  # type: ignore[attr-defined]
    owners = {evidence_owner(row): row.criterion_id for row in rows.values()}  # type: ignore[attr-defined]
    files: dict[Any, list[StoredFile]] = {}
    for file in StoredFile.objects.filter(owner__in=list(owners)).order_by("created_at"):
        files.setdefault(owners[file.owner], []).append(file)
    return [
        {"criterion": criterion, "evidence": rows.get(criterion.pk), "files": files.get(criterion.pk, [])}
        for criterion in criteria_of(target.assessment)
    ]


def may_read_evidence(*, actor: Actor, owner_id: str) -> bool:
    """Files of evidence are for the target's people, scorers and managers (asked by ``jiceng.files``)."""
    row = Evidence.objects.filter(pk=owner_id).values_list("target", flat=True).first()
    target = _target(row) if row else None
    if target is None:
        return False
    try:
        return is_responsible(target, actor) or get_scored(target.pk, actor=actor) is not None
    except AssessmentMissing:
        return False


# --- Scores -----------------------------------------------------------------------------------------------------------
def own_scores(target: AssessmentTarget, actor: Actor) -> dict[Any, Score]:
    return {row.criterion_id: row for row in Score.objects.filter(target=target, scorer=actor.user)}  # type: ignore[attr-defined]


def targets_without_scores(assessment: Assessment) -> list[AssessmentTarget]:
    """Handed in, but not scored for every criterion by anybody."""
    count = Criterion.objects.filter(assessment=assessment).count()
    scored = Count("scores__criterion", distinct=True)
    return list(
        AssessmentTarget.objects.filter(assessment=assessment, handed_in_at__isnull=False).annotate(scored=scored).filter(scored__lt=count)
    )  # fmt: skip


def with_totals(assessment: Assessment) -> list[AssessmentTarget]:
    """Every target with ``total`` computed from the scores: the weighted sum of each criterion's mean. Not saved. Three queries.

    Who handed nothing in has 0 for criteria that need evidence; without any score a criterion counts 0.
    """
    criteria = criteria_of(assessment)
    means = (
        Score.objects.filter(target__assessment=assessment)
        .order_by()
        .values_list("target", "criterion")
        .annotate(mean=Avg("value"))
    )
    found = {(target, criterion): mean for target, criterion, mean in means}
    targets = list(AssessmentTarget.objects.filter(assessment=assessment).select_related("unit", "person"))
    for target in targets:
        target.total = _total(target, criteria, found)
    return targets


def _total(target: AssessmentTarget, criteria: Iterable[Criterion], means: dict[tuple[Any, Any], Decimal]) -> Decimal:
    total = Decimal(0)
    for criterion in criteria:
        if target.handed_in_at is None and criterion.needs_evidence:
            continue
        mean = Decimal(means.get((target.pk, criterion.pk), 0))
        total += criterion.weight * mean / criterion.max_score
    return total.quantize(CENT, rounding=ROUND_HALF_UP)


def ranking(assessment: Assessment) -> list[AssessmentTarget]:
    return list(AssessmentTarget.objects.filter(assessment=assessment).order_by("-total", "name"))


# --- Parts of pages ---------------------------------------------------------------------------------------------------
def phone_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    assessment = assessment_of(article)
    if assessment is None:
        return {}
    is_done = assessment.phase == Phase.CONCLUDED
    return {
        "assessment": assessment, "criteria": criteria_of(assessment), "targets": own_targets(article, actor),
        "ranking": ranking(assessment) if is_done and assessment.shows_ranking else [], "figures": figures(assessment),
    }  # fmt: skip


def console_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    assessment = assessment_of(article)
    if assessment is None:
        return {}
    path = article.unit.path if article.unit else ""
    waiting = Exists(Appeal.objects.filter(target=OuterRef("pk"), state=Appeal.State.OPEN))
    targets = AssessmentTarget.objects.filter(assessment=assessment).annotate(
        is_appealing=waiting, scored=Count("scores__criterion", distinct=True)
    )
    return {
        "assessment": assessment, "criteria": criteria_of(assessment), "targets": targets.order_by("name", "pk"),
        "figures": figures(assessment), "may_manage": policy.may(actor, PUBLISH, path), "may_score": policy.may(actor, ASSESS, path),
    }  # fmt: skip


def figures(assessment: Assessment) -> dict[str, int]:
    return AssessmentTarget.objects.filter(assessment=assessment).aggregate(
        total=Count("*"), handed_in=Count("handed_in_at")
    )


def appeals_of(target: AssessmentTarget) -> QuerySet[Appeal]:
    return Appeal.objects.filter(target=target)


def target_of_appeal(appeal_id: uuid.UUID, *, actor: Actor) -> uuid.UUID:
    """The id of the target that appealed, for who scores or manages it. Raises ``AssessmentMissing``."""
    target_id = Appeal.objects.filter(pk=appeal_id).values_list("target", flat=True).first()
    if target_id is None:
        raise AssessmentMissing
    return get_scored(target_id, actor=actor).pk
