"""Papers: fixed questions with points, or rules to draw them. What an exam was published with never changes."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.cleaning import Cleaner, clean_ids

from .. import errors
from ..manifest.words import EXAMINE
from ..models import (
    TITLE_LENGTH,
    Paper,
    PaperItem,
    PaperMode,
    PaperRule,
    PartialCredit,
    QuestionKind,
)
from ..selectors import papers as reads
from ..selectors import questions
from . import scoping
from .question_content import TAG_LENGTH, clean_points

MOST_QUESTIONS = 200
MOST_RULES = 20


class PaperFields(TypedDict, total=False):
    """``mode``: when made only."""

    title: str
    unit_id: uuid.UUID | None
    mode: str
    shuffles_options: bool
    shuffles_questions: bool
    partial_credit: str


class RuleFields(TypedDict, total=False):
    """``count`` questions of a bank with ``points`` each; ``kind``, ``tag`` and difficulties narrow."""

    bank_id: uuid.UUID
    kind: str
    tag: str
    difficulty_from: int | None
    difficulty_to: int | None
    count: int
    points: Decimal | str


@transaction.atomic
def create_paper(*, fields: PaperFields, actor: Actor, at: datetime) -> Paper:
    """Raises ``ExamInvalid``, ``CourseInvalid`` on ``/unit_id``, ``Forbidden``."""
    unit = scoping.unit_for(fields.get("unit_id"), actor=actor, permission=EXAMINE)
    mode = fields.get("mode") or PaperMode.FIXED
    values = _cleaned(fields, mode)
    paper = Paper.objects.create(**values, mode=mode, unit=unit, created_at=at, updated_at=at)
    _record("study.paper.created", paper, actor)
    return paper


@transaction.atomic
def update_paper(
    *, paper_id: uuid.UUID, fields: PaperFields, version: int | None = None, actor: Actor, at: datetime
) -> Paper:
    """Raises ``PaperMissing``, ``PaperFrozen``, ``ExamStale``, ``ExamInvalid``."""
    paper = _locked(paper_id, actor)
    if version is not None and version != paper.version:
        raise errors.ExamStale
    known = {
        name: getattr(paper, name) for name in ("title", "shuffles_options", "shuffles_questions", "partial_credit")
    }
    for name, value in _cleaned({**known, **fields}, paper.mode).items():
        setattr(paper, name, value)
    _touch(paper, at)
    _record("study.paper.updated", paper, actor)
    return paper


@transaction.atomic
def add_questions(*, paper_id: uuid.UUID, question_ids: Any, actor: Actor, at: datetime) -> int:
    """Append questions with their own points; those it has already stay as they are. Returns how many are new.

    Raises ``PaperMissing``, ``PaperFrozen``, ``ExamInvalid`` on ``/question_ids``.
    """
    paper = _locked(paper_id, actor, mode=PaperMode.FIXED)
    cleaner = Cleaner()
    wanted = clean_ids(cleaner, question_ids, "question_ids", most=MOST_QUESTIONS)
    found = {row.pk: row for row in questions.questions(actor).filter(pk__in=wanted)}
    if len(found) < len(wanted) or not wanted:
        cleaner.refuse("question_ids", "unknown_question", _("请选择题库里的题目。"))
    held = set(PaperItem.objects.filter(paper=paper).values_list("question_id", flat=True))
    fresh = [found[pk] for pk in wanted if pk in found and pk not in held]
    if len(held) + len(fresh) > MOST_QUESTIONS:
        cleaner.refuse("question_ids", "too_many", _("一份试卷最多 %(count)d 道题。") % {"count": MOST_QUESTIONS})
    cleaner.done(errors.ExamInvalid)
    last = PaperItem.objects.filter(paper=paper).aggregate(last=Max("position"))["last"] or 0
    PaperItem.objects.bulk_create(
        PaperItem(paper=paper, question=question, points=question.points, position=last + place)
        for place, question in enumerate(fresh, start=1)
    )
    _touch(paper, at)
    _record("study.paper.updated", paper, actor, question_count=len(held) + len(fresh))
    return len(fresh)


@transaction.atomic
def add_rule(*, paper_id: uuid.UUID, fields: RuleFields, actor: Actor, at: datetime) -> PaperRule:
    """Raises ``PaperMissing``, ``PaperFrozen``, ``ExamInvalid`` with a fault by field."""
    paper = _locked(paper_id, actor, mode=PaperMode.RANDOM)
    cleaner = Cleaner().whole("count", fields.get("count"), 1, MOST_QUESTIONS, needed=True)
    clean_points(cleaner, "points", fields.get("points"))
    cleaner.text("tag", fields.get("tag") or "", TAG_LENGTH)
    cleaner.whole("difficulty_from", fields.get("difficulty_from"), 1, 5)
    cleaner.whole("difficulty_to", fields.get("difficulty_to") or 5, 1, 5)
    if cleaner.values.get("difficulty_from", 1) > cleaner.values.get("difficulty_to", 5):
        cleaner.refuse("difficulty_to", "reversed", _("难度上限不能低于下限。"))
    kind = fields.get("kind") or ""
    if kind and kind not in QuestionKind.values:
        cleaner.refuse("kind", "unknown_kind", _("请选择题型。"))
    bank = questions.banks(actor).filter(pk=fields.get("bank_id") or uuid.UUID(int=0)).first()
    if bank is None:
        cleaner.refuse("bank_id", "unknown_bank", _("请选择题库。"))
    position = PaperRule.objects.filter(paper=paper).count()
    if position >= MOST_RULES:
        cleaner.refuse("count", "too_many_rules", _("一份试卷最多 %(count)d 条抽题规则。") % {"count": MOST_RULES})
    values = cleaner.done(errors.ExamInvalid)
    rule = PaperRule(paper=paper, kind=kind, position=position, **values)
    rule.bank = bank  # type: ignore[assignment]  # refused above where there is none
    rule.save(force_insert=True)
    _touch(paper, at)
    _record("study.paper.updated", paper, actor, rule_count=position + 1)
    return rule


@transaction.atomic
def remove_part(*, paper_id: uuid.UUID, part_id: int, actor: Actor, at: datetime) -> Paper:
    """Take a question or a rule out of a paper. Raises ``PaperMissing``, ``PaperFrozen``; nothing when it is gone."""
    paper = _locked(paper_id, actor)
    _parts(paper).filter(pk=part_id).delete()
    _touch(paper, at)
    _record("study.paper.updated", paper, actor)
    return paper


@transaction.atomic
def move_part(*, paper_id: uuid.UUID, part_id: int, step: int, actor: Actor, at: datetime) -> Paper:
    """One place up (``-1``) or down (``1``). Raises ``PaperMissing``, ``PaperFrozen``."""
    paper = _locked(paper_id, actor)
    parts = list(_parts(paper))
    here = next((place for place, part in enumerate(parts) if part.pk == part_id), None)
    if here is not None and 0 <= here + step < len(parts):
        parts[here], parts[here + step] = parts[here + step], parts[here]
        for place, part in enumerate(parts, start=1):
            part.position = place
        type(parts[0])._default_manager.bulk_update(parts, ("position",))
    _touch(paper, at)
    return paper


@transaction.atomic
def set_points(*, paper_id: uuid.UUID, part_id: int, points: Any, actor: Actor, at: datetime) -> Paper:
    """Raises ``PaperMissing``, ``PaperFrozen``, ``ExamInvalid`` on ``/points``."""
    paper = _locked(paper_id, actor)
    cleaner = Cleaner()
    clean_points(cleaner, "points", points)
    _parts(paper).filter(pk=part_id).update(points=cleaner.done(errors.ExamInvalid)["points"])
    _touch(paper, at)
    return paper


@transaction.atomic
def copy_paper(*, paper_id: uuid.UUID, actor: Actor, at: datetime) -> Paper:
    """The same paper, free to be changed; questions in their newest words. Raises ``PaperMissing``."""
    source = reads.get_paper(paper_id=paper_id, actor=actor)
    scoping.require_over(source.unit, actor=actor, permission=EXAMINE)
    title = _("%(title)s（副本）") % {"title": source.title[: TITLE_LENGTH - 6]}
    paper = Paper.objects.create(
        title=title, unit=source.unit, mode=source.mode, shuffles_options=source.shuffles_options,
        shuffles_questions=source.shuffles_questions, partial_credit=source.partial_credit, created_at=at, updated_at=at,
    )  # fmt: skip
    items = PaperItem.objects.filter(paper=source, question__is_retired=False)
    PaperItem.objects.bulk_create(
        PaperItem(paper=paper, question_id=item.question_id, points=item.points, position=item.position)
        for item in items
    )
    rules = list(PaperRule.objects.filter(paper=source))
    for rule in rules:
        rule.pk, rule.paper = None, paper
    PaperRule.objects.bulk_create(rules)
    _record("study.paper.created", paper, actor)
    return paper


def freeze(paper: Paper, *, at: datetime) -> None:
    """Fix the words of its questions for good. Raises ``PaperEmpty``, ``QuestionsTooFew``. Locks the paper."""
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    if reads.is_empty(paper):
        raise errors.PaperEmpty
    if paper.mode == PaperMode.RANDOM:
        rule = reads.lacking_rule(paper)
        if rule is not None:
            raise errors.QuestionsTooFew(_("“%(bank)s”里符合条件的题目不够 %(count)d 道。") % {
                "bank": rule.bank.name, "count": rule.count,
            })  # fmt: skip
    if paper.frozen_at is not None:
        return
    for item in reads.items_of(paper):
        PaperItem.objects.filter(pk=item.pk).update(version=item.shown)  # type: ignore[attr-defined]
    Paper.objects.filter(pk=paper.pk).update(frozen_at=at, updated_at=at)


def _parts(paper: Paper) -> Any:
    return (PaperItem if paper.mode == PaperMode.FIXED else PaperRule).objects.filter(paper=paper)


def _locked(paper_id: uuid.UUID, actor: Actor, *, mode: str = "") -> Paper:
    paper = Paper.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=paper_id).first()
    if paper is None or (mode and paper.mode != mode):
        raise errors.PaperMissing
    scoping.require_over(paper.unit, actor=actor, permission=EXAMINE)
    if paper.frozen_at is not None:
        raise errors.PaperFrozen
    return paper


def _cleaned(fields: Any, mode: str) -> dict[str, Any]:
    cleaner = Cleaner().text("title", fields.get("title"), TITLE_LENGTH, needed=True)
    credit = fields.get("partial_credit") or PartialCredit.NONE
    if credit not in PartialCredit.values:
        cleaner.refuse("partial_credit", "unknown_rule", _("请选择多选题怎样给分。"))
    if mode not in PaperMode.values:
        cleaner.refuse("mode", "unknown_mode", _("请选择组卷方式。"))
    values = cleaner.done(errors.ExamInvalid)
    return {
        **values, "partial_credit": credit, "shuffles_options": bool(fields.get("shuffles_options")),
        "shuffles_questions": bool(fields.get("shuffles_questions")),
    }  # fmt: skip


def _touch(paper: Paper, at: datetime) -> None:
    paper.version += 1
    paper.updated_at = at
    paper.save()


def _record(action: str, paper: Paper, actor: Actor, **facts: Any) -> None:
    record(
        action=action, actor=actor, target=str(paper.pk), target_label=paper.title, after={"mode": paper.mode, **facts}
    )
