"""导出名册: the form, one's own exports, fetching and cancelling."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.stepup import require_recent_login
from jiceng.files.views import download
from jiceng.kernel import clock
from jiceng.members import selectors as members
from jiceng.members.bodies import STATES, Body
from jiceng.members.exporting import selectors, services
from jiceng.members.exporting.columns import EXPORT_COLUMNS, USUAL_COLUMNS
from jiceng.members.models import PersonState, RosterExport
from jiceng.shell.requests import TenantRequest

from .submission import form_page, page_url, submitted

INDENT = "　"
TONES = {"ready": "ok", "failed": "bad", "waiting": "info", "running": "info"}
PERSON_STATES = (
    (PersonState.ACTIVE, gettext_lazy("在册")), (PersonState.LEFT, gettext_lazy("已离开")), ("", gettext_lazy("全部")),
)  # fmt: skip


class ExportForm(forms.Form):
    unit = forms.TypedChoiceField(label=gettext_lazy("组织"), required=False, coerce=uuid.UUID, empty_value=None)
    belonging = forms.ChoiceField(label=gettext_lazy("组织关系"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("在册情况"), required=False, choices=PERSON_STATES)
    columns = forms.MultipleChoiceField(label=gettext_lazy("导出的列"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=gettext_lazy("用途"), max_length=200, min_length=4,
        help_text=gettext_lazy("例如“上报年度党内统计”。用途会写进文件和审计日志，本人也能看到。"),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = members.unit_tree(actor=actor, permission=selectors.EXPORT)
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            ("", _("（全部）")), *((str(node.id), INDENT * (node.depth - 1) + node.name) for node in nodes)
        ]  # fmt: skip
        self.fields["belonging"].choices = _belongings()  # type: ignore[attr-defined]
        may_see_all = policy.may(actor, selectors.READ_SENSITIVE)
        self.fields["columns"].choices = [  # type: ignore[attr-defined]
            (code, column.label) for code, column in EXPORT_COLUMNS.items() if may_see_all or not column.is_sensitive
        ]  # fmt: skip
        self.fields["columns"].initial = USUAL_COLUMNS

    def order(self) -> dict[str, Any]:
        """The clean data as the service takes it."""
        clean = self.cleaned_data
        body, _colon, state = clean["belonging"].partition(":")
        filters = {
            "unit": str(clean["unit"]) if clean["unit"] else "", "body": body, "membership_state": state,
            "state": clean["state"],
        }  # fmt: skip
        return {"filters": filters, "columns": clean["columns"], "reason": clean["reason"]}


def _belongings() -> list[tuple[str, Any]]:
    """ "党组织": everybody, 正式党员, 预备党员 …"""
    choices: list[tuple[str, Any]] = [("", _("（不限）"))]
    for body in Body:
        open_states = [state for state in STATES[body].values() if not state.is_end]
        named = [(f"{body}:{state.code}", state.label) for state in open_states]
        choices.append((str(body.label), [(str(body), _("%(body)s：全部") % {"body": body.label}), *named]))
    return choices


def export_list(request: TenantRequest) -> HttpResponse:
    at = clock.now()
    rows = [_row(export, at) for export in selectors.list_exports(actor=request.actor)]
    is_busy = any(row["is_waiting"] for row in rows)
    return render(request, "console/exports/list.html", {"rows": rows, "is_busy": is_busy})


@require_recent_login
def export_create(request: TenantRequest) -> HttpResponse:
    initial = {"unit": request.GET.get("unit", ""), "state": PersonState.ACTIVE}
    form = ExportForm(request.POST if request.method == "POST" else None, actor=request.actor, initial=initial)
    made = submitted(form, lambda _clean: services.request_export(**form.order(), actor=request.actor, at=clock.now()))
    if made is None:
        crumbs = [(_("导出名册"), page_url("exports", "members")), (_("新的导出"), "")]
        return form_page(
            request, form, template="console/exports/new.html", crumbs=crumbs, cancel_url=page_url("exports", "members"),
            sensitive=[column.label for column in EXPORT_COLUMNS.values() if column.is_sensitive],
        )  # fmt: skip
    messages.success(request, _("已开始生成，共 %(count)s 人，完成后在这里下载。") % {"count": made.row_count})
    return redirect(page_url("exports", "members"))


@require_recent_login
def export_download(request: TenantRequest, export_id: uuid.UUID) -> HttpResponseBase:
    return download(services.download(export_id=export_id, actor=request.actor, at=clock.now()))


def export_cancel(request: TenantRequest, export_id: uuid.UUID) -> HttpResponse:
    services.cancel(export_id=export_id, actor=request.actor)
    messages.success(request, _("已取消，文件已删除。"))
    return redirect(page_url("exports", "members"))


def _row(export: RosterExport, at: Any) -> dict[str, Any]:
    state = RosterExport.State
    is_ready = selectors.is_downloadable(export, at)
    shown = state.EXPIRED if export.state == state.READY and not is_ready else state(export.state)
    return {
        "export": export, "number": services.number_of(export), "label": shown.label, "tone": TONES.get(shown, ""),
        "filters": selectors.describe(export.filters), "is_ready": is_ready,
        "is_waiting": export.state in services.GOING_ON,
        "columns": [EXPORT_COLUMNS[code].label for code in export.columns if code in EXPORT_COLUMNS],
    }  # fmt: skip
