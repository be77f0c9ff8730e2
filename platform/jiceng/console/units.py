"""Units: found, change, move, remove; the page of one; the structure of any day."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import trigger_client_event

from jiceng.access import policy
from jiceng.kernel.clock import today
from jiceng.members import kinds, scope, selectors, services
from jiceng.members.bodies import Tree
from jiceng.members.models import Unit
from jiceng.members.selectors.posts import posts_in, terms_of
from jiceng.members.selectors.unit_history import history_of
from jiceng.shell.forms import status_of
from jiceng.shell.requests import TenantRequest
from jiceng.shell.toasts import toast

from .people_forms import day_field, is_id
from .submission import form_page, page_url, submitted
from .unit_forms import MoveForm, NewUnitForm, UnitForm
from .unit_panel import nested

Crumbs = list[tuple[str, str]]


class DayForm(forms.Form):
    date = day_field(gettext_lazy("日期"))


def unit_create(request: TenantRequest) -> HttpResponse:
    parent = _asked_parent(request)
    initial = {"parent_id": parent.pk if parent else "", "kind": kinds.default_kind(_asked_tree(request, parent))}
    form = NewUnitForm(request.actor, _data(request), parent=parent, initial=initial)
    unit = submitted(form, lambda clean: services.create_unit(**clean, actor=request.actor))
    if unit is None:
        return form_page(
            request, form, title=_("新增组织"), cancel_url=people_url(parent),
            crumbs=[*unit_crumbs(parent), (_("新增组织"), "")],
        )  # fmt: skip
    messages.success(request, _("已新增“%(name)s”。") % {"name": unit.name})
    return redirect(people_url(unit))


def unit_edit(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    """The page of a unit; its POST changes name, kind and code."""
    unit = selectors.get_unit(unit_id, actor=request.actor)
    form = UnitForm(unit, _data(request))
    saved = submitted(form, lambda clean: services.rename_unit(unit_id=unit_id, **clean, actor=request.actor))
    if saved is None:
        return unit_page(request, unit, rename=form)
    messages.success(request, _("已保存“%(name)s”。") % {"name": saved.name})
    return redirect(unit_url(saved))


def unit_move(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    unit = managed_unit(request, unit_id)
    form = MoveForm(request.actor, unit, _data(request))
    moved = submitted(form, lambda clean: services.move_unit(unit_id=unit_id, **clean, actor=request.actor))
    if form.is_bound and request.headers.get("HX-Request") == "true":
        return _dragged(form, moved)
    if moved is None:
        return unit_page(request, unit, move=form)
    messages.success(request, _("已移动“%(name)s”，下级组织和授权范围一并移动。") % {"name": moved.name})
    return redirect(unit_url(moved))


def unit_remove(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    unit = managed_unit(request, unit_id)
    form = forms.Form(_data(request))
    removed = submitted(form, lambda _clean: services.remove_unit(unit_id=unit_id, actor=request.actor) or True)
    if removed is None:
        return form_page(
            request, form, template="jiceng/console/confirm.html", title=_("删除“%(name)s”") % {"name": unit.name},
            question=_("只能删除误建的组织：没有下级组织，也从未有过人员。曾经使用过的组织请“撤销”。"), action=_("删除"),
            danger=True, cancel_url=unit_url(unit),
        )  # fmt: skip
    messages.success(request, _("已删除“%(name)s”。") % {"name": unit.name})
    return redirect(people_url(unit.parent))


def unit_as_of(request: TenantRequest) -> HttpResponse:
    """How the units stood on a day, with how many belonged to them then."""
    form = DayForm(request.GET or None)
    day: date = (form.cleaned_data["date"] if form.is_valid() else None) or today()
    nodes = selectors.unit_tree_on(day, actor=request.actor)
    present = [tree for tree in Tree.values if any(node.tree == tree for node in nodes)]
    groups = [(Tree(tree).label, nested([node for node in nodes if node.tree == tree])) for tree in present]
    return render(request, "console/units/as_of.html", {
        "form": DayForm(initial={"date": day}), "day": day, "groups": groups,
        "crumbs": [(_("组织与人员"), people_url()), (_("历史架构"), "")],
    })  # fmt: skip


def unit_page(
    request: TenantRequest, unit: Unit, *, rename: BaseForm | None = None, move: BaseForm | None = None
) -> HttpResponse:
    """Everything about one unit, with whichever of its forms came back."""
    actor, stands = request.actor, unit.dissolved_on is None
    may_manage = stands and policy.may(actor, scope.MANAGE, unit.path)
    may_restructure = stands and policy.may(actor, scope.MANAGE, unit.parent.path if unit.parent else "")
    faulty = next((form for form in (rename, move) if form is not None and form.is_bound), None)
    return render(request, "console/units/unit.html", {
        "unit": unit, "kind_label": kind_label(unit), "tree_label": Tree(unit.tree).label,
        "may_manage": may_manage, "may_restructure": may_restructure,
        "may_open_parent": bool(unit.parent and policy.may(actor, scope.READ, unit.parent.path)),
        "rename": (rename or UnitForm(unit)) if may_manage else None,
        "move": (move or MoveForm(actor, unit)) if may_restructure else None,
        "people_count": selectors.list_people(actor=actor, unit=unit).count(),
        "children": unit.children.filter(dissolved_on=None), "posts": posts_in(unit), "terms": terms_of(unit),
        "history": history_of(unit), "crumbs": unit_crumbs(unit, is_here=True),
    }, status=status_of(faulty) if faulty else 200)  # fmt: skip


def managed_unit(request: TenantRequest, unit_id: uuid.UUID) -> Unit:
    return selectors.get_unit(unit_id, actor=request.actor, permission=scope.MANAGE)


def kind_label(unit: Unit | None) -> str:
    known = kinds.all_kinds().get(unit.kind) if unit else None
    return str(known.label) if known else ""


def people_url(unit: Unit | None = None) -> str:
    """The list of people, of ``unit`` where it is given."""
    url = page_url("people", "members")
    return f"{url}?unit={unit.pk}" if unit else url


def unit_url(unit: Unit) -> str:
    return page_url("unit_edit", "members", unit_id=unit.pk)


def unit_crumbs(unit: Unit | None, *, is_here: bool = False) -> Crumbs:
    crumbs = [(_("组织与人员"), people_url())]
    return crumbs if unit is None else [*crumbs, (unit.name, "" if is_here else unit_url(unit))]


def _dragged(form: BaseForm, moved: Unit | None) -> HttpResponse:
    """The answer to dragging: nothing to swap, a message, and word to the tree that it changed."""
    if moved is None:
        faults = [str(message) for messages_of in form.errors.values() for message in messages_of]
        return toast(HttpResponse(status=409), faults[0], "error")
    response = toast(HttpResponse(status=204), _("已移动“%(name)s”。") % {"name": moved.name})
    return trigger_client_event(response, "units-changed", {})


def _asked_parent(request: TenantRequest) -> Unit | None:
    asked = request.GET.get("parent", "")
    return managed_unit(request, uuid.UUID(asked)) if is_id(asked) else None


def _asked_tree(request: TenantRequest, parent: Unit | None) -> str:
    tree = parent.tree if parent else request.GET.get("tree", "")
    return tree if tree in Tree.values else Tree.ADMIN.value


def _data(request: TenantRequest) -> Any:
    return request.POST if request.method == "POST" else None
