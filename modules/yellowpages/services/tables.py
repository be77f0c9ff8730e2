"""Lists in and out: the export is what the import reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.files import inspection
from jiceng.files.filetypes import ATTACHMENT_TYPES
from jiceng.kernel.errors import DomainError, FieldError
from jiceng.members.importing.reading import Table, read_table

from .. import errors
from ..models import Category, Entry
from ..selectors import entries as reads
from ..selectors import opening
from . import cleaning
from .entries import EntryFields, create_entry, update_entry

HEADERS = ("类别", "名称", "电话", "地址", "营业时间", "简介", "标签", "公开")
MOST_ROWS, MOST_BYTES = 5000, 5 * 1024 * 1024
TYPES = {kind: ATTACHMENT_TYPES[kind] for kind in ("xlsx", "csv")}
YES = ("是", "公开", "1", "true")


@dataclass(frozen=True, slots=True)
class Result:
    """``faults``: row number and sentence; with any, nothing was written."""

    created: int
    updated: int
    unchanged: int
    faults: tuple[tuple[int, str], ...]


class _Undo(Exception):
    """Takes a rehearsal back."""


def read_upload(upload: UploadedFile) -> Table:
    """The table in an uploaded xlsx or csv, checked for what it pretends to be. Raises the refusals of files and of reading."""
    try:
        inspected = inspection.inspect(upload, types=TYPES, max_bytes=MOST_BYTES)
        return read_table(inspected.variants[0].content, inspected.name, header_row=1)
    except DomainError as error:
        raise errors.TableInvalid(fields=(FieldError("/upload", error.code, str(error.detail)),)) from error


def import_entries(*, table: Table, is_rehearsal: bool, actor: Actor, at: datetime) -> Result:
    """All rows or none. The same category, name and address is the same entry; running it again changes nothing.

    ``is_rehearsal``: say what would happen. Raises ``TableInvalid`` where columns are missing or there are too many rows.
    """
    columns = _columns(table.headers)
    if len(table.rows) > MOST_ROWS:
        raise errors.TableInvalid(_("一次最多导入 %(count)d 行。") % {"count": MOST_ROWS})
    counts, faults = {"created": 0, "updated": 0, "unchanged": 0}, []
    try:
        with transaction.atomic():
            for row in table.rows:
                cells = {name: _text(row.cells[place]) for name, place in columns.items() if place < len(row.cells)}
                try:
                    counts[_take(cells, actor, at)] += 1
                except DomainError as error:
                    faults.append((row.number, "；".join(fault.message for fault in error.fields) or str(error.detail)))
            if faults or is_rehearsal:
                raise _Undo
            record(action="yellowpages.imported", actor=actor, target="", target_label="", after=dict(counts))
    except _Undo:
        pass
    return Result(**counts, faults=tuple(faults))


@transaction.atomic
def export_entries(*, actor: Actor) -> list[tuple[str, ...]]:
    """Rows under ``HEADERS``. Audited."""
    rows: list[tuple[str, ...]] = [
        (
            entry.category.name, entry.name, _lines(entry), entry.address, _hours(entry), entry.summary, entry.tags,
            "是" if entry.is_public else "否",
        )
        for entry in reads.managed().order_by("category__position", "pinyin", "id")
    ]  # fmt: skip
    record(action="yellowpages.exported", actor=actor, target="", target_label="", after={"count": len(rows)})
    return rows


def _columns(headers: Sequence[str]) -> dict[str, int]:
    places = {str(header).strip(): place for place, header in enumerate(headers)}
    missing = [name for name in ("类别", "名称") if name not in places]
    if missing:
        fault = FieldError("/upload", "column_missing", _("缺少列：%(names)s。") % {"names": "、".join(missing)})
        raise errors.TableInvalid(fields=(fault,))
    return {name: places[name] for name in HEADERS if name in places}


def _take(cells: dict[str, str], actor: Actor, at: datetime) -> str:
    fields = _fields(cells)
    same = Entry.objects.filter(
        category=fields["category_id"], name=fields.get("name"), address=fields.get("address", "")
    )
    entry = same.prefetch_related("lines", "openings").select_related("category").first()
    if entry is None:
        create_entry(fields=fields, actor=actor, at=at)
        return "created"
    if _is_same(entry, cells):
        return "unchanged"
    update_entry(entry_id=entry.pk, fields=fields, actor=actor, at=at)
    return "updated"


def _fields(cells: dict[str, str]) -> EntryFields:
    category = Category.objects.filter(name=cells.get("类别", "")).first()
    if category is None:
        fault = FieldError(
            "/category", "unknown_category", _("没有这个类别：%(name)s。") % {"name": cells.get("类别", "")[:20]}
        )
        raise errors.EntryInvalid(fields=(fault,))
    fields: dict[str, Any] = {"category_id": category.pk, "name": cells.get("名称", "")}
    known = {"地址": "address", "简介": "summary", "标签": "tags"}
    fields |= {code: cells[name] for name, code in known.items() if name in cells}
    if "电话" in cells:
        fields["lines"] = [_line(part) for part in cells["电话"].replace("；", ";").split(";") if part.strip()]
    if "营业时间" in cells:
        hours = cleaning.parse_hours(cells["营业时间"])
        if hours is None:
            fault = FieldError(
                "/openings", "invalid_hours", _("营业时间的写法应如“一至五 9:00-17:00；六 9:00-12:00”。")
            )
            raise errors.EntryInvalid(fields=(fault,))
        fields["openings"] = hours
    if "公开" in cells:
        fields["is_public"] = cells["公开"].lower() in YES
    return fields  # type: ignore[return-value]


def _is_same(entry: Entry, cells: dict[str, str]) -> bool:
    now = {
        "电话": _lines(entry), "营业时间": _hours(entry), "简介": entry.summary, "标签": entry.tags,
        "公开": "是" if entry.is_public else "否",
    }  # fmt: skip
    wanted = dict(cells)
    if "电话" in wanted:
        lines = [_line(part) for part in wanted["电话"].replace("；", ";").split(";") if part.strip()]
        wanted["电话"] = "；".join(f"{line['label']} {cleaning.dialled(line['number'])}".strip() for line in lines)
    if "营业时间" in wanted:
        wanted["营业时间"] = opening.format_hours(cleaning.parse_hours(wanted["营业时间"]) or [])
    if "公开" in wanted:
        wanted["公开"] = "是" if wanted["公开"].lower() in YES else "否"
    return all(now[name] == value for name, value in wanted.items() if name in now)


def _line(part: str) -> dict[str, str]:
    label, _blank, number = part.strip().rpartition(" ")
    return {"label": label.strip(), "number": number}


def _lines(entry: Entry) -> str:
    return "；".join(f"{line.label} {line.number}".strip() for line in entry.lines.all())


def _hours(entry: Entry) -> str:
    return opening.format_hours([(row.weekday, row.opens, row.closes) for row in entry.openings.all()])


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
