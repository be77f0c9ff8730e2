"""组织与人员: the tree beside the people of the unit picked in it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.members import scope, selectors, services
from jiceng.shell.paging import page_of
from jiceng.shell.requests import TenantRequest

from .people_forms import FilterForm, PlaceForm, is_id
from .people_rows import person_rows
from .submission import form_page, submitted
from .unit_panel import tree_panel
from .units import kind_label, people_url


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
        "filters": filters, "unit": unit, "kind_label": kind_label(unit), "page": page, "rows": person_rows(page.rows),
        "tree": tree_panel(request, unit), "total": selectors.list_people(actor=actor).count(),
        "is_filtered": any(asked[key] for key in ("query", "body", "is_unplaced")), "may_manage": manages,
        "may_export": policy.may(actor, "members.export"),
        "place": PlaceForm(actor, ()) if manages and page.rows else None,
    })  # fmt: skip


def people_place(request: TenantRequest) -> HttpResponse:
    """Several people at once into one unit: asks once more what is about to happen, without JavaScript too."""
    actor = request.actor
    wanted = [value for value in request.POST.getlist("ids") if is_id(value)]
    people = list(scope.people_in_reach(actor, scope.MANAGE).filter(pk__in=wanted))
    if not people:
        messages.info(request, _("请先勾选要移动的人员。"))
        return redirect(people_url())
    form = PlaceForm(actor, people, request.POST)
    moved = submitted(
        form,
        lambda clean: services.place_people(
            person_ids=clean["ids"], unit_id=clean["unit_id"], on=clean["on"], actor=actor
        ),
    )
    if moved is None:
        return form_page(
            request, form, title=_("移动人员"), cancel_url=people_url(), action=_("移动"),
            note=_("共 %(count)s 人：%(names)s") % {"count": len(people), "names": "、".join(p.name for p in people)},
            crumbs=[(_("组织与人员"), people_url()), (_("移动人员"), "")],
        )  # fmt: skip
    messages.success(request, _("已移动 %(count)s 人。") % {"count": moved})
    return redirect(people_url(selectors.get_unit(form.cleaned_data["unit_id"])))
