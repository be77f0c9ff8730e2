"""Writing banks and questions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.files import services as files
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import DomainError, FieldError

from .. import errors
from ..manifest.words import EXAMINE
from ..models import PaperItem, Question, QuestionBank, QuestionKind, QuestionVersion
from ..selectors import questions as reads
from . import scoping
from .question_content import clean_content, clean_points, clean_tags, digest_of

NAME_LENGTH = 100
CONTENT = ("text", "options", "answer", "reference", "explanation")


class QuestionFields(TypedDict, total=False):
    """``kind``: when made only. ``answer``: as ``QuestionVersion.answer``. ``picture``: an upload; ``drops_picture``: none."""

    kind: str
    text: str
    options: list[str]
    answer: list[Any]
    reference: str
    explanation: str
    points: Decimal | str
    difficulty: int
    tags: list[str]
    picture: UploadedFile | None
    drops_picture: bool


@transaction.atomic
def create_bank(*, name: str, unit_id: uuid.UUID | None = None, actor: Actor, at: datetime) -> QuestionBank:
    """Raises ``ExamInvalid``, ``CourseInvalid`` on ``/unit_id``, ``Forbidden``."""
    unit = scoping.unit_for(unit_id, actor=actor, permission=EXAMINE)
    values = Cleaner().text("name", name, NAME_LENGTH, needed=True).done(errors.ExamInvalid)
    bank = QuestionBank.objects.create(**values, unit=unit, created_at=at, updated_at=at)
    record(action="study.bank.created", actor=actor, target=str(bank.pk), target_label=bank.name)
    return bank


@transaction.atomic
def update_bank(
    *, bank_id: uuid.UUID, name: str | None = None, is_retired: bool = False, actor: Actor, at: datetime
) -> QuestionBank:
    """Rename it, or retire it with its questions; papers in use keep theirs. Raises ``BankMissing``, ``ExamInvalid``."""
    bank = locked_bank(bank_id, actor)
    before = {"name": bank.name, "is_retired": bank.is_retired}
    if name is not None:
        bank.name = Cleaner().text("name", name, NAME_LENGTH, needed=True).done(errors.ExamInvalid)["name"]
    bank.is_retired, bank.updated_at = bank.is_retired or is_retired, at
    bank.save()
    after = {"name": bank.name, "is_retired": bank.is_retired}
    record(
        action="study.bank.updated", actor=actor, target=str(bank.pk), target_label=bank.name, before=before, after=after
    )  # fmt: skip
    return bank


@transaction.atomic
def create_question(*, bank_id: uuid.UUID, fields: QuestionFields, actor: Actor, at: datetime) -> Question:
    """Raises ``BankMissing``, ``ExamInvalid`` with a fault by field, ``QuestionTwice``. Locks the bank."""
    bank = locked_bank(bank_id, actor)
    question, content = cleaned(fields, kind=str(fields.get("kind", "")))
    question.bank = bank
    add_question(question, content, actor=actor, at=at, picture=fields.get("picture"))
    _record("study.question.created", question, content, actor)
    return question


@transaction.atomic
def update_question(
    *, question_id: uuid.UUID, fields: QuestionFields, version: int | None = None, actor: Actor, at: datetime
) -> Question:
    """Change the given fields. Once used, other words make another version; what was asked stays as it was.

    ``version``: ``version_count`` that the editor saw. Raises ``QuestionMissing``, ``QuestionStale``, ``ExamInvalid``,
    ``QuestionTwice``. Locks the question.
    """
    question = locked_question(question_id, actor)
    if version is not None and version != question.version_count:
        raise errors.QuestionStale
    current = reads.current_of(question)
    known = {name: getattr(current, name) for name in CONTENT}
    facts = {"points": question.points, "difficulty": question.difficulty, "tags": question.tags}
    changed, content = cleaned({**facts, **known, **fields}, kind=question.kind)
    question.points, question.difficulty, question.tags = changed.points, changed.difficulty, changed.tags
    bring(question, current, content, fields, actor=actor, at=at)
    _record("study.question.updated", question, content, actor)
    return question


@transaction.atomic
def retire_question(*, question_id: uuid.UUID, actor: Actor, at: datetime) -> Question:
    """Draw it no longer and take it out of papers that are not in use. Raises ``QuestionMissing``."""
    question = locked_question(question_id, actor)
    question.is_retired, question.updated_at = True, at
    question.save(update_fields=("is_retired", "updated_at"))
    PaperItem.objects.filter(question=question, paper__frozen_at=None).delete()
    record(action="study.question.retired", actor=actor, target=str(question.pk), target_label=str(question.pk))
    return question


def add_question(
    question: Question, content: Mapping[str, Any], *, actor: Actor, at: datetime, picture: UploadedFile | None = None
) -> QuestionVersion:
    """Keep a cleaned question. Raises ``QuestionTwice``."""
    question.digest, question.created_at, question.updated_at = digest_of(question.kind, content), at, at
    _kept(question, is_new=True)
    version = QuestionVersion(question=question, created_at=at, **content)
    _take_picture(version, {"picture": picture}, actor)
    version.save(force_insert=True)
    return version


def bring(
    question: Question, current: QuestionVersion, content: Mapping[str, Any], fields: Mapping[str, Any], *, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Bring a question to ``content``: in place where nobody has seen it, as another version otherwise."""
    is_other = any(getattr(current, name) != content[name] for name in CONTENT)
    is_other = is_other or bool(fields.get("picture")) or bool(fields.get("drops_picture") and current.picture_id)
    question.digest, question.updated_at = digest_of(question.kind, content), at
    if is_other:
        question.version_count += 1
    _kept(question)
    if not is_other:
        return
    version = current
    if reads.is_used(current):
        QuestionVersion.objects.filter(pk=current.pk).update(is_current=False)
        version = QuestionVersion(question=question, created_at=at, picture=current.picture)
    version.number = question.version_count
    for name in CONTENT:
        setattr(version, name, content[name])
    _take_picture(version, fields, actor)
    version.save()


def cleaned(fields: Mapping[str, Any], *, kind: str) -> tuple[Question, dict[str, Any]]:
    """A question without its bank, and its content. Raises ``ExamInvalid``."""
    cleaner = Cleaner()
    if kind not in QuestionKind.values:
        cleaner.refuse("kind", "unknown_kind", _("请选择题型。"))
        raise errors.ExamInvalid(fields=tuple(cleaner.faults))
    content = clean_content(cleaner, kind, fields)
    clean_points(cleaner, "points", fields.get("points") if fields.get("points") not in (None, "") else 1)
    difficulty = fields.get("difficulty")
    cleaner.whole("difficulty", 3 if difficulty in (None, "") else difficulty, 1, 5)
    clean_tags(cleaner, fields.get("tags") or [])
    values = cleaner.done(errors.ExamInvalid)
    return Question(kind=kind, points=values["points"], difficulty=values["difficulty"], tags=values["tags"]), content


def locked_bank(bank_id: uuid.UUID, actor: Actor) -> QuestionBank:
    """Raises ``BankMissing``, ``Forbidden``."""
    rows = QuestionBank.objects.select_for_update(of=("self",)).select_related("unit")
    bank = rows.filter(pk=bank_id, is_retired=False).first()
    if bank is None:
        raise errors.BankMissing
    scoping.require_over(bank.unit, actor=actor, permission=EXAMINE)
    return bank


def locked_question(question_id: uuid.UUID, actor: Actor) -> Question:
    """Raises ``QuestionMissing``, ``Forbidden``."""
    rows = Question.objects.select_for_update(of=("self",)).select_related("bank", "bank__unit")
    question = rows.filter(pk=question_id, is_retired=False, bank__is_retired=False).first()
    if question is None:
        raise errors.QuestionMissing
    scoping.require_over(question.bank.unit, actor=actor, permission=EXAMINE)
    return question


def _kept(question: Question, *, is_new: bool = False) -> None:
    try:
        with transaction.atomic():
            question.save(force_insert=is_new)
    except IntegrityError as error:  # the bank has it already
        raise errors.QuestionTwice from error


def _take_picture(version: QuestionVersion, fields: Mapping[str, Any], actor: Actor) -> None:
    """Pictures stay with the question: older versions go on showing theirs."""
    if fields.get("drops_picture"):
        version.picture = None
    if not fields.get("picture"):
        return
    try:
        stored = files.store_image(upload=fields["picture"], actor=actor).pk
        owner = f"study.question:{version.question_id}"
        version.picture = files.attach(file_ids=[stored], owner=owner, actor=actor)[stored]
    except DomainError as error:
        raise errors.ExamInvalid(fields=(FieldError("/picture", error.code, str(error.detail)),)) from error


def _record(action: str, question: Question, content: Mapping[str, Any], actor: Actor) -> None:
    facts = {"kind": question.kind, "version": question.version_count, "points": str(question.points)}
    record(action=action, actor=actor, target=str(question.pk), target_label=content["text"][:60], after=facts)
