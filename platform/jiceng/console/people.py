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

from jiceng.access import policy
from jiceng.members import kinds, scope, selectors, services
from jiceng.members.models import Unit
from jiceng.shell.paging import page_of
from jiceng.shell.requests import TenantRequest

from .people_forms import FilterForm, PlaceForm, is_id
from .people_rows import person_rows
from .submission import form_page, page_url, submitted

INDENT = "　"


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


def unit_choices(empty_label: str) -> list[tuple[str, str]]:
    """All units for a <select>, deeper ones indented."""
    nodes = selectors.unit_tree()
    return [("", empty_label), *((str(node.id), INDENT * (node.depth - 1) + node.name) for node in nodes)]


def people_list(request: TenantRequest) -> HttpResponse:
    """The tree beside the people of the unit picked in it; whoever may manage people can put several into another unit."""
    actor = request.actor
    filters = FilterForm(request.GET)
    asked = filters.chosen()
    unit_id = filters.cleaned_data.get("unit")
    unit = selectors.get_unit(unit_id, actor=actor) if unit_id else None
    people = selectors.with_memberships(selectors.list_people(actor=actor, unit=unit, **asked))
    page = page_of(people, by=("pinyin", "name", "id"), cursor=request.GET.get("cursor", ""))
    manages = policy.may(actor, scope.MANAGE)
    return render(request, "console/people/list.html", {
        "filters": filters, "unit": unit, "kind_label": _kind_label(unit), "page": page, "rows": person_rows(page.rows),
        "tree": selectors.unit_tree(actor=actor), "total": selectors.list_people(actor=actor).count(),
        "is_filtered": any(asked[key] for key in ("query", "body")), "may_manage": manages,
        "place": PlaceForm(actor, ()) if manages and page.rows else None,
    })  # fmt: skip


def people_place(request: TenantRequest) -> HttpResponse:
    """Several people at once into one unit: asks once more what is about to happen, without JavaScript too."""
    actor = request.actor
    wanted = [value for value in request.POST.getlist("ids") if is_id(value)]
    people = list(scope.people_in_reach(actor, scope.MANAGE).filter(pk__in=wanted))
    if not people:
        messages.info(request, _("请先勾选要移动的人员。"))
        return redirect(_home())
    form = PlaceForm(actor, people, request.POST)
    moved = submitted(
        form,
        lambda clean: services.place_people(
            person_ids=clean["ids"], unit_id=clean["unit_id"], on=clean["on"], actor=actor
        ),
    )
    if moved is None:
        return form_page(
            request, form, title=_("移动人员"), cancel_url=_home(), action=_("移动"),
            note=_("共 %(count)s 人：%(names)s") % {"count": len(people), "names": "、".join(p.name for p in people)},
            crumbs=[(_("组织与人员"), _home()), (_("移动人员"), "")],
        )  # fmt: skip
    messages.success(request, _("已移动 %(count)s 人。") % {"count": moved})
    return redirect(_home(selectors.get_unit(form.cleaned_data["unit_id"])))


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
