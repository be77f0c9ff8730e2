"""The audit trail as pages show it, a tenant's and the platform's: filters, names of actions, the same as a file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.audit import selectors
from jiceng.audit.models import AuditEntry
from jiceng.audit.services import record
from jiceng.kernel.clock import local_zone, now
from jiceng.kernel.registry import registry

EXPORT_LIMIT = 20_000
EXPORT_PAGE = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:")
FIELD_LABELS: Mapping[str, Any] = {
    "name": gettext_lazy("名称"), "kind": gettext_lazy("类型"), "state": gettext_lazy("状态"),
    "parent": gettext_lazy("上级组织"), "unit": gettext_lazy("组织"), "unit_path": gettext_lazy("组织范围"),
    "role": gettext_lazy("角色"), "roles": gettext_lazy("角色"), "permissions": gettext_lazy("权限"),
    "scopes": gettext_lazy("权限范围"), "addresses": gettext_lazy("允许的来源"), "prefix": gettext_lazy("前缀"),
    "expires_at": gettext_lazy("到期"), "valid_from": gettext_lazy("开始"), "valid_to": gettext_lazy("结束"),
    "username": gettext_lazy("用户名"), "display_name": gettext_lazy("姓名"), "email": gettext_lazy("电子邮箱"),
    "user": gettext_lazy("登录账号"), "theme": gettext_lazy("主题颜色"), "zone": gettext_lazy("时区"),
    "plan": gettext_lazy("套餐"), "policy_profile": gettext_lazy("安全要求"), "modules": gettext_lazy("模块"),
    "reason": gettext_lazy("原因"), "rows": gettext_lazy("行数"), "count": gettext_lazy("数量"),
}  # fmt: skip


class FilterForm(forms.Form):
    actor = forms.CharField(
        required=False, max_length=64, label=gettext_lazy("操作人"),
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("操作人姓名"), "type": "search"}),
    )  # fmt: skip
    action = forms.ChoiceField(required=False, label=gettext_lazy("操作"))
    since = forms.DateField(
        required=False, label=gettext_lazy("从"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        required=False, label=gettext_lazy("到"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = action_choices(selectors.list_actions())
        self.fields["action"].choices = [("", _("全部操作")), *choices]  # type: ignore[attr-defined]

    def conditions(self) -> dict[str, Any]:
        """Clean filters as ``list_entries`` takes them; both days count wholly, in the local zone."""
        chosen = self.cleaned_data
        until = chosen["until"]
        return {
            "actor": chosen["actor"].strip(), "action": chosen["action"], "since": _midnight(chosen["since"]),
            "until": _midnight(until + timedelta(days=1)) if until and until < date.max else None,
        }  # fmt: skip


def listing(request: HttpRequest) -> dict[str, Any]:
    """The context of a page that includes ``jiceng/parts/trail.html``: the filtered trail, one page of it."""
    filters = FilterForm(request.GET)
    conditions = filters.conditions() if filters.is_valid() else {}
    page = selectors.list_entries(**conditions, cursor=request.GET.get("cursor", ""))
    query = request.GET.copy()
    query.pop("cursor", None)
    rows = [
        (entry, action_label(entry.action), readable(entry.before), readable(entry.after)) for entry in page.entries
    ]
    return {
        "filters": filters, "rows": rows,
        "next": page.next_cursor, "is_first": "cursor" not in request.GET, "query": query.urlencode(),
    }  # fmt: skip


def export(request: HttpRequest) -> HttpResponse:
    """The filtered trail as CSV (UTF-8 with BOM, for spreadsheets). The export itself is on record."""
    filters = FilterForm(request.GET)
    conditions = filters.conditions() if filters.is_valid() else {}
    rows = collect(conditions)
    record(
        action="audit.trail.exported", actor=request.actor, after={"rows": len(rows)},  # type: ignore[attr-defined]
        note=request.GET.urlencode()[:300],
    )  # fmt: skip
    response = HttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    stamp = f"{timezone.localtime(now()):%Y%m%d-%H%M}"
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{stamp}.csv"'
    return response


def readable(state: Mapping[str, Any] | None) -> dict[str, str]:
    """A state as people read it: words everybody uses for common fields, local times, lists in one line."""
    return {str(FIELD_LABELS.get(key, key)): _readable_value(value) for key, value in (state or {}).items()}


def _readable_value(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, (list, tuple)):
        return "、".join(_readable_value(item) for item in value)
    if isinstance(value, str) and MOMENT.match(value):
        moment = parse_datetime(value)
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment and moment.tzinfo else value
    return str(value)


def action_labels() -> dict[str, str]:
    return {action: str(label) for manifest in registry for action, label in manifest.actions.items()}


def action_label(action: str) -> str:
    """The label of one action; the code itself where no manifest names it."""
    return action_labels().get(action, action)


def action_choices(actions: Iterable[str]) -> list[tuple[str, str]]:
    """The actions for a filter, by label."""
    labels = action_labels()
    return sorted(((action, labels.get(action, action)) for action in actions), key=lambda pair: pair[1])


def collect(conditions: dict[str, Any]) -> list[AuditEntry]:
    """The newest EXPORT_LIMIT entries, read page by page while the transaction is open."""
    rows: list[AuditEntry] = []
    cursor = ""
    while len(rows) < EXPORT_LIMIT:
        page = selectors.list_entries(**conditions, cursor=cursor, limit=EXPORT_PAGE)
        rows.extend(page.entries)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    return rows[:EXPORT_LIMIT]


def csv_lines(rows: list[AuditEntry]) -> Iterator[str]:
    header = [
        _("时间"), _("操作人"), _("操作"), _("操作代码"), _("对象"), _("修改前"), _("修改后"), _("备注"), _("来源地址"),
        _("请求编号"),
    ]  # fmt: skip
    yield "\ufeff" + _line(header)
    for entry in rows:
        yield _line([
            f"{timezone.localtime(entry.happened_at):%Y-%m-%d %H:%M:%S}", entry.actor_name, action_label(entry.action),
            entry.action, entry.target_label or entry.target, _json(entry.before), _json(entry.after), entry.note,
            entry.address, entry.request_id,
        ])  # fmt: skip


def harmless(cell: str) -> str:
    """``cell`` so that no spreadsheet takes it for a formula (CWE-1236): a quote in front of what could begin one."""
    return f"'{cell}" if cell.lstrip(" \u3000").startswith(FORMULA_STARTS) or cell.startswith(FORMULA_STARTS) else cell


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([harmless(str(cell)) for cell in cells])
    return buffer.getvalue()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=local_zone()) if day else None
