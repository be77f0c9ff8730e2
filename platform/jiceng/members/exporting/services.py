"""Asking for a roster, writing it, fetching it, and seeing that it does not stay."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.files import services as files
from jiceng.files.models import StoredFile
from jiceng.kernel import clock
from jiceng.kernel.context import require_scope
from jiceng.kernel.errors import DomainError, FieldError, Invalid
from jiceng.kernel.tasks import enqueue

from ..importing.workbooks import rows_workbook
from ..models import Disclosure, RosterExport
from ..services.reveal import checked_reason, disclose
from . import selectors
from .columns import EXPORT_COLUMNS, SENSITIVE_COLUMNS
from .errors import ExportExpired, ExportNotReady, ExportOver, ExportRunning, ExportUnknown

State = RosterExport.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT_FOR = timedelta(hours=24)
# What is still waiting then has failed for good: its task was tried again and again.
GIVEN_UP_AFTER = timedelta(hours=6)
GOING_ON = (State.WAITING, State.RUNNING)


@transaction.atomic
def request_export(
    *, filters: Mapping[str, Any], columns: Iterable[str], reason: str, actor: Actor, at: datetime
) -> RosterExport:
    """Have a roster written in the background; see ``selectors.people_for`` for ``filters``.

    Raises ``Forbidden``, ``Invalid`` (columns, a reason of fewer than four characters, nobody chosen) and
    ``ExportRunning``: one at a time in the whole tenant.
    """
    policy.require(actor, selectors.EXPORT)
    wanted = [code for code in EXPORT_COLUMNS if code in set(columns)]
    if not wanted:
        raise Invalid(fields=[FieldError("/columns", "required", _("请至少选择一列。"))])
    is_sensitive = any(code in SENSITIVE_COLUMNS for code in wanted)
    if is_sensitive:
        policy.require(actor, selectors.READ_SENSITIVE)
    reason = checked_reason(reason)
    count = selectors.people_for(filters, actor=actor, is_sensitive=is_sensitive).count()
    if not count:
        raise Invalid(_("没有符合条件的人员，请调整条件。"))
    _give_up(at)
    export = RosterExport(
        filters=dict(filters), columns=wanted, reason=reason, is_sensitive=is_sensitive, row_count=count,
        user=actor.user, user_name=actor.display_name[:150], created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            export.save(force_insert=True)
    except IntegrityError as error:
        raise ExportRunning from error
    _tell("requested", export, actor)
    enqueue("members.build_export", export_id=export.pk)
    return export


@transaction.atomic
def build(*, export_id: uuid.UUID | str, at: datetime) -> RosterExport | None:
    """Write the workbook, with what the person may export at this moment. ``None`` when it was cancelled meanwhile.

    A refusal (rights taken away, no room left) ends it as failed.
    """
    export = RosterExport.objects.select_related("user").filter(pk=export_id, state=State.WAITING).first()
    if export is None:
        return None
    actor = Actor.for_user(export.user)
    try:
        with transaction.atomic():
            return _write(export, actor, at)
    except DomainError as error:
        RosterExport.objects.filter(pk=export.pk, state=State.WAITING).update(
            state=State.FAILED, failure=error.detail[:300]
        )
        _tell("failed", export, actor)
        return None


def _write(export: RosterExport, actor: Actor, at: datetime) -> RosterExport | None:
    policy.require(actor, selectors.EXPORT)
    if export.is_sensitive:
        policy.require(actor, selectors.READ_SENSITIVE)
    people = selectors.people_for(export.filters, actor=actor, is_sensitive=export.is_sensitive)
    person_ids = list(people.values_list("pk", flat=True))
    content = rows_workbook(
        title=_("人员名册"), headers=[str(EXPORT_COLUMNS[code].label) for code in export.columns],
        rows=_while_wanted(export, selectors.rows(person_ids, export.columns)),
        watermark=watermark(export, at, len(person_ids)),
    )  # fmt: skip
    # The row is taken only now: until here a cancellation must not have to wait.
    locked = RosterExport.objects.select_for_update().filter(pk=export.pk, state=State.WAITING).first()
    if locked is None:
        return None
    locked.file = files.store_generated(
        content=content, name=_file_name(locked, at), content_type=XLSX, owner=_owner(locked), actor=actor
    )
    locked.state, locked.row_count = State.READY, len(person_ids)
    locked.ready_at, locked.expires_at = at, at + KEPT_FOR
    locked.save()
    fields = sorted(locked.columns, key=lambda code: (code not in SENSITIVE_COLUMNS, locked.columns.index(code)))
    disclose(person_ids, fields=_fitting(fields), kind=Disclosure.Kind.EXPORT, actor=actor, reason=locked.reason, at=at)
    enqueue("members.expire_export", at=locked.expires_at, export_id=locked.pk)
    _tell("built", locked, actor)
    return locked


def _while_wanted(export: RosterExport, rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The rows, until somebody cancels; looks every page of them."""
    for number, row in enumerate(rows):
        if number % selectors.PAGE_SIZE == 0:
            if not RosterExport.objects.filter(pk=export.pk, state=State.WAITING).exists():
                return
        yield row


@transaction.atomic
def download(*, export_id: uuid.UUID | str, actor: Actor, at: datetime) -> StoredFile:
    """The file, for the one who asked for it. Every time is counted and audited.

    Raises ``Forbidden`` when the right was taken away since, ``ExportUnknown``, ``ExportNotReady``, ``ExportExpired``.
    """
    policy.require(actor, selectors.EXPORT)
    export = _locked(export_id, actor)
    if export.is_sensitive:
        policy.require(actor, selectors.READ_SENSITIVE)
    if export.state in GOING_ON:
        raise ExportNotReady
    if not selectors.is_downloadable(export, at) or export.file is None:
        raise ExportExpired
    export.download_count += 1
    export.save(update_fields=["download_count"])
    _tell("downloaded", export, actor)
    return export.file


@transaction.atomic
def cancel(*, export_id: uuid.UUID | str, actor: Actor) -> RosterExport:
    """Stop one's own export, or take back a file that is ready. Raises ``ExportUnknown``, ``ExportOver``."""
    export = _locked(export_id, actor)
    if export.state not in (*GOING_ON, State.READY):
        raise ExportOver
    export.state, export.file = State.CANCELLED, None
    export.save(update_fields=["state", "file"])
    files.remove(owner=_owner(export))
    _tell("cancelled", export, actor)
    return export


@transaction.atomic
def expire(*, export_id: uuid.UUID | str, at: datetime) -> bool:
    """Remove the file of an export whose time is over. Idempotent."""
    due = RosterExport.objects.filter(pk=export_id, state=State.READY, expires_at__lte=at)
    if not due.update(state=State.EXPIRED, file=None):
        return False
    files.remove(owner=f"members.rosterexport:{export_id}")
    return True


def watermark(export: RosterExport, at: datetime, count: int) -> list[str]:
    """Whose copy it is: lines above the table and on every printed page."""
    moment = at.astimezone(clock.local_zone()).strftime("%Y-%m-%d %H:%M")
    words = {"who": export.user_name, "when": moment, "number": number_of(export), "count": count}
    return [
        _("内部资料，请勿外传。%(name)s") % {"name": require_scope().name},
        _("导出人：%(who)s；导出时间：%(when)s；编号：%(number)s；共 %(count)s 人") % words,
        _("用途：%(reason)s") % {"reason": export.reason},
    ]


def number_of(export: RosterExport) -> str:
    """Short, and enough to find the export by."""
    return export.pk.hex[-10:].upper()


def _locked(export_id: uuid.UUID | str, actor: Actor) -> RosterExport:
    found = (
        selectors.own_exports(actor).select_for_update(of=("self",)).select_related("file").filter(pk=export_id).first()
    )
    if found is None:
        raise ExportUnknown
    return found


def _give_up(at: datetime) -> None:
    RosterExport.objects.filter(state__in=GOING_ON, created_at__lt=at - GIVEN_UP_AFTER).update(
        state=State.FAILED, failure=_("长时间没有完成，已放弃。")
    )


def _fitting(fields: list[str]) -> list[str]:
    """As many as the record has room for, the sensitive ones first."""
    fitting: list[str] = []
    for code in fields:
        if len(",".join([*fitting, code])) <= 200:
            fitting.append(code)
    return fitting


def _file_name(export: RosterExport, at: datetime) -> str:
    day = at.astimezone(clock.local_zone()).strftime("%Y%m%d")
    return _("人员名册_%(day)s_%(number)s.xlsx") % {"day": day, "number": number_of(export)}


def _owner(export: RosterExport) -> str:
    return f"members.rosterexport:{export.pk}"


def _tell(deed: str, export: RosterExport, actor: Actor) -> None:
    record(
        action=f"members.export.{deed}", actor=actor, target=str(export.pk), target_label=number_of(export),
        after={
            "rows": export.row_count, "filters": selectors.describe(export.filters),
            "columns": "、".join(str(EXPORT_COLUMNS[code].label) for code in export.columns),
            "sensitive": export.is_sensitive, "downloads": export.download_count,
        },
        note=export.reason,
    )  # fmt: skip
