"""Several units at once: merge, split, dissolve. Each asks on a page of its own and says what will happen."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from jiceng.members import selectors, services
from jiceng.members.models import Unit
from jiceng.members.selectors.posts import posts_in
from jiceng.members.selectors.units import people_right_in
from jiceng.shell.requests import TenantRequest

from .submission import form_page, submitted
from .unit_forms import DissolveForm, MergeForm, SplitForm
from .units import managed_unit, people_url, unit_crumbs, unit_url


def unit_merge(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    """Other units go up in this one."""
    unit = managed_unit(request, unit_id)
    form = MergeForm(request.actor, unit, request.POST if request.method == "POST" else None)
    merged = submitted(form, lambda clean: services.merge_units(into_id=unit_id, **clean, actor=request.actor))
    if merged is None:
        return form_page(
            request, form, template="console/units/restructure.html", unit=unit, action=_("合并"),
            title=_("合并到“%(name)s”") % {"name": unit.name}, cancel_url=unit_url(unit), crumbs=_crumbs(unit, _("合并")),
            consequences=[
                _("所选组织的人员、任职、下级组织、授权范围和未使用的邀请一并转入“%(name)s”。") % {"name": unit.name},
                _("所选组织撤销，历史记录保留；职务冲突（如已有书记）的，原任职到此结束。"),
            ],
        )  # fmt: skip
    messages.success(request, _("已合并到“%(name)s”。") % {"name": merged.name})
    return redirect(unit_url(merged))


def unit_split(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    """Found a new unit beside this one with some of its people."""
    unit = managed_unit(request, unit_id)
    children = unit.children.filter(dissolved_on=None)
    data = request.POST if request.method == "POST" else None
    form = SplitForm(unit, people_right_in(unit), children, data)
    made = submitted(form, lambda clean: _split(request, unit, clean))
    if made is None:
        return form_page(
            request, form, template="console/units/restructure.html", unit=unit, title=_("拆分“%(name)s”") % {"name": unit.name},
            action=_("拆分"), cancel_url=unit_url(unit), crumbs=_crumbs(unit, _("拆分")),
            consequences=[
                _("新组织与“%(name)s”同级，未选的人员留在原组织；可以多次拆分。") % {"name": unit.name},
                _("划出的人员在原组织的任职到此结束。"),
            ],
        )  # fmt: skip
    messages.success(request, _("已拆分出“%(name)s”。") % {"name": made[0].name})
    return redirect(unit_url(made[0]))


def unit_dissolve(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    unit = managed_unit(request, unit_id)
    form = DissolveForm(request.actor, unit, request.POST if request.method == "POST" else None)
    gone = submitted(form, lambda clean: services.dissolve_unit(unit_id=unit_id, **clean, actor=request.actor))
    if gone is None:
        counts = {
            "people": selectors.list_people(unit=unit).count(), "posts": posts_in(unit).count(),
            "children": unit.children.filter(dissolved_on=None).count(),
        }  # fmt: skip
        return form_page(
            request, form, template="console/units/restructure.html", unit=unit, action=_("撤销组织"), danger=True,
            title=_("撤销“%(name)s”") % {"name": unit.name}, cancel_url=unit_url(unit), crumbs=_crumbs(unit, _("撤销")),
            consequences=[
                _("现有人员 %(people)s 人、任职 %(posts)s 项、下级组织 %(children)s 个，由所选组织接收。") % counts,
                _("授权范围和未使用的邀请一并转移，历史记录保留。撤销后不能恢复。"),
            ],
        )  # fmt: skip
    messages.success(request, _("已撤销“%(name)s”。") % {"name": gone.name})
    return redirect(people_url(gone.parent))


def _split(request: TenantRequest, unit: Unit, clean: dict[str, Any]) -> list[Unit]:
    part = services.Branch(clean["name"], clean["kind"], clean["person_ids"], clean.get("child_ids", []))
    return services.split_unit(
        unit_id=unit.pk, parts=[part], on=clean["on"], version=clean["version"], actor=request.actor
    )


def _crumbs(unit: Unit, here: str) -> list[tuple[str, str]]:
    return [*unit_crumbs(unit), (here, "")]
