"""Questions from files: looked at first, taken over after, and the same file twice changes nothing."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.files import inspection
from jiceng.files.filetypes import ATTACHMENT_TYPES, MEBIBYTE
from jiceng.kernel.errors import DomainError, FieldError

from .. import errors
from ..models import Question, QuestionBank, QuestionImport, QuestionVersion
from ..selectors import questions as reads
from .question_content import digest_of
from .question_files import fields_of, read_questions
from .question_workbooks import headers, row_of, workbook
from .questions import CONTENT, add_question, bring, cleaned, locked_bank

TYPES = {extension: ATTACHMENT_TYPES[extension] for extension in ("xlsx", "docx")}
MAX_BYTES = 10 * MEBIBYTE
OUTCOMES = ("new", "changed", "same", "error")


@transaction.atomic
def begin_import(*, bank_id: uuid.UUID, upload: UploadedFile, actor: Actor, at: datetime) -> QuestionImport:
    """Read and judge every row; the bank stays as it is. Raises ``BankMissing``, ``ExamInvalid`` on ``/upload``."""
    bank = locked_bank(bank_id, actor)
    try:
        inspected = inspection.inspect(upload, types=TYPES, max_bytes=MAX_BYTES)
        raws = read_questions(inspected.variants[0].content, inspected.name)
    except DomainError as error:
        raise errors.ExamInvalid(fields=(FieldError("/upload", error.code, str(error.detail)),)) from error
    judge = _Judge(bank)
    rows = [judge.judged(raw) for raw in raws]
    return QuestionImport.objects.create(
        bank=bank, name=inspected.name[:200], rows=rows, counts=dict(Counter(row["outcome"] for row in rows)),
        author_id=actor.id or "", author_name=actor.display_name[:150], created_at=at,
    )  # fmt: skip


@transaction.atomic
def apply_import(*, import_id: uuid.UUID, actor: Actor, at: datetime) -> QuestionImport:
    """Take over the rows without faults, judged again against what the bank holds now.

    Raises ``ImportMissing``, ``ImportDone``, ``BankMissing``. Locks the bank.
    """
    found = reads.get_import(import_id=import_id, actor=actor)
    bank = locked_bank(found.bank_id, actor)
    found = QuestionImport.objects.select_for_update().get(pk=found.pk)
    if found.applied_at is not None:
        raise errors.ImportDone
    judge, counts = _Judge(bank), Counter[str]()
    for row in found.rows:
        counts[_apply(judge, row, actor, at) if row["outcome"] != "error" else "error"] += 1
    found.applied_at, found.counts = at, dict(counts)
    found.save(update_fields=("applied_at", "counts"))
    record(
        action="study.question.imported", actor=actor, target=str(bank.pk), target_label=bank.name,
        after={"file": found.name, **counts},
    )  # fmt: skip
    return found


@transaction.atomic
def export_bank(*, bank_id: uuid.UUID, actor: Actor) -> tuple[str, bytes]:
    """Name and workbook, which can be imported again. Audited. Raises ``BankMissing``."""
    bank = reads.get_bank(bank_id=bank_id, actor=actor)
    rows = [row_of(question) for question in reads.listed(actor, bank=bank).order_by("created_at", "id")]
    record(
        action="study.bank.exported", actor=actor, target=str(bank.pk), target_label=bank.name,
        after={"question_count": len(rows)},
    )  # fmt: skip
    return bank.name, workbook(_("题库"), headers(), rows)


class _Judge:
    """Knows what a bank holds, in two queries, and what the file has said before."""

    def __init__(self, bank: QuestionBank) -> None:
        self.bank = bank
        rows = QuestionVersion.objects.filter(question__bank=bank, question__is_retired=False, is_current=True)
        self.known = {version.question.digest: version for version in rows.select_related("question")}
        self._seen: dict[str, int] = {}

    def judged(self, raw: Any) -> dict[str, Any]:
        fields = fields_of(raw)
        row = {"number": raw.number, "text": raw.text[:200], "fields": fields, "faults": [], "outcome": "error"}
        try:
            question, content = cleaned(fields, kind=fields["kind"])
        except errors.ExamInvalid as error:
            # What cannot be kept as text is not kept at all.
            row["faults"] = list(dict.fromkeys(fault.message for fault in error.fields))
            return {**row, "fields": {}, "text": raw.text[:200].replace("\x00", "")}
        digest = digest_of(question.kind, content)
        if digest in self._seen:
            row["faults"] = [_("与第 %(number)d 题重复。") % {"number": self._seen[digest]}]
            return row
        self._seen[digest] = raw.number
        row["outcome"] = self.outcome(question, content, digest)
        return row

    def outcome(self, question: Question, content: dict[str, Any], digest: str) -> str:
        known = self.known.get(digest)
        if known is None:
            return "new"
        facts = ("points", "difficulty", "tags")
        is_same = all(getattr(known.question, name) == getattr(question, name) for name in facts)
        if is_same and _same_words(known, content):
            return "same"
        return "changed"


def _same_words(known: QuestionVersion, content: dict[str, Any]) -> bool:
    return all(getattr(known, name) == content[name] for name in CONTENT)


def _apply(judge: _Judge, row: dict[str, Any], actor: Actor, at: datetime) -> str:
    """One row; returns what it did."""
    question, content = cleaned(row["fields"], kind=row["fields"]["kind"])
    digest = digest_of(question.kind, content)
    outcome = judge.outcome(question, content, digest)
    if outcome == "new":
        question.bank = judge.bank
        judge.known[digest] = add_question(question, content, actor=actor, at=at)
    elif outcome == "changed":
        known = judge.known[digest]
        held = known.question
        held.points, held.difficulty, held.tags = question.points, question.difficulty, question.tags
        bring(held, known, content, {}, actor=actor, at=at)
    return outcome
