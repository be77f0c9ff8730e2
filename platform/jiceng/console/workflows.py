"""工作流程: which steps each workflow has, and publishing others."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.formsets import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.models import Role
from jiceng.access.selectors import usernames_of
from jiceng.kernel import clock
from jiceng.kernel.registry import registry
from jiceng.shell.requests import TenantRequest
from jiceng.workflow import selectors, services
from jiceng.workflow.models import Definition
from jiceng.workflow.steps import LABEL_LENGTH, MAX_DAYS, MAX_STEPS, MAX_USERS, Step

from .submission import UNPROCESSABLE, form_page, page_url, submitted

BLANK_ROWS = 2
BETWEEN_NAMES = re.compile(r"[、,，;；\s]+")


class StepForm(forms.Form):
    """One row. ``who``: ``permission:<code>``, ``role:<code>`` or nothing, where ``users`` names people."""

    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    label = forms.CharField(label=gettext_lazy("步骤名称"), max_length=LABEL_LENGTH)
    who = forms.ChoiceField(label=gettext_lazy("由谁办理"), required=False)
    users = forms.CharField(
        label=gettext_lazy("指定人员"), required=False, max_length=400,
        help_text=gettext_lazy("姓名或用户名，用顿号分开；任何一人办理即可。"),
    )  # fmt: skip
    scope = forms.ChoiceField(
        label=gettext_lazy("办理范围"),
        choices=[("unit", gettext_lazy("申请所在组织及其上级")), ("tenant", gettext_lazy("全单位"))],
    )  # fmt: skip
    days = forms.IntegerField(label=gettext_lazy("办理时限（天）"), min_value=1, max_value=MAX_DAYS, initial=3)

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        names = [name for name in BETWEEN_NAMES.split(clean.get("users") or "") if name]
        if bool(clean.get("who")) == bool(names):
            self.add_error("who", _("请选择一项权限或一个角色，或者填写指定人员。"))
        if len(names) > MAX_USERS:
            self.add_error("users", _("最多指定 %(most)d 人。") % {"most": MAX_USERS})
        clean["names"] = names
        return clean


class PublishForm(forms.Form):
    """``version``: the one that was edited."""

    version = forms.IntegerField(widget=forms.HiddenInput)


StepForms = forms.formset_factory(
    StepForm, extra=BLANK_ROWS, can_order=True, can_delete=True, max_num=MAX_STEPS, validate_max=True, min_num=1,
    validate_min=True, absolute_max=MAX_STEPS + BLANK_ROWS,
)  # fmt: skip


def workflow_list(request: TenantRequest) -> HttpResponse:
    found = selectors.list_workflows(modules=request.tenant.modules)
    return render(request, "console/approvals/workflows.html", {"workflows": found})


def workflow_edit(request: TenantRequest, code: str) -> HttpResponse:
    facts = selectors.workflow_facts(code=code)
    data = request.POST if request.method == "POST" else None
    rows = _rows(data, facts.steps)
    form = PublishForm(data, initial={"version": facts.version})
    if data is None or rows.is_valid():
        published = submitted(form, lambda clean: _publish(request, code, rows, clean["version"]))
        if published is not None:
            messages.success(
                request, _("已发布第 %(version)d 版，之后的新申请按它办理。") % {"version": published.version}
            )
            return redirect(page_url("workflow", "workflow", code=code))
    page = form_page(
        request, form, template="console/approvals/workflow.html", facts=facts, rows=rows,
        versions=selectors.versions_of(code=code),
        crumbs=[(_("工作流程"), page_url("workflows", "workflow")), (str(facts.workflow.label), "")],
    )  # fmt: skip
    if data is not None and page.status_code == 200:
        page.status_code = UNPROCESSABLE
    return page


def _publish(request: TenantRequest, code: str, rows: BaseFormSet[StepForm], version: int) -> Definition:
    steps = [_step(form.cleaned_data) for form in rows.ordered_forms]
    _name_new(steps)
    return services.publish_definition(code=code, steps=steps, actor=request.actor, at=clock.now(), version=version)


def _step(clean: dict[str, Any]) -> dict[str, Any]:
    kind, _colon, value = clean["who"].partition(":")
    users = [str(selectors.user_named(name).pk) for name in clean["names"]]
    who = {kind: value} if value else {"users": users}
    return {name: clean[name] for name in ("code", "label", "scope", "days")} | {"who": who}


def _name_new(steps: list[dict[str, Any]]) -> None:
    """Rows that are new get the first free code."""
    taken = {step["code"] for step in steps}
    free = (f"step_{number}" for number in range(1, 2 * MAX_STEPS + 2))
    unused = (code for code in free if code not in taken)
    for step in steps:
        step["code"] = step["code"] or next(unused)


def _rows(data: Any, steps: tuple[Step, ...]) -> BaseFormSet[StepForm]:
    names = usernames_of([user for step in steps for user in step.users])
    by_id = {str(pk): username for pk, username in names.items()}
    rows = StepForms(data, initial=[_initial(step, by_id) for step in steps], prefix="step")
    choices = _who_choices()
    for form in rows.forms:
        form.fields["who"].choices = choices  # type: ignore[attr-defined]
        form.fields["ORDER"].label, form.fields["DELETE"].label = _("顺序"), _("删除这一步")
    return rows


def _initial(step: Step, usernames: dict[str, str]) -> dict[str, Any]:
    who = f"permission:{step.permission}" if step.permission else f"role:{step.role}" if step.role else ""
    users = "、".join(usernames[user] for user in step.users if user in usernames)
    return {
        "code": step.code, "label": step.label, "who": who, "users": users, "scope": step.scope, "days": step.days,
    }  # fmt: skip


def _who_choices() -> list[Any]:
    """Nobody yet, the roles, then every permission by part."""
    roles = [(f"role:{role.code}", role.name) for role in Role.objects.all()]
    parts = [
        (str(manifest.name), [(f"permission:{p.code}", str(p.label)) for p in manifest.permissions if not p.public])
        for manifest in registry
    ]
    return [("", _("（见指定人员）")), (_("角色"), roles), *(part for part in parts if part[1])]
