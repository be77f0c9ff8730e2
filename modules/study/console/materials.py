"""Materials in the console."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, posted, submitted
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.courses import MaterialFilterForm, MaterialForm
from ..models import MaterialKind
from ..selectors import materials as reads
from ..services import materials as services
from .addresses import url


def material_list(request: TenantRequest) -> HttpResponse:
    form = MaterialFilterForm(request.GET)
    page = numbered_page(reads.listed(request.actor, **form.criteria()), request.GET.get("cursor"), size=30)
    return render(request, "study/console/materials.html", {"page": page, "filter_form": form})


def material_new(request: TenantRequest) -> HttpResponse:
    """``?kind=`` decides the fields; ``?chapter=``: where it becomes a lesson next."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in MaterialKind.values else MaterialKind.ARTICLE
    form = MaterialForm(*posted(request), actor=request.actor, kind=kind)
    material = submitted(form, lambda data: services.create_material(
        fields={"kind": kind, **form.to_fields()}, actor=request.actor, at=clock.now()  # type: ignore[typeddict-item]
    ))  # fmt: skip
    chapter = _chapter_of(request)
    if material is not None:
        messages.success(request, _("资料“%(title)s”已保存。") % {"title": material.title})
        if chapter:
            return redirect(f"{url('lesson-new', chapter_id=chapter)}?{urlencode({'material': material.pk})}")
        return redirect(url("materials"))
    extra = f"&chapter={chapter}" if chapter else ""
    tabs = [
        {"label": label, "url": f"?kind={code}{extra}", "active": code == kind} for code, label in MaterialKind.choices
    ]
    return form_page(
        request, form, template="study/console/material.html", title=_("新建学习资料"), tabs=tabs,
        cancel_url=url("materials"), crumbs=[(_("学习资料"), url("materials")), (_("新建"), "")],
    )  # fmt: skip


def material_edit(request: TenantRequest, material_id: uuid.UUID) -> HttpResponse:
    material = reads.get_managed(material_id=material_id, actor=request.actor)
    form = MaterialForm(*posted(request), actor=request.actor, kind=material.kind, material=material)
    saved = submitted(form, lambda data: services.update_material(
        material_id=material_id, fields=form.to_fields(), version=data["version"],  # type: ignore[arg-type]
        actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(url("materials"))
    return form_page(
        request, form, template="study/console/material.html", title=_("修改学习资料"), material=material,
        cancel_url=url("materials"), crumbs=[(_("学习资料"), url("materials")), (_("修改"), "")],
    )  # fmt: skip


def material_retire(request: TenantRequest, material_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST takes it out of the list."""
    if request.method == "POST":
        services.retire_material(material_id=material_id, actor=request.actor, at=clock.now())
        messages.success(request, _("资料已停用。"))
        return redirect(url("materials"))
    material = reads.get_managed(material_id=material_id, actor=request.actor)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("停用资料"), "action": _("确认停用"), "danger": True, "cancel_url": url("materials"),
        "question": _("确定停用“%(title)s”吗？") % {"title": material.title},
        "consequences": [_("列表里不再显示，也不能再加入课程。")],
    })  # fmt: skip


def _chapter_of(request: TenantRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get("chapter", ""))
    except ValueError:
        return None
