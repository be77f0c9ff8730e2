"""The life of an import: taken in, columns named, checked, applied, taken back. The heavy steps run in the background."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count

from jiceng.access.actor import Actor
from jiceng.access.models import ApiKey, User
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.files import inspection
from jiceng.files.filetypes import ATTACHMENT_MAX_BYTES, DOCUMENT_TYPES
from jiceng.kernel.crypto import open_sealed, seal
from jiceng.kernel.errors import DomainError
from jiceng.kernel.tasks import enqueue

from ..models import ImportBatch, ImportRow
from ..selectors.imports import list_batches
from . import answers, applying, checking, proposing, undoing
from .columns import guess_mapping
from .errors import BatchBusy, BatchUnknown, HasErrors, NameUnmapped, NotChecked
from .reading import Table, cell_text, read_table
from .workbooks import error_workbook

State, Kind, Mode, Source = ImportBatch.State, ImportBatch.Kind, ImportBatch.Mode, ImportBatch.Source
TYPES = {extension: DOCUMENT_TYPES[extension] for extension in ("xlsx", "xls", "csv")}
OPEN_STATES = (State.UPLOADED, State.CHECKED, State.FAILED)
KEEP = timedelta(days=30)


@transaction.atomic
def create_batch(
    *,
    actor: Actor,
    at: datetime,
    upload: UploadedFile | None = None,
    rows: Sequence[Mapping[str, Any]] | None = None,
    kind: str = Kind.IMPORT,
    mode: str = Mode.VALID_ROWS,
    source: str = Source.CONSOLE,
    is_automatic: bool = False,
    accepts_many_leavers: bool = False,
    creates_units: bool = False,
) -> ImportBatch:
    """Take in a file, or ``rows`` whose keys are column codes. Columns are guessed; nothing of the registry changes.

    Raises the errors of ``files.errors`` and ``importing.errors``.
    """
    if upload is not None:
        inspected = inspection.inspect(upload, types=TYPES, max_bytes=ATTACHMENT_MAX_BYTES)
        name, content = inspected.name, inspected.variants[0].content
    else:
        name, content = "rows.csv", _as_text(rows or ())
    batch = ImportBatch(
        kind=kind, source=source, mode=mode, file_name=name, is_automatic=is_automatic,
        accepts_many_leavers=accepts_many_leavers, creates_units=creates_units, created_at=at,
        created_by_kind=actor.kind, created_by_id=actor.id or "", created_by_name=actor.display_name[:150],
    )  # fmt: skip
    batch.content_sealed = seal(content, context=_place(batch))
    _take_headers(batch, read_table(content, name))
    batch.save(force_insert=True)
    record(
        action="members.import.created", actor=actor, target=str(batch.pk), target_label=name,
        after={"kind": kind, "rows": batch.row_count},
    )  # fmt: skip
    return batch


@transaction.atomic
def set_mapping(
    *,
    batch_id: UUID | str,
    mapping: Mapping[int, str],
    actor: Actor,
    sheet: str = "",
    header_row: int = 0,
    creates_units: bool | None = None,
    clears_blanks: bool | None = None,
    accepts_many_leavers: bool | None = None,
    version: int | None = None,
) -> ImportBatch:
    """Say what each column is. ``mapping``: column number from 0 -> column code; left out means left aside.

    ``sheet``, ``header_row``: read another part of the workbook; the columns are then guessed anew and ``mapping`` is not used.
    Raises ``BatchUnknown``, ``BatchBusy``, ``MappingInvalid``, ``NameUnmapped``.
    """
    batch = _batch(batch_id, version, actor=actor, states=OPEN_STATES)
    if (sheet and sheet != batch.sheet) or (header_row and header_row != batch.header_row):
        chosen = sheet or batch.sheet
        table = read_table(content_of(batch), batch.file_name, sheet=chosen, header_row=header_row, is_known=True)
        _take_headers(batch, table)
    else:
        batch.mapping = answers.checked_mapping(batch, mapping)
    batch.creates_units = batch.creates_units if creates_units is None else creates_units
    batch.clears_blanks = batch.clears_blanks if clears_blanks is None else clears_blanks
    if accepts_many_leavers is not None:
        batch.accepts_many_leavers = accepts_many_leavers
    _save(batch, State.UPLOADED)
    return batch


@transaction.atomic
def map_and_check(
    *, batch_id: UUID | str, mapping: Mapping[int, str], actor: Actor, version: int | None = None, **options: Any
) -> ImportBatch:
    """``set_mapping``, then ``request_check``: both or neither."""
    set_mapping(batch_id=batch_id, mapping=mapping, actor=actor, version=version, **options)
    return request_check(batch_id=batch_id, actor=actor)


@transaction.atomic
def request_check(*, batch_id: UUID | str, actor: Actor, version: int | None = None) -> ImportBatch:
    """Have the dry run done in the background. Raises ``BatchUnknown``, ``BatchBusy``, ``NameUnmapped``."""
    batch = _batch(batch_id, version, actor=actor, states=OPEN_STATES)
    if "name" not in batch.mapping.values():
        raise NameUnmapped
    _save(batch, State.CHECKING)
    enqueue("members.check_import", batch_id=batch.pk)
    return batch


@transaction.atomic
def choose(
    *,
    batch_id: UUID | str,
    actor: Actor,
    units: Mapping[str, str] | None = None,
    rows: Mapping[int, str] | None = None,
    creates_units: bool | None = None,
    version: int | None = None,
) -> ImportBatch:
    """Answer what the check asked, and check again.

    ``units``: ``"<tree>|<text>"`` -> a unit's id, ``create``, ``skip`` or ``""``. ``rows``: row number ->
    ``same:<person id>``, ``new`` or ``skip``. Raises ``BatchUnknown``, ``BatchBusy``, ``MappingInvalid``.
    """
    batch = _batch(batch_id, version, actor=actor, states=(State.CHECKED,))
    choices = {**batch.unit_choices, **answers.checked_units(units or {})}
    batch.unit_choices = {key: choice for key, choice in choices.items() if choice}
    batch.creates_units = batch.creates_units if creates_units is None else creates_units
    for number, decision in (rows or {}).items():
        answers.decide(batch, number, decision)
    _save(batch, State.CHECKING)
    enqueue("members.check_import", batch_id=batch.pk)
    return batch


@transaction.atomic
def request_apply(
    *, batch_id: UUID | str, actor: Actor, at: datetime, mode: str | None = None, version: int | None = None
) -> ImportBatch:
    """Apply what was checked, in the background. One of two who ask at once gets ``BatchBusy``.

    Raises ``BatchUnknown``, ``NotChecked``, ``HasErrors`` (all or nothing, and some row is not clean).
    """
    batch = _batch(batch_id, version, actor=actor)
    if batch.state != State.CHECKED:
        raise NotChecked if batch.state in (State.UPLOADED, State.FAILED) else BatchBusy
    batch.mode = mode or batch.mode
    outcomes = batch.counts.get("outcomes", {})
    if batch.mode == Mode.ALL_OR_NOTHING and (outcomes.get("error") or outcomes.get("duplicate")):
        raise HasErrors
    _begin_applying(batch, actor)
    return batch


@transaction.atomic
def cancel(*, batch_id: UUID | str, actor: Actor) -> ImportBatch:
    """Put an import aside that has changed nothing. Raises ``BatchUnknown``, ``BatchBusy``."""
    batch = _batch(batch_id, None, actor=actor, states=(*OPEN_STATES, State.CHECKING))
    _save(batch, State.CANCELLED)
    _forget(batch)
    record(action="members.import.cancelled", actor=actor, target=str(batch.pk), target_label=batch.file_name)
    return batch


@transaction.atomic
def request_undo(*, batch_id: UUID | str, actor: Actor, version: int | None = None) -> ImportBatch:
    """Take an applied import back, in the background, as far as nobody has built on it. Raises ``BatchUnknown``, ``BatchBusy``."""
    batch = _batch(batch_id, version, actor=actor, states=(State.APPLIED,))
    if batch.kind == Kind.ROSTER:
        raise BatchBusy("名册比对没有直接修改人员，不能撤销；不采纳的变动请在审批中驳回。")
    if batch.content_sealed is None:
        raise BatchBusy("这次导入已超过 30 天，不能再撤销。")
    batch.counts = {**batch.counts, "undo": {}}
    _save(batch, State.UNDOING)
    record(action="members.import.undone", actor=actor, target=str(batch.pk), target_label=batch.file_name)
    enqueue("members.undo_import", batch_id=batch.pk)
    return batch


@transaction.atomic
def run_check(*, batch_id: UUID | str, at: datetime) -> None:
    """The dry run itself. May be repeated; does nothing for an import that is not waiting for it."""
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id, state=State.CHECKING).first()
    if batch is None:
        return
    try:
        with transaction.atomic():
            table = table_of(batch)
            actor = actor_of(batch)
            if batch.kind == Kind.ROSTER:
                proposing.compare(batch, table, actor=actor, at=at)
            else:
                checking.check(batch, table, actor=actor, at=at)
    except DomainError as error:
        fail(batch, error)
        return
    _save(batch, State.APPLIED if batch.kind == Kind.ROSTER else State.CHECKED)
    if batch.is_automatic and batch.kind == Kind.IMPORT:
        outcomes = batch.counts["outcomes"]
        if batch.mode == Mode.VALID_ROWS or not (outcomes.get("error") or outcomes.get("duplicate")):
            _begin_applying(batch, actor)


@transaction.atomic
def run_apply(*, batch_id: UUID | str, at: datetime) -> None:
    """Apply the next rows, and ask to be called again while some wait. Killed in between, it goes on where it was."""
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id, state=State.APPLYING).first()
    if batch is None:
        return
    is_whole = batch.mode == Mode.ALL_OR_NOTHING
    try:
        with transaction.atomic():
            count = applying.apply_rows(batch, actor=actor_of(batch), at=at, limit=None if is_whole else applying.CHUNK)
            if is_whole and batch.rows.filter(outcome=ImportRow.Outcome.ERROR).exists():
                raise HasErrors("检查之后名册有了变化，什么都没有导入，请重新检查。")
    except DomainError as error:
        fail(batch, error)
        return
    batch.done_count += count
    if not is_whole and count == applying.CHUNK:
        _save(batch, State.APPLYING)
        enqueue("members.apply_import", batch_id=batch.pk)
        return
    _finish(batch, at)


@transaction.atomic
def run_undo(*, batch_id: UUID | str, at: datetime) -> None:
    """Take back the next rows, and ask to be called again while some are left."""
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id, state=State.UNDOING).first()
    if batch is None:
        return
    counts = undoing.undo_rows(batch, actor=actor_of(batch))
    total = {name: batch.counts["undo"].get(name, 0) + counts[name] for name in ("removed", "restored", "kept")}
    batch.counts = {**batch.counts, "undo": total}
    if batch.rows.filter(is_applied=True).exists():
        _save(batch, State.UNDOING)
        enqueue("members.undo_import", batch_id=batch.pk)
        return
    batch.undone_at = at
    _save(batch, State.UNDONE)


@transaction.atomic
def forget_old(*, at: datetime) -> int:
    """Empty the files and rows of imports older than a month; counts stay. Returns how many. Idempotent."""
    old = ImportBatch.objects.filter(created_at__lt=at - KEEP, content_sealed__isnull=False)
    batches = list(
        old.exclude(state__in=(State.CHECKING, State.APPLYING, State.UNDOING)).select_for_update(skip_locked=True)
    )
    for batch in batches:
        _forget(batch)
    return len(batches)


def errors_of(batch: ImportBatch) -> bytes:
    """The workbook as it came, with the reasons beside the rows that were not taken. Raises ``BatchBusy`` once it is forgotten."""
    table = table_of(batch)
    places = {code: int(place) for place, code in batch.mapping.items() if code}
    reasons: dict[int, list[str]] = {}
    marked: dict[int, list[int]] = {}
    rows = batch.rows.filter(outcome__in=(ImportRow.Outcome.ERROR, ImportRow.Outcome.DUPLICATE))
    for row in rows.only("number", "faults", "outcome", "candidates"):
        reasons[row.number] = [f"{answers.label_of(code)}：{words}" for code, _fault, words in row.faults] or [
            _twin_words(row)
        ]
        marked[row.number] = [places[code] for code, _fault, _words in row.faults if code in places]
    return error_workbook(table, reasons, marked)


def content_of(batch: ImportBatch) -> bytes:
    """The file as it came. Raises ``BatchBusy`` once it is forgotten."""
    if batch.content_sealed is None:
        raise BatchBusy("这次导入的文件已按期清除。")
    return open_sealed(bytes(batch.content_sealed), context=_place(batch))


def table_of(batch: ImportBatch) -> Table:
    """The part of the file that is being imported. Raises ``BatchBusy`` once it is forgotten."""
    content = content_of(batch)
    return read_table(content, batch.file_name, sheet=batch.sheet, header_row=batch.header_row, is_known=True)


def actor_of(batch: ImportBatch) -> Actor:
    """Who asked for the import, with the rights they have now."""
    if batch.created_by_kind == "user" and (user := User.objects.filter(pk=batch.created_by_id).first()):
        return Actor.for_user(user)
    if batch.created_by_kind == "api_key" and (key := ApiKey.objects.filter(pk=batch.created_by_id).first()):
        return Actor.for_key(key)
    return Actor.system(batch.created_by_name) if batch.created_by_kind == "system" else Actor.anonymous()


def fail(batch: ImportBatch, error: DomainError) -> None:
    """Say why it could not be done; nothing of it was."""
    batch.failure = error.detail[:300]
    _save(batch, State.FAILED)


def _begin_applying(batch: ImportBatch, actor: Actor) -> None:
    batch.done_count = 0
    _save(batch, State.APPLYING)
    record(
        action="members.import.applied", actor=actor, target=str(batch.pk), target_label=batch.file_name,
        after={"mode": batch.mode, "outcomes": batch.counts.get("outcomes", {})},
    )  # fmt: skip
    enqueue("members.apply_import", batch_id=batch.pk)


def _finish(batch: ImportBatch, at: datetime) -> None:
    batch.applied_at = at
    # Anew: what came to the registry since the check made errors of some rows.
    by_outcome = batch.rows.order_by().values_list("outcome").annotate(Count("pk"))
    batch.counts = {**batch.counts, "outcomes": dict(by_outcome)}
    _save(batch, State.APPLIED)
    count = batch.rows.filter(is_applied=True).count()
    emit("members.people.imported", payload={"batch_id": batch.pk, "count": count})


def _batch(
    batch_id: UUID | str, version: int | None, *, actor: Actor, states: Sequence[str] | None = None
) -> ImportBatch:
    batch = list_batches(actor=actor).select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise BatchUnknown
    if (states is not None and batch.state not in states) or (version is not None and version != batch.version):
        raise BatchBusy
    return batch


def _save(batch: ImportBatch, state: str) -> None:
    batch.state, batch.version = state, batch.version + 1
    if state != State.FAILED:
        batch.failure = ""
    batch.save()


def _forget(batch: ImportBatch) -> None:
    batch.rows.all().delete()
    batch.content_sealed = None
    batch.save(update_fields=["content_sealed"])


def _take_headers(batch: ImportBatch, table: Table) -> None:
    batch.sheet, batch.header_row, batch.headers = table.sheet, table.header_row, list(table.headers)
    batch.row_count = len(table.rows)
    batch.mapping = {str(place): code for place, code in guess_mapping(table.headers).items()}


def _twin_words(row: ImportRow) -> str:
    twins = [value for kind, value in row.candidates if kind != checking.PERSON]
    return f"与第 {twins[0]} 行是同一名人员。" if twins else "名册中已有同名人员，请确认是不是同一人。"


def _as_text(rows: Sequence[Mapping[str, Any]]) -> bytes:
    codes = list(dict.fromkeys(code for row in rows for code in row))
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(codes)
    writer.writerows([cell_text(row.get(code)) for code in codes] for row in rows)
    return stream.getvalue().encode()


def _place(batch: ImportBatch) -> str:
    return f"members_importbatch|content|{batch.pk}"
