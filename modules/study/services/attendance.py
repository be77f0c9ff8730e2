"""Who was there: ticked or imported, corrected with history, hours following."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.files import inspection
from jiceng.files.filetypes import ATTACHMENT_TYPES
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import DomainError, FieldError
from jiceng.members.importing.reading import Table, cell_text, read_table
from jiceng.members.models import Person
from jiceng.members.sealing import tail_index

from .. import errors
from ..models import Attendance, AttendanceChange, AttendanceState, ClassState, OfflineClass
from ..selectors.hours import people_in_reach
from . import classes

NAME, NUMBER, TAIL, STATE = "姓名", "工号", "手机后四位", "出席"
HEADERS = (NAME, NUMBER, TAIL, STATE)
MOST_ROWS, MOST_BYTES = 2000, 5 * 1024 * 1024
TYPES = {kind: ATTACHMENT_TYPES[kind] for kind in ("xlsx", "csv")}
WORDS = {
    "": "present", "出席": "present", "到": "present", "是": "present", "√": "present", "请假": "leave", "缺席": "absent",
    "缺勤": "absent", "未到": "absent", "否": "absent",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """``faults``: row number and sentence; with any, nothing was written. ``repeated``: rows that say what another one says."""

    created: int
    changed: int
    unchanged: int
    repeated: int
    faults: tuple[tuple[int, str], ...] = ()


@transaction.atomic
def record_attendance(
    *, class_id: uuid.UUID, states: Mapping[uuid.UUID, str], reason: str = "", actor: Actor, at: datetime
) -> Result:
    """Set who was present, on leave or absent; all or nobody. Once hours are credited, they follow, and a reason is needed.

    ``states``: person id -> state. Raises ``ClassMissing``, ``Forbidden``, ``ClassCancelled``, ``ClassNotOver``,
    ``AttendanceInvalid`` on ``/states`` and ``/reason``.
    """
    found = classes.locked(class_id, actor)
    classes.require_over_by(found, at)
    needs_reason = found.state == ClassState.CONFIRMED
    cleaner = Cleaner().text("reason", reason or "", classes.REASON_LENGTH, needed=needs_reason)
    if len(states) > MOST_ROWS or any(state not in AttendanceState.values for state in states.values()):
        cleaner.refuse("states", "invalid_state", _("请为每个人选择出席、请假或缺席，一次不超过 2000 人。"))
    cleaned = cleaner.done(errors.AttendanceInvalid)
    people = {person.pk: person for person in people_in_reach(actor).filter(pk__in=list(states))}
    if missing := set(states) - people.keys():
        message = _("有 %(count)d 个人不在您管理的名册里。") % {"count": len(missing)}
        raise errors.AttendanceInvalid(fields=(FieldError("/states", "unknown_person", message),))
    return _set(found, people, states, cleaned["reason"], actor, at)


def read_upload(upload: UploadedFile) -> Table:
    """The table in an uploaded xlsx or csv. Raises ``AttendanceInvalid`` on ``/upload``."""
    try:
        inspected = inspection.inspect(upload, types=TYPES, max_bytes=MOST_BYTES)
        return read_table(inspected.variants[0].content, inspected.name, header_row=1)
    except DomainError as error:
        raise _refused(error.code, str(error.detail)) from error


def import_attendance(*, class_id: uuid.UUID, table: Table, is_rehearsal: bool, actor: Actor, at: datetime) -> Result:
    """All rows or none; the same table again changes nothing. ``is_rehearsal``: say what would happen.

    Only before hours are credited. Raises ``AttendanceInvalid`` on ``/upload`` where columns are missing or there are too
    many rows, ``ClassConfirmed``, and as ``record_attendance``.
    """
    with transaction.atomic():
        found = classes.locked_open(class_id, actor)
        classes.require_over_by(found, at)
        states, people, repeated, faults = _read(table, actor)
        if faults:
            return Result(0, 0, 0, repeated, tuple(faults))
        done = _set(found, people, states, "", actor, at)
        if is_rehearsal:
            transaction.set_rollback(True)
    return Result(done.created, done.changed, done.unchanged, repeated)


def _set(
    found: OfflineClass, people: Mapping[uuid.UUID, Person], states: Mapping[uuid.UUID, str], reason: str, actor: Actor,
    at: datetime,
) -> Result:  # fmt: skip
    rows = Attendance.objects.filter(offline_class=found, person__in=list(states)).select_related("person", "entry")
    before = {row.person_id: row for row in rows.select_for_update(of=("self",))}
    made, changes, touched = [], [], []
    for person_id, state in states.items():
        row = before.get(person_id)
        if row is not None and row.state == state:
            continue
        if row is None:
            row = Attendance(offline_class=found, person=people[person_id], state=state, created_at=at, updated_at=at)
            made.append(row)
            changes.append(_change(row, "", reason, actor, at))
        else:
            changes.append(_change(row, row.state, reason, actor, at, after=state))
            row.state, row.updated_at = state, at
        touched.append(row)
    Attendance.objects.bulk_create(made)
    _give_back(touched, reason, actor, at)
    new = {row.pk for row in made}
    Attendance.objects.bulk_update([row for row in touched if row.pk not in new], ("state", "updated_at"))
    _credit(found, touched, actor, at)
    AttendanceChange.objects.bulk_create(changes)
    if touched:
        record(
            action="study.attendance.recorded", actor=actor, target=str(found.pk), target_label=found.title,
            after={"person_count": len(touched), "reason": reason},
        )  # fmt: skip
    return Result(len(made), len(touched) - len(made), len(states) - len(touched), 0)


def _give_back(rows: list[Attendance], reason: str, actor: Actor, at: datetime) -> None:
    """Before the state says that they were not there: only who was present holds hours."""
    for row in rows:
        if row.state != AttendanceState.PRESENT and row.entry is not None:
            classes.uncredit(row, reason, actor, at)


def _credit(found: OfflineClass, rows: list[Attendance], actor: Actor, at: datetime) -> None:
    """Where hours are credited already, who turns out to have been present gets them too."""
    if found.state == ClassState.CONFIRMED:
        for row in rows:
            if row.state == AttendanceState.PRESENT:
                classes.credit(row, found, actor, at)


def _change(
    row: Attendance, before: str, reason: str, actor: Actor, at: datetime, *, after: str = ""
) -> AttendanceChange:
    return AttendanceChange(
        attendance=row,
        before=before,
        after=after or row.state,
        reason=reason,
        author_name=actor.display_name,
        made_at=at,
    )


def _read(
    table: Table, actor: Actor
) -> tuple[dict[uuid.UUID, str], dict[uuid.UUID, Person], int, list[tuple[int, str]]]:
    """States and people by id, how many rows repeat, and the faults by row."""
    columns = _columns(table)
    rows = [(row.number, {name: _text(row.cells, place) for name, place in columns.items()}) for row in table.rows]
    found = _People([cells for _number, cells in rows], actor)
    states: dict[uuid.UUID, str] = {}
    people: dict[uuid.UUID, Person] = {}
    repeated, faults = 0, []
    for number, cells in rows:
        person, state = found.find(cells), WORDS.get(cells.get(STATE, ""))
        if isinstance(person, str):
            faults.append((number, person))
        elif state is None:
            faults.append((number, _("“%(word)s”应写出席、请假或缺席。") % {"word": cells[STATE][:20]}))
        elif states.get(person.pk, state) != state:
            faults.append((number, _("%(name)s 前面已经登记为另一种情况。") % {"name": person.name}))
        else:
            repeated += person.pk in states
            states[person.pk], people[person.pk] = state, person
    return states, people, repeated, faults


class _People:
    """People within reach by name with employee number or the last digits of their phone; two queries for a table."""

    def __init__(self, rows: list[dict[str, str]], actor: Actor) -> None:
        numbers = {row[NUMBER] for row in rows if row.get(NUMBER)}
        tails = {row[TAIL]: tail_index(row[TAIL]) for row in rows if row.get(TAIL) and not row.get(NUMBER)}
        reach = people_in_reach(actor)
        self.by_number: dict[tuple[str, str], list[Person]] = {}
        for person in reach.filter(employee_number__in=numbers):
            self.by_number.setdefault((person.name, person.employee_number or ""), []).append(person)
        words = {bytes(digest): tail for tail, digest in tails.items()}
        self.by_tail: dict[tuple[str, str], list[Person]] = {}
        for person in reach.filter(phone_tail_index__in=list(tails.values())):
            self.by_tail.setdefault((person.name, words[bytes(person.phone_tail_index or b"")]), []).append(person)

    def find(self, cells: Mapping[str, str]) -> Person | str:
        """The person, or a sentence that says why there is none."""
        name, number, tail = cells.get(NAME, ""), cells.get(NUMBER, ""), cells.get(TAIL, "")
        if not name:
            return _("没有姓名。")
        if not number and not tail:
            return _("请填写工号，或手机号码后四位。")
        found = self.by_number.get((name, number), []) if number else self.by_tail.get((name, tail), [])
        if not found:
            return _("名册里没有找到 %(name)s，请核对姓名和工号或手机后四位。") % {"name": name[:20]}
        return found[0] if len(found) == 1 else _("有几个人都符合，请改填工号：%(name)s。") % {"name": name[:20]}


def _columns(table: Table) -> dict[str, int]:
    places = {str(header).strip(): place for place, header in enumerate(table.headers)}
    if NAME not in places or not {NUMBER, TAIL} & places.keys():
        raise _refused("column_missing", _("表格要有“姓名”，以及“工号”或“手机后四位”这一列。"))
    if len(table.rows) > MOST_ROWS:
        raise _refused("too_many_rows", _("一次最多导入 %(count)d 行。") % {"count": MOST_ROWS})
    return {name: places[name] for name in HEADERS if name in places}


def _text(cells: object, place: int) -> str:
    row = list(cells)  # type: ignore[call-overload]
    return cell_text(row[place]).replace("\x00", "").strip() if place < len(row) else ""


def _refused(code: str, message: str) -> errors.AttendanceInvalid:
    return errors.AttendanceInvalid(fields=(FieldError("/upload", code, message),))
