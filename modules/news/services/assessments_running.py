"""An assessment under way: evidence, scores, totals, appeals, the bulletin. Each phase refuses what belongs to another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.files import services as files
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import FieldError, Forbidden
from jiceng.notices import services as notices
from jiceng.workflow import addressees
from jiceng.workflow.models import Todo
from jiceng.workflow.services import close_todos, put_todo

from .. import selectors
from ..errors import ArticleMissing
from ..errors import assessments as refusals
from ..manifest.words import ASSESS, PUBLISH
from ..models import Appeal, Article, Assessment, AssessmentTarget, Criterion, Evidence, Phase, Score
from ..selectors import assessments as reads
from . import guarding, scoping
from .assessments import owner_of, target_url
from .recording import record_deed

CENT = Decimal("0.01")
TEXT_LENGTH, FILES_AT_MOST = 5000, 9
CATEGORY = "news.assessment"


@dataclass(frozen=True, slots=True)
class Given:
    """What a scorer gives for one criterion; ``value`` as typed."""

    value: str
    comment: str = ""


# --- Evidence ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def write_evidence(
    *, target_id: uuid.UUID, criterion_id: uuid.UUID, text: str, actor: Actor, at: datetime, uploads: Iterable[Any] = (),
    drop: Iterable[uuid.UUID] = (),
) -> Evidence:  # fmt: skip
    """Keep what a target shows for one criterion, as often as wanted until it is handed in; ``drop``: files to let go.

    Raises ``AssessmentMissing``, ``NotCollecting``, ``HandedInAlready``, ``AppealInvalid`` for long texts,
    ``SensitiveWords``, the errors of files. Locks the target.
    """
    target = _own_target(target_id, actor, at, Phase.COLLECTING)
    criterion = Criterion.objects.filter(pk=criterion_id, assessment=target.assessment_id).first()
    if criterion is None:
        raise refusals.AssessmentMissing
    if target.handed_in_at is not None:
        raise refusals.HandedInAlready
    text = _text("text", text, TEXT_LENGTH)
    guarding.check_text(text)
    row, _is_new = Evidence.objects.update_or_create(
        target=target, criterion=criterion, defaults={"text": text, "updated_at": at, "updated_by_name": actor.display_name}
    )
    owner = reads.evidence_owner(row)
    kept = [file.pk for file in reads.files_of(row) if file.pk not in set(drop)]
    files.release(owner=owner, keep=kept, at=at)
    stored = [files.store_attachment(upload=upload, actor=actor).pk for upload in uploads]
    if len(kept) + len(stored) > FILES_AT_MOST:
        message = _("每项指标最多 %(count)d 个文件。") % {"count": FILES_AT_MOST}
        raise refusals.AppealInvalid(fields=(FieldError("/files", "too_many", message),))
    files.attach(file_ids=stored, owner=owner, actor=actor)
    return row


@transaction.atomic
def hand_in(*, target_id: uuid.UUID, actor: Actor, at: datetime) -> AssessmentTarget:
    """From now on nothing of it can be changed. Raises as ``write_evidence``, and ``EvidenceNeeded``. Emits ``news.assessment.handed_in``."""
    target = _own_target(target_id, actor, at, Phase.COLLECTING)
    if target.handed_in_at is not None:
        raise refusals.HandedInAlready
    missing = reads.criteria_without_evidence(target)
    if missing:
        words = _("“%(name)s”还没有填写文字或上传文件。")
        raise refusals.EvidenceNeeded(
            fields=[FieldError(f"/evidence/{row.pk}", "required", words % {"name": row.name}) for row in missing]
        )
    target.handed_in_at, target.handed_in_by_name = at, actor.display_name
    target.save(update_fields=("handed_in_at", "handed_in_by_name"))
    close_todos(owner=owner_of(target), actor=actor, at=at)
    article = target.assessment.article
    record_deed("news.assessment.handed_in", article, actor, after={"target": target.name})
    payload = {"article_id": str(article.pk), "target_id": str(target.pk)}
    emit("news.assessment.handed_in", payload=payload, actor_id=actor.id)
    return target


# --- Scores -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def start_scoring(*, article_id: uuid.UUID | str, actor: Actor, at: datetime) -> bool:
    """Collecting is over: by a manager, or by the system at the deadline. ``False`` where it is over already. Locks the assessment."""
    assessment = _locked(article_id)
    if assessment is None or not assessment.article.is_published:
        return False
    if not actor.is_system:
        scoping.require_over(assessment.article, actor=actor, permission=PUBLISH)
    elif at < assessment.submit_by:
        return False
    if assessment.phase != Phase.COLLECTING:
        return False
    _enter(assessment, Phase.SCORING, actor)
    for target in AssessmentTarget.objects.filter(assessment=assessment, handed_in_at=None):
        close_todos(owner=owner_of(target), actor=actor, at=at, is_done=False)
    put_todo(
        owner=f"news.scoring:{assessment.pk}", kind="news.scoring", permission=ASSESS, at=at,
        unit_path=assessment.article.unit.path if assessment.article.unit else "",
        title=_("评分：%(title)s") % {"title": assessment.article.title},
        url=f"/console/news/{assessment.pk}/preview/",
    )  # fmt: skip
    return True


@transaction.atomic
def give_scores(*, target_id: uuid.UUID, scores: Mapping[uuid.UUID, Given], actor: Actor, at: datetime) -> None:
    """The actor's own scores for one target; several scorers do not see or overwrite one another's.

    Raises ``AssessmentMissing``, ``Forbidden``, ``NotScoring``, ``ScoresInvalid`` with pointers ``/scores/<criterion>``. Locks
    the target.
    """
    target = _target(target_id, at)
    if actor.user is None:
        raise Forbidden
    scoping.require_over(target.assessment.article, actor=actor, permission=ASSESS)
    _require(target.assessment, Phase.SCORING)
    criteria = {row.pk: row for row in Criterion.objects.filter(assessment=target.assessment)}
    faults, rows = [], []
    for criterion_id, given in scores.items():
        criterion = criteria.get(criterion_id)
        value = _value(given.value, criterion.max_score) if criterion else None
        if criterion is None or value is None or len(given.comment) > 300:
            most = criterion.max_score if criterion else 0
            message = _("应为 0 到 %(most)d 的数，最多两位小数；评语不超过 300 字。") % {"most": most}
            faults.append(FieldError(f"/scores/{criterion_id}", "out_of_range", message))
            continue
        rows.append(Score(
            target=target, criterion=criterion, scorer=actor.user, scorer_name=actor.display_name, value=value,
            comment=given.comment.strip(), updated_at=at,
        ))  # fmt: skip
    if faults:
        raise refusals.ScoresInvalid(fields=faults)
    Score.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("target", "criterion", "scorer"),
        update_fields=("value", "comment", "scorer_name", "updated_at"),
    )  # fmt: skip


@transaction.atomic
def close_scoring(*, article_id: uuid.UUID, actor: Actor, at: datetime) -> Assessment:
    """Compute the totals and show each target its own. Who handed nothing in gets 0 for what needs evidence.

    Raises ``ArticleMissing``, ``Forbidden``, ``NotScoring``, ``ScoresMissing`` naming the targets. Locks the assessment.
    """
    assessment = _managed(article_id, actor)
    _require(assessment, Phase.SCORING)
    missing = reads.targets_without_scores(assessment)
    if missing:
        names = "、".join(target.name for target in missing[:10])
        raise refusals.ScoresMissing(_("还没有评完分：%(names)s。") % {"names": names})
    targets = reads.with_totals(assessment)
    AssessmentTarget.objects.bulk_update(targets, ("total",))
    assessment.appeal_until = at + timedelta(days=assessment.appeal_days)
    _enter(assessment, Phase.APPEALING, actor)
    close_todos(owner=f"news.scoring:{assessment.pk}", actor=actor, at=at)
    _tell(assessment, targets, at, actor, title=_("考核结果：%(title)s"), key="result")
    return assessment


# --- Appeals and the end ----------------------------------------------------------------------------------------------
@transaction.atomic
def appeal(*, target_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> Appeal:
    """Raises ``AssessmentMissing``, ``NotAppealing`` (also when the days are over), ``AppealOpen``, ``AppealInvalid``. Locks the target."""
    target = _own_target(target_id, actor, at, Phase.APPEALING)
    if target.assessment.appeal_until is None or at >= target.assessment.appeal_until:
        raise refusals.NotAppealing
    if Appeal.objects.filter(target=target, state=Appeal.State.OPEN).exists():
        raise refusals.AppealOpen
    text = _text("reason", reason, 1000, needed=True)
    guarding.check_text(text)
    record_deed("news.assessment.appealed", target.assessment.article, actor, after={"target": target.name})
    return Appeal.objects.create(target=target, reason=text, made_at=at, made_by_name=actor.display_name)


@transaction.atomic
def answer_appeal(
    *, appeal_id: uuid.UUID, answer: str, actor: Actor, at: datetime, adjusted_total: str | None = None
) -> Appeal:
    """``adjusted_total``: the new total where the appeal is upheld; ``None`` rejects it. Raises ``AssessmentMissing``,
    ``Forbidden``, ``NotAppealing``, ``AppealInvalid``. Tells the target. Locks the appeal.
    """
    row = Appeal.objects.select_for_update().filter(pk=appeal_id, state=Appeal.State.OPEN).first()
    if row is None:
        raise refusals.AssessmentMissing
    target = _target(row.target_id, at)  # type: ignore[attr-defined]
    scoping.require_over(target.assessment.article, actor=actor, permission=PUBLISH)
    _require(target.assessment, Phase.APPEALING)
    row.answer = _text("answer", answer, 1000, needed=True)
    row.state, row.answered_at, row.answered_by_name = Appeal.State.REJECTED, at, actor.display_name
    if adjusted_total is not None:
        total = _value(adjusted_total, 100)
        if total is None:
            message = _("调整后的总分应为 0 到 100 的数，最多两位小数。")
            raise refusals.AppealInvalid(fields=(FieldError("/adjusted_total", "out_of_range", message),))
        row.state, row.adjusted_total, target.total = Appeal.State.UPHELD, total, total
        target.save(update_fields=("total",))
    row.save()
    record_deed(
        "news.assessment.appeal_answered", target.assessment.article, actor,
        after={"target": target.name, "state": row.state, "total": str(target.total)},
    )  # fmt: skip
    _tell(target.assessment, [target], at, actor, title=_("申诉已答复：%(title)s"), key=f"appeal:{row.pk}")
    return row


@transaction.atomic
def conclude(*, article_id: uuid.UUID, actor: Actor, at: datetime) -> Assessment:
    """After the days for appeals, with all answered: the result stands and is published below the article.

    Raises ``ArticleMissing``, ``Forbidden``, ``NotAppealing``, ``AppealsOpen``. Emits ``news.assessment.concluded``. Locks the
    assessment.
    """
    assessment = _managed(article_id, actor)
    _require(assessment, Phase.APPEALING)
    is_waiting = Appeal.objects.filter(target__assessment=assessment, state=Appeal.State.OPEN).exists()
    if is_waiting or assessment.appeal_until is None or at < assessment.appeal_until:
        raise refusals.AppealsOpen
    assessment.concluded_at = at
    _enter(assessment, Phase.CONCLUDED, actor)
    emit("news.assessment.concluded", payload={"article_id": str(assessment.pk)}, actor_id=actor.id)
    return assessment


# --- Shared -----------------------------------------------------------------------------------------------------------
def _enter(assessment: Assessment, phase: Phase, actor: Actor) -> None:
    before, assessment.phase = assessment.phase, phase
    assessment.save()
    record_deed("news.assessment.phase_changed", assessment.article, actor, before={"phase": before}, after={"phase": phase})


def _require(assessment: Assessment, phase: Phase) -> None:
    refusal = {
        Phase.COLLECTING: refusals.NotCollecting, Phase.SCORING: refusals.NotScoring,
        Phase.APPEALING: refusals.NotAppealing,
    }  # fmt: skip
    if assessment.phase != phase:
        raise refusal[phase]


def _locked(article_id: uuid.UUID | str) -> Assessment | None:
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("article__unit", "article__column")
    return rows.filter(article_id=article_id).first()


def _managed(article_id: uuid.UUID, actor: Actor) -> Assessment:
    assessment = _locked(article_id)
    if assessment is None or not assessment.article.is_published:
        raise ArticleMissing
    scoping.require_over(assessment.article, actor=actor, permission=PUBLISH)
    return assessment


def _target(target_id: uuid.UUID, at: datetime) -> AssessmentTarget:
    """Locked, its assessment too, so that no phase changes meanwhile."""
    found = AssessmentTarget.objects.filter(pk=target_id, assessment__article__state="published")
    article_id = found.values_list("assessment", flat=True).first()
    assessment = _locked(article_id) if article_id else None
    if assessment is None:
        raise refusals.AssessmentMissing
    target = AssessmentTarget.objects.select_for_update(of=("self",)).select_related("unit", "person").get(pk=target_id)
    target.assessment = assessment
    return target


def _own_target(target_id: uuid.UUID, actor: Actor, at: datetime, phase: Phase) -> AssessmentTarget:
    target = _target(target_id, at)
    if not reads.is_responsible(target, actor):
        raise refusals.AssessmentMissing
    _require(target.assessment, phase)
    if phase == Phase.COLLECTING and at >= target.assessment.submit_by:
        raise refusals.NotCollecting
    return target


def _tell(
    assessment: Assessment, targets: Iterable[AssessmentTarget], at: datetime, actor: Actor, *, title: str, key: str
) -> None:
    """Whoever is responsible for each of ``targets``."""
    for target in targets:
        whom = Todo(permission="", user_id=None)
        if target.unit is not None:
            whom = Todo(permission="news.circulate", unit_path=target.unit.path)
        elif target.person is not None and target.person.user_id:
            whom = Todo(user_id=target.person.user_id)
        else:
            continue
        notices.send(
            category=CATEGORY, title=title % {"title": assessment.article.title}, url=target_url(target), at=at, actor=actor,
            source=f"news.article:{assessment.pk}", users=addressees.users_of(whom, at=at),
            key=f"news.assessment:{target.pk}:{key}",
        )  # fmt: skip


def _value(text: str, most: int) -> Decimal | None:
    try:
        value = Decimal(str(text).strip())
        exact = value.quantize(CENT, rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return None
    return exact if value.is_finite() and value == exact and 0 <= value <= most else None


def _text(name: str, raw: str, longest: int, *, needed: bool = False) -> str:
    return str(Cleaner().text(name, raw, longest, needed=needed).done(refusals.AppealInvalid)[name])


def article_of(target: AssessmentTarget) -> Article:
    """The article behind a target."""
    return selectors.articles().get(pk=target.assessment_id)
