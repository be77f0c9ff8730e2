"""Everything that names a person, to take along: for machines (JSON) and for people (a workbook), in one archive."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from jiceng.access.actor import Actor
from jiceng.access.selectors import list_sessions
from jiceng.audit.models import AuditEntry
from jiceng.audit.services import record
from jiceng.kernel.clock import local_zone
from jiceng.kernel.registry import registry

from .. import sealing
from ..bodies import Body, state_label
from ..fields import FIELDS
from ..models import Consent, Person, Post
from ..selectors import memberships_of, shown_value, values_of
from . import selectors
from .consents import PURPOSES


@dataclass(frozen=True, slots=True)
class Section:
    """``columns``: key in the JSON -> heading in the workbook."""

    code: str
    title: str
    columns: dict[str, str]
    rows: list[list[Any]]


@transaction.atomic
def export_own(*, actor: Actor, at: datetime) -> bytes:
    """A zip archive with what is kept about ``actor``, and nothing about others but who acted on it.

    Raises ``NoEntry``. Whoever hands it out asks for a recent login first.
    """
    person = selectors.entry_of(actor)
    sections = list(_sections(person, actor))
    record(action="members.profile.exported", actor=actor, target=str(person.pk), target_label=person.name)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("data.json", _as_json(sections, at))
        bundle.writestr(_("我的数据") + ".xlsx", _as_workbook(sections))
    return archive.getvalue()


def _sections(person: Person, actor: Actor) -> Iterator[Section]:
    yield _profile(person)
    yield from _belonging(person)
    yield _posts(person)
    yield _changes(person)
    yield _requests(person)
    yield _disclosures(person)
    yield _consents(person)
    yield _sessions(actor)
    yield _deeds(person, actor)


def _profile(person: Person) -> Section:
    values = values_of(person)
    rows = [[code, _label(code), _in_words(code, values[code])] for code in FIELDS]
    rows.append(["state", _("状态"), str(person.get_state_display())])
    rows.append(["unit", _("所在组织"), person.unit.name if person.unit else ""])
    return Section("profile", _("我的资料"), {"field": _("代码"), "label": _("项目"), "value": _("内容")}, rows)


def _belonging(person: Person) -> Iterator[Section]:
    memberships = list(memberships_of(person))
    yield Section(
        "memberships", _("组织关系"),
        {"body": _("类别"), "state": _("身份"), "unit": _("组织"), "started_on": _("开始"), "confirmed_on": _("转正"),
         "ended_on": _("结束"), "end_reason": _("结束原因")},
        [
            [str(Body(row.body).label), state_label(row.body, row.state), row.unit.name if row.unit else "",
             row.started_on, row.confirmed_on, row.ended_on, row.end_reason]
            for row in memberships
        ],
    )  # fmt: skip
    yield Section(
        "membership_periods", _("组织关系变化"),
        {"body": _("类别"), "state": _("身份"), "unit": _("组织"), "valid_from": _("起"), "valid_to": _("止"), "note": _("说明")},
        [
            [str(Body(row.body).label), state_label(row.body, period.state), period.unit.name if period.unit else "",
             period.valid_from, period.valid_to, period.note]
            for row in memberships
            for period in row.periods.all()
        ],
    )  # fmt: skip


def _posts(person: Person) -> Section:
    posts = Post.objects.filter(person=person).select_related("unit").order_by("started_on", "id")
    columns = {"unit": _("组织"), "name": _("职务"), "started_on": _("任职"), "ended_on": _("免职")}
    return Section(
        "posts", _("任职"), columns, [[row.unit.name, row.name, row.started_on, row.ended_on] for row in posts]
    )


def _changes(person: Person) -> Section:
    columns = {
        "made_at": _("时间"), "source": _("来源"), "actor": _("操作人"), "field": _("项目"), "before": _("修改前"),
        "after": _("修改后"),
    }  # fmt: skip
    rows = []
    for change in selectors.history_of(person):
        facts = sealing.open_facts(change.changes_sealed, table="personchange", row=change.pk)
        rows += [
            [change.made_at, str(change.get_source_display()), change.actor_name, _label(code),
             _in_words(code, before), _in_words(code, after)]
            for code, (before, after) in facts.items()
        ]  # fmt: skip
    return Section("changes", _("资料变动"), columns, rows)


def _requests(person: Person) -> Section:
    columns = {
        "requested_at": _("申请时间"), "wanted": _("申请内容"), "note": _("说明"), "files": _("证明材料"), "state": _("结果"),
        "decided_at": _("办结时间"),
    }  # fmt: skip
    rows = []
    for change in selectors.requests_of(person):
        wanted = "；".join(f"{_label(code)}：{value}" for code, value in selectors.wanted_of(change).items())
        names = "、".join(file.original_name for file in selectors.evidence_of(change))
        rows.append(
            [change.requested_at, wanted, change.note, names, str(change.get_state_display()), change.decided_at]
        )
    return Section("requests", _("变更申请"), columns, rows)


def _disclosures(person: Person) -> Section:
    columns = {
        "happened_at": _("时间"),
        "kind": _("方式"),
        "actor": _("查看人"),
        "fields": _("内容"),
        "reason": _("理由"),
    }
    rows = [
        [row.happened_at, str(row.get_kind_display()), row.actor_name, selectors.field_labels(row), row.reason]
        for row in selectors.disclosures_of(person)
    ]
    return Section("disclosures", _("谁看过我的信息"), columns, rows)


def _consents(person: Person) -> Section:
    columns = {
        "purpose": _("用途"), "text_version": _("文本版本"), "text_hash": _("文本摘要"), "channel": _("渠道"),
        "granted_at": _("同意时间"), "withdrawn_at": _("撤回时间"),
    }  # fmt: skip
    rows = [
        [str(PURPOSES[row.purpose].label) if row.purpose in PURPOSES else row.purpose, row.text_version, row.text_hash,
         row.channel, row.granted_at, row.withdrawn_at]
        for row in Consent.objects.filter(person=person)
    ]  # fmt: skip
    return Section("consents", _("授权记录"), columns, rows)


def _sessions(actor: Actor) -> Section:
    columns = {"agent": _("浏览器"), "address": _("地址"), "created_at": _("登录时间"), "last_seen_at": _("最近使用")}
    found = list_sessions(actor.user) if actor.user else ()
    rows = [[row.agent, row.address, row.created_at, row.last_seen_at] for row in found]
    return Section("sessions", _("登录终端"), columns, rows)


def _deeds(person: Person, actor: Actor) -> Section:
    """What ``actor`` did; of deeds on others only that they happened: the others are not theirs to take along."""
    labels = {action: str(label) for manifest in registry for action, label in manifest.actions.items()}
    own = {str(person.pk), actor.id}
    columns = {"happened_at": _("时间"), "action": _("操作"), "target": _("对象"), "address": _("地址")}
    rows = [
        [
            row.happened_at,
            labels.get(row.action, row.action),
            row.target_label if row.target in own else "",
            row.address,
        ]
        for row in AuditEntry.objects.filter(actor_kind="user", actor_id=actor.id).order_by("-id")
    ]
    return Section("deeds", _("操作记录"), columns, rows)


def _label(code: str) -> str:
    return str(FIELDS[code].label) if code in FIELDS else code


def _in_words(code: str, value: Any) -> str:
    """In clear: it is their own."""
    if code in ("phone", "id_number"):
        return str(value or "")
    return "" if value in (None, "") else shown_value(code, value)


def _as_json(sections: list[Section], at: datetime) -> str:
    data: dict[str, Any] = {"exported_at": at.isoformat()}
    for section in sections:
        data[section.code] = [dict(zip(section.columns, map(_plain, row), strict=True)) for row in section.rows]
    return json.dumps(data, ensure_ascii=False, indent=1)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _as_workbook(sections: list[Section]) -> bytes:
    book = Workbook(write_only=True)
    for section in sections:
        sheet = book.create_sheet(section.title)
        sheet.freeze_panes = "A2"
        sheet.append(list(section.columns.values()))
        for row in section.rows:
            sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    """Times in the local zone; every text a text, so that nothing beginning with ``=`` becomes a formula."""
    if isinstance(value, datetime):
        value = value.astimezone(local_zone()).replace(tzinfo=None)
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell
