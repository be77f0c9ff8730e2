"""待办审批: the inbox with batch approval, one's own applications, and all cases for those who manage workflows."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import policy
from jiceng.kernel import clock
from jiceng.kernel.registry import registry
from jiceng.shell.cases import case_page
from jiceng.shell.requests import TenantRequest
from jiceng.workflow import selectors, services
from jiceng.workflow.definitions import label_of
from jiceng.workflow.manifest import MANAGE
from jiceng.workflow.models import CaseState

from .submission import page_url

PER_PAGE = 30


class FilterForm(forms.Form):
    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    words = forms.CharField(
        required=False, max_length=60, label=gettext_lazy("标题或申请人"),
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("标题 / 申请人"), "type": "search"}),
    )  # fmt: skip
    state = forms.ChoiceField(required=False, label=gettext_lazy("状态"))
    workflow = forms.ChoiceField(required=False, label=gettext_lazy("流程"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(code, str(workflow.label)) for code, workflow in registry.workflows.items()]
        self.fields["state"].choices = [("", _("全部状态")), *CaseState.choices]  # type: ignore[attr-defined]
        self.fields["workflow"].choices = [("", _("全部流程")), *known]  # type: ignore[attr-defined]

    def criteria(self) -> dict[str, str]:
        clean = self.cleaned_data if self.is_valid() else {}
        return {name: clean.get(name, "").strip() for name in ("words", "state", "workflow")}


def approval_list(request: TenantRequest) -> HttpResponse:
    """``?tab=``: ``open`` (the default), ``mine``, ``done``; ``all`` for those who manage workflows somewhere."""
    at, actor, filters = clock.now(), request.actor, FilterForm(request.GET)
    lists: dict[str, tuple[str, Any]] = {
        "open": (_("待我办理"), selectors.inbox(actor=actor, at=at)),
        "mine": (_("我发起的"), selectors.cases_of(actor=actor)),
        "done": (_("已办"), selectors.decided_by(actor=actor)),
    }
    if policy.may(actor, MANAGE):
        lists["all"] = (_("全部申请"), selectors.list_cases(actor=actor, **filters.criteria()))
    tab = request.GET.get("tab", "open")
    tab = tab if tab in lists else "open"
    page = Paginator(lists[tab][1], PER_PAGE).get_page(request.GET.get("cursor"))
    rows = list(page.object_list)
    if tab in ("mine", "all"):
        for case in rows:
            case.label = label_of(case.workflow)
    return render(request, "console/approvals/list.html", {
        "tab": tab, "rows": rows, "filters": filters, "at": at,
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
        "tabs": [
            {"label": label, "url": f"?tab={name}", "active": name == tab} for name, (label, _rows) in lists.items()
        ],
    })  # fmt: skip


def approve_many(request: TenantRequest) -> HttpResponse:
    """Approve what was ticked; says how many, and why not the others."""
    wanted = [_uuid(text) for text in request.POST.getlist("assignment")]
    result = services.approve_many(assignment_ids=[one for one in wanted if one], actor=request.actor, at=clock.now())
    if result.approved:
        messages.success(request, _("已同意 %(count)d 项。") % {"count": result.approved})
    elif not result.refusals:
        messages.info(request, _("请先勾选要同意的申请。"))
    for title, reason in result.refusals[:5]:
        messages.error(request, _("“%(title)s”没有办理：%(reason)s") % {"title": title, "reason": reason})
    return redirect(page_url("approvals", "workflow"))


def case_detail(request: TenantRequest, case_id: uuid.UUID) -> HttpResponse:
    home = page_url("approvals", "workflow")
    crumbs = [(_("待办审批"), home), (_("申请"), "")]
    return case_page(request, case_id, template="console/approvals/case.html", home=home, crumbs=crumbs)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
