"""The results of an assessment as rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Avg
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel import clock

from ..errors.assessments import AssessmentMissing
from ..models import Article, AssessmentTarget, Score
from ..selectors import assessments as reads
from .recording import record_deed


def export_results(*, article: Article, actor: Actor) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Headers and a row for each target: when it handed in, the mean for each criterion, the total. Audited."""
    assessment = reads.assessment_of(article)
    if assessment is None:
        raise AssessmentMissing
    record_deed("news.assessment.exported", article, actor)
    criteria = reads.criteria_of(assessment)
    headers = (_("对象"), _("提交时间"), *(f"{row.name}（{row.weight}%）" for row in criteria), _("总分"))
    means = Score.objects.filter(target__assessment=assessment).order_by().values_list("target", "criterion")
    found = {(target, criterion): mean for target, criterion, mean in means.annotate(mean=Avg("value"))}

    def rows() -> Iterator[tuple[Any, ...]]:
        for target in AssessmentTarget.objects.filter(assessment=assessment).order_by("name", "pk"):
            at = target.handed_in_at
            handed_in = f"{at.astimezone(clock.local_zone()):%Y-%m-%d %H:%M}" if at else _("未提交")
            scores = (found.get((target.pk, row.pk)) for row in criteria)
            yield (target.name, handed_in, *("" if mean is None else f"{mean:.2f}" for mean in scores), target.total)

    return headers, list(rows())
