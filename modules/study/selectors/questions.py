"""Banks and questions as examiners see them. Nobody else sees a question with its answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiceng.access import policy
from jiceng.access.actor import Actor

from .. import errors
from ..manifest.words import EXAMINE, LEARN, MARK
from ..models import AttemptItem, PaperItem, PaperRule, Question, QuestionBank, QuestionImport, QuestionVersion
from .learners import learner


def within(actor: Actor, permission: str, path: str = "unit__path") -> Q:
    """Rows whose unit lies where ``actor`` has ``permission``."""
    paths = policy.unit_paths(actor, permission)
    if paths is None:
        return Q()
    reach = Q(pk=None)
    for one in paths:
        reach |= Q(**{f"{path}__startswith": one})
    return reach


def banks(actor: Actor) -> QuerySet[QuestionBank]:
    """Banks in use within reach, with ``question_count``."""
    asked = Question.objects.filter(bank=OuterRef("pk"), is_retired=False).order_by().values("bank")
    found = QuestionBank.objects.filter(within(actor, EXAMINE), is_retired=False).select_related("unit")
    return found.annotate(question_count=Coalesce(Subquery(asked.annotate(n=Count("*")).values("n")), 0))


def get_bank(*, bank_id: uuid.UUID, actor: Actor) -> QuestionBank:
    """Raises ``BankMissing``, also for banks out of reach."""
    bank = banks(actor).filter(pk=bank_id).first()
    if bank is None:
        raise errors.BankMissing
    return bank


def questions(actor: Actor) -> QuerySet[Question]:
    """Questions in use, of banks within reach, each with ``current`` as a list of one version."""
    found = Question.objects.filter(
        within(actor, EXAMINE, "bank__unit__path"), is_retired=False, bank__is_retired=False
    ).select_related("bank")
    newest = QuestionVersion.objects.filter(is_current=True).select_related("picture")
    return found.prefetch_related(Prefetch("versions", queryset=newest, to_attr="current"))


def listed(
    actor: Actor, *, bank: QuestionBank | None = None, words: str = "", kind: str = "", tag: str = "", difficulty: int = 0
) -> QuerySet[Question]:  # fmt: skip
    """The newest first."""
    found = questions(actor).order_by("-created_at", "-id")
    conditions: dict[str, Any] = {
        "bank": bank, "kind": kind, "difficulty": difficulty, "tags__contains": [tag] if tag else None,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in conditions.items() if value})
    if words:
        asked = QuestionVersion.objects.filter(is_current=True, text__icontains=words)
        found = found.filter(pk__in=asked.values("question"))
    return found


def get_question(*, question_id: uuid.UUID, actor: Actor) -> Question:
    """Raises ``QuestionMissing``, also for questions out of reach."""
    question = questions(actor).filter(pk=question_id).first()
    if question is None:
        raise errors.QuestionMissing
    return question


def current_of(question: Question) -> QuestionVersion:
    version = QuestionVersion.objects.select_related("picture").get(question=question, is_current=True)
    version.question = question
    return version


def is_used(version: QuestionVersion) -> bool:
    """Whether a frozen paper or an attempt shows this version."""
    return (
        PaperItem.objects.filter(version=version).exists() or AttemptItem.objects.filter(version=version).exists()
    )  # fmt: skip


def tags_of(bank: QuestionBank) -> list[str]:
    rows = Question.objects.filter(bank=bank, is_retired=False).exclude(tags=[]).values_list("tags", flat=True)
    return sorted({tag for tags in rows for tag in tags})[:200]


def fitting(rule: PaperRule, *, with_retired: bool = False) -> QuerySet[Question]:
    """What a rule may draw from."""
    found = Question.objects.filter(
        bank=rule.bank_id, difficulty__gte=rule.difficulty_from, difficulty__lte=rule.difficulty_to
    )
    found = found if with_retired else found.filter(is_retired=False)
    found = found.filter(kind=rule.kind) if rule.kind else found
    return found.filter(tags__contains=[rule.tag]) if rule.tag else found


def get_import(*, import_id: uuid.UUID, actor: Actor) -> QuestionImport:
    """Raises ``ImportMissing``, also for banks out of reach."""
    rows = QuestionImport.objects.filter(within(actor, EXAMINE, "bank__unit__path")).select_related("bank")
    found = rows.filter(pk=import_id).first()
    if found is None:
        raise errors.ImportMissing
    return found


def may_open_picture(*, actor: Actor, owner_id: str) -> bool:
    """Whether the picture of a question may be seen: by examiners and markers, and by who has drawn the question."""
    question = Question.objects.select_related("bank__unit").filter(pk=owner_id).first()
    if question is None:
        return False
    path = question.bank.unit.path if question.bank.unit else ""
    if policy.may(actor, EXAMINE, path) or policy.may(actor, MARK, path):
        return True
    person = learner(actor)
    if person is None or not policy.may(actor, LEARN):
        return False
    return AttemptItem.objects.filter(attempt__person=person, version__question=question).exists()
