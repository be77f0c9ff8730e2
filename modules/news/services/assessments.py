"""专题考核: what is asked of whom, with which weights, until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner, clean_ids, clean_moment
from jiceng.kernel.tasks import enqueue
from jiceng.members.models import Person, PersonState, Unit
from jiceng.workflow.services import close_todos, put_todo

from .. import errors
from ..manifest.words import CIRCULATE
from ..models import Article, Assessment, AssessmentTarget, Criterion, TargetKind
from .kind import Kind

KNOWN = {"target_kind", "submit_by", "appeal_days", "shows_ranking", "criteria", "units", "people"}
CRITERIA_AT_MOST, TARGETS_AT_MOST, DAYS_AT_MOST = 30, 1000, 60
WHOLE = 100


class AssessmentKind(Kind):
    """Criteria and targets are fixed once it is out."""

    def clean(self, details: Mapping[str, Any], *, article: Article | None) -> dict[str, Any]:
        """``submit_by``, ``appeal_days``, ``shows_ranking``, ``criteria`` ([{name, description, weight, max_score,
        needs_evidence}], weights adding up to 100), and ``units`` or ``people`` (ids) by ``target_kind``.
        """
        cleaner = Cleaner(within="details").refuse_unknown(details, KNOWN)
        clean_moment(cleaner, details, "submit_by", needed=True)
        if "target_kind" in details:
            if details["target_kind"] in TargetKind.values:
                cleaner.values["target_kind"] = details["target_kind"]
            else:
                cleaner.refuse("target_kind", "unknown", _("考核对象须为组织或个人。"))
        if "shows_ranking" in details:
            cleaner.values["shows_ranking"] = details["shows_ranking"] is True
        _clean_days(cleaner, details)
        if "criteria" in details:
            _clean_criteria(cleaner, details["criteria"])
        _clean_targets(cleaner, details, "units", Unit.objects.filter(dissolved_on=None))
        _clean_targets(cleaner, details, "people", Person.objects.filter(state=PersonState.ACTIVE))
        return cleaner.done(errors.ArticleInvalid)

    def save(self, article: Article, details: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
        if not details:
            return
        assessment = Assessment.objects.select_for_update().filter(article=article).first()
        if assessment is None:
            if "submit_by" not in details:
                return  # a draft that says nothing of it yet
            assessment = Assessment(article=article)
        names = (
            ("appeal_days", "shows_ranking")
            if article.is_published
            else ("target_kind", "submit_by", "appeal_days", "shows_ranking")
        )
        for name in names:
            if name in details:
                setattr(assessment, name, details[name])
        assessment.save()
        if not article.is_published:
            _save_criteria(assessment, details)
            _save_targets(assessment, details)

    def snapshot(self, article: Article) -> dict[str, Any]:
        assessment = Assessment.objects.filter(pk=article.pk).first()
        if assessment is None:
            return {}
        named = ("name", "description", "weight", "max_score", "needs_evidence")
        targets = AssessmentTarget.objects.filter(assessment=assessment)
        field = "unit" if assessment.target_kind == TargetKind.UNIT else "person"
        return {
            "target_kind": assessment.target_kind, "submit_by": assessment.submit_by.isoformat(),
            "appeal_days": assessment.appeal_days, "shows_ranking": assessment.shows_ranking,
            "criteria": list(Criterion.objects.filter(assessment=assessment).values(*named)),
            ("units" if field == "unit" else "people"): [str(pk) for pk in targets.values_list(field, flat=True)],
        }  # fmt: skip

    def check(self, article: Article, *, at: datetime) -> None:
        cleaner = Cleaner(within="details")
        assessment = Assessment.objects.filter(pk=article.pk).first()
        if assessment is None or assessment.submit_by <= (article.publish_at or at):
            cleaner.refuse("submit_by", "in_the_past", _("提交期限必须晚于发布时间。"))
        weights = list(Criterion.objects.filter(assessment=article.pk).values_list("weight", flat=True))
        if sum(weights) != WHOLE:
            message = _("各项指标的权重合计须为 100，现在是 %(sum)d。") % {"sum": sum(weights)}
            cleaner.refuse("criteria", "weights", message)
        if not AssessmentTarget.objects.filter(assessment=article.pk).exists():
            cleaner.refuse("units", "required", _("请选择考核对象。"))
        cleaner.done(errors.ArticleInvalid)

    def published(self, article: Article, *, actor: Actor, at: datetime) -> None:
        assessment = Assessment.objects.get(pk=article.pk)
        for target in AssessmentTarget.objects.filter(assessment=assessment).select_related("unit", "person"):
            _ask(article, assessment, target, at)
        enqueue("news.start_scoring", at=assessment.submit_by, article_id=article.pk)

    def withdrawn(self, article: Article, *, actor: Actor, at: datetime) -> None:
        for target in AssessmentTarget.objects.filter(assessment=article.pk, handed_in_at=None):
            close_todos(owner=owner_of(target), actor=actor, at=at, is_done=False)


def owner_of(target: AssessmentTarget) -> str:
    """How a target's to-do names what it is about."""
    return f"news.assessment:{target.pk}"


def target_url(target: AssessmentTarget) -> str:
    return f"/news/assessments/{target.pk}/"


def _ask(article: Article, assessment: Assessment, target: AssessmentTarget, at: datetime) -> None:
    """Who may sign for the unit, or the person, is asked; the inbox reminds before the deadline."""
    if target.unit is not None:
        whom: dict[str, Any] = {"permission": CIRCULATE, "unit_path": target.unit.path}
    elif target.person is not None and target.person.user_id is not None:
        whom = {"user_id": target.person.user_id}
    else:
        return
    put_todo(
        owner=owner_of(target), kind="news.assessment", title=_("提交考核材料：%(title)s") % {"title": article.title},
        url=target_url(target), at=at, due_at=assessment.submit_by, **whom,
    )  # fmt: skip


def _clean_days(cleaner: Cleaner, details: Mapping[str, Any]) -> None:
    if "appeal_days" not in details:
        return
    days = details["appeal_days"]
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= DAYS_AT_MOST:
        cleaner.refuse("appeal_days", "out_of_range", _("申诉期为 0 到 %(most)d 天。") % {"most": DAYS_AT_MOST})
    else:
        cleaner.values["appeal_days"] = days


def _clean_criteria(cleaner: Cleaner, given: Any) -> None:
    if not isinstance(given, list) or len(given) > CRITERIA_AT_MOST:
        cleaner.refuse("criteria", "too_many", _("指标最多 %(most)d 项。") % {"most": CRITERIA_AT_MOST})
        return
    found: list[dict[str, Any]] = []
    for number, entry in enumerate(given):
        one = _criterion(cleaner, number, entry)
        if one and one["name"] in {other["name"] for other in found}:
            cleaner.refuse(f"criteria/{number}/name", "twice", _("指标名称不能重复。"))
        elif one:
            found.append(one)
    cleaner.values["criteria"] = found


def _criterion(cleaner: Cleaner, number: int, entry: Any) -> dict[str, Any] | None:
    inner = Cleaner(within=f"details/criteria/{number}")
    if not isinstance(entry, Mapping):
        cleaner.refuse(f"criteria/{number}", "malformed", _("指标的写法有误。"))
        return None
    inner.refuse_unknown(entry, {"name", "description", "weight", "max_score", "needs_evidence"})
    inner.text("name", entry.get("name"), 60, needed=True).text("description", entry.get("description"), 300)
    for name, least, most, usual in (("weight", 1, WHOLE, None), ("max_score", 1, 1000, WHOLE)):
        value = entry.get(name, usual)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            inner.refuse(
                name, "out_of_range", _("应为 %(least)d 到 %(most)d 的整数。") % {"least": least, "most": most}
            )
        else:
            inner.values[name] = value
    inner.values["needs_evidence"] = entry.get("needs_evidence", True) is True
    cleaner.faults += inner.faults
    return None if inner.faults else inner.values


def _clean_targets(cleaner: Cleaner, details: Mapping[str, Any], name: str, known: Any) -> None:
    if name not in details:
        return
    ids = clean_ids(cleaner, details[name] or [], name, most=TARGETS_AT_MOST)
    if known.filter(pk__in=ids).count() != len(ids):
        cleaner.refuse(name, "unknown", _("考核对象中有不存在或已停用的。"))
    cleaner.values[name] = ids


def _save_criteria(assessment: Assessment, details: Mapping[str, Any]) -> None:
    if "criteria" in details:
        Criterion.objects.filter(assessment=assessment).delete()
        Criterion.objects.bulk_create(
            [
                Criterion(assessment=assessment, order=order, **values)
                for order, values in enumerate(details["criteria"])
            ]
        )


def _save_targets(assessment: Assessment, details: Mapping[str, Any]) -> None:
    if not {"units", "people", "target_kind"} & details.keys():
        return
    AssessmentTarget.objects.filter(assessment=assessment).delete()
    rows: Any = Unit.objects.filter(pk__in=details.get("units") or ())
    field = "unit"
    if assessment.target_kind == TargetKind.PERSON:
        rows, field = Person.objects.filter(pk__in=details.get("people") or ()), "person"
    AssessmentTarget.objects.bulk_create(
        [AssessmentTarget(assessment=assessment, name=row.name[:60], **{field: row}) for row in rows]
    )
