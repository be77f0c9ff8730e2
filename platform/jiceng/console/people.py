"""组织与人员: the tree beside the people of the unit picked in it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.members import kinds, selectors, services
from jiceng.members.models import Person, Unit
from jiceng.shell.paging import page_of
from jiceng.shell.requests import TenantRequest

from .invites import invite_form, issue, show_issued
from .submission import form_page, page_url, submitted

INDENT = "　"


class FilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=60, label=gettext_lazy("姓名、拼音或职务"),
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("姓名 / 拼音 / 职务"), "type": "search"}),
    )  # fmt: skip
    unit = forms.UUIDField(required=False, widget=forms.HiddenInput)


class UnitForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("组织名称"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("类型"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = kinds.all_kinds(only_active=True).values()
        self.fields["kind"].choices = [(kind.code, kind.label) for kind in known]  # type: ignore[attr-defined]


class NewUnitForm(UnitForm):
    parent_id = forms.TypedChoiceField(
        label=gettext_lazy("上级组织"), required=False, coerce=uuid.UUID, empty_value=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent_id"].choices = unit_choices(_("（没有上级，作为一级组织）"))  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """The keyboard's way to move a unit."""

    parent_id = forms.TypedChoiceField(label=gettext_lazy("移到"), required=False, coerce=uuid.UUID, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent_id"].choices = unit_choices(_("（一级组织）"))  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=50)
    unit_id = forms.TypedChoiceField(label=gettext_lazy("所在组织"), required=False, coerce=uuid.UUID, empty_value=None)
    title = forms.CharField(label=gettext_lazy("职务"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_id"].choices = unit_choices(_("（暂不分配）"))  # type: ignore[attr-defined]


def unit_choices(empty_label: str) -> list[tuple[str, str]]:
    """All units for a <select>, deeper ones indented."""
    nodes = selectors.unit_tree()
    return [("", empty_label), *((str(node.id), INDENT * (node.depth - 1) + node.name) for node in nodes)]


def people_list(request: TenantRequest) -> HttpResponse:
    filters = FilterForm(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    unit = selectors.get_unit(chosen["unit"]) if chosen.get("unit") else None
    people = selectors.list_people(query=chosen.get("q", ""), unit=unit)
    page = page_of(people, by=("pinyin", "name", "id"), cursor=request.GET.get("cursor", ""))
    return render(request, "console/people/list.html", {
        "filters": filters, "unit": unit, "kind_label": _kind_label(unit), "page": page, "tree": selectors.unit_tree(),
        "total": selectors.count_people(), "query": chosen.get("q", ""),
    })  # fmt: skip


def person_create(request: TenantRequest) -> HttpResponse:
    initial = {"unit_id": request.GET.get("unit", "")}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=initial)
    person = submitted(form, lambda clean: services.create_person(**clean, actor=request.actor))
    if person is None:
        return form_page(request, form, title=_("新增人员"), cancel_url=_home())
    messages.success(request, _("已新增“%(name)s”。") % {"name": person.name})
    return redirect(_home(person.unit))


def person_edit(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    person = selectors.get_person(person_id)
    initial = {"name": person.name, "unit_id": person.unit_id or "", "title": person.title}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=initial)
    saved = submitted(
        form,
        lambda clean: services.update_person(person_id=person_id, values=clean, actor=request.actor),
    )
    if saved is None:
        return form_page(
            request, form, template="console/people/person.html", person=person, cancel_url=_home(person.unit),
            crumbs=[(_("组织与人员"), _home()), (person.name, "")],
        )  # fmt: skip
    messages.success(request, _("已保存“%(name)s”。") % {"name": saved.name})
    return redirect(_home(saved.unit))


def person_invite(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    """Invite somebody of the roster to log in; accepting the invitation links the login to them."""
    person = selectors.get_person(person_id)
    if person.user_id:
        messages.info(request, _("“%(name)s”已有登录账号。") % {"name": person.name})
        return redirect(page_url("person_edit", "members", person_id=person_id))
    form = invite_form(request, initial={"display_name": person.name, "roles": ["member"]})
    issued = submitted(form, lambda clean: issue(clean, request, reference=str(person_id)))
    if issued is None:
        return form_page(
            request, form, template="console/invites/new.html", cancel_url=_home(person.unit),
            title=_("邀请“%(name)s”登录") % {"name": person.name},
            crumbs=[(_("组织与人员"), _home()), (person.name, _person_url(person)), (_("邀请登录"), "")],
        )  # fmt: skip
    return show_issued(request, *issued)


def unit_create(request: TenantRequest) -> HttpResponse:
    initial = {"parent_id": request.GET.get("parent", ""), "kind": "department"}
    form = NewUnitForm(request.POST if request.method == "POST" else None, initial=initial)
    unit = submitted(form, lambda clean: services.create_unit(**clean, actor=request.actor))
    if unit is None:
        return form_page(request, form, title=_("新增组织"), cancel_url=_home())
    messages.success(request, _("已新增“%(name)s”。") % {"name": unit.name})
    return redirect(_home(unit))


def unit_edit(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    unit = selectors.get_unit(unit_id)
    form = UnitForm(request.POST if request.method == "POST" else None, initial={"name": unit.name, "kind": unit.kind})
    saved = submitted(
        form,
        lambda clean: services.rename_unit(unit_id=unit_id, **clean, actor=request.actor),
    )
    if saved is None:
        return _unit_page(request, unit, form, MoveForm(initial={"parent_id": unit.parent_id or ""}))
    messages.success(request, _("已保存“%(name)s”。") % {"name": saved.name})
    return redirect(_home(saved))


def unit_move(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    unit = selectors.get_unit(unit_id)
    initial = {"parent_id": unit.parent_id or ""}
    form = MoveForm(request.POST if request.method == "POST" else None, initial=initial)
    moved = submitted(
        form,
        lambda clean: services.move_unit(unit_id=unit_id, **clean, actor=request.actor),
    )
    if moved is None:
        return _unit_page(request, unit, UnitForm(initial={"name": unit.name, "kind": unit.kind}), form)
    messages.success(request, _("已移动“%(name)s”，下级组织和授权范围一并移动。") % {"name": moved.name})
    return redirect(_home(moved))


def unit_remove(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    unit = selectors.get_unit(unit_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    removed = submitted(form, lambda _clean: services.remove_unit(unit_id=unit_id, actor=request.actor) or True)
    if removed is None:
        return form_page(
            request, form, template="jiceng/console/confirm.html", title=_("删除“%(name)s”") % {"name": unit.name},
            question=_("只能删除没有下级组织、也没有人员的组织。"), action=_("删除"), danger=True, cancel_url=_home(unit),
        )  # fmt: skip
    messages.success(request, _("已删除“%(name)s”。") % {"name": unit.name})
    return redirect(_home(unit.parent))


def _unit_page(request: TenantRequest, unit: Unit, form: UnitForm, move: MoveForm) -> HttpResponse:
    faulty = move if move.is_bound else form
    return form_page(
        request, faulty, template="console/people/unit.html", unit=unit, kind_label=_kind_label(unit), rename=form, move=move,
        crumbs=[(_("组织与人员"), _home()), (unit.name, "")], cancel_url=_home(unit),
    )  # fmt: skip


def _kind_label(unit: Unit | None) -> str:
    return str(kinds.all_kinds()[unit.kind].label) if unit else ""


def _home(unit: Unit | None = None) -> str:
    url = page_url("people", "members")
    return f"{url}?unit={unit.pk}" if unit else url


def _person_url(person: Person) -> str:
    return page_url("person_edit", "members", person_id=person.pk)
