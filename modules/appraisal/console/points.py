"""Survey points in the console, and their posters."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from ..forms.survey import PointForm, SearchForm
from ..forms.turning import turned
from ..selectors import points as reads
from ..services import points as services
from .addresses import posted, url

PER_PAGE = 30
SHOWS = (("", gettext_lazy("全部")), ("active", gettext_lazy("启用")), ("inactive", gettext_lazy("停用")))


def point_list(request: TenantRequest) -> HttpResponse:
    search, show = SearchForm(request.GET), request.GET.get("show", "")
    rows = reads.listed(actor=request.actor, words=search.words(), show=show)
    tabs = [{"label": label, "url": f"?show={code}" if code else "?", "active": code == show} for code, label in SHOWS]
    return render(request, "appraisal/console/points.html", {
        **turned(request, rows, PER_PAGE), "search": search, "words": search.words(), "show": show, "tabs": tabs,
    })  # fmt: skip


def point_new(request: TenantRequest) -> HttpResponse:
    form = PointForm(posted(request), actor=request.actor)
    made = submitted(
        form, lambda _data: services.create_point(fields=form.to_fields(), actor=request.actor, at=clock.now())
    )
    if made is not None:
        messages.success(request, _("考察点已添加，请打印海报张贴。"))
        return redirect(url("point", point_id=made.pk))
    crumbs = [(_("考察点"), url("points")), (_("新增考察点"), "")]
    return form_page(request, form, title=_("新增考察点"), cancel_url=url("points"), crumbs=crumbs)


def point_edit(request: TenantRequest, point_id: uuid.UUID) -> HttpResponse:
    point = reads.get_point(point_id=point_id, actor=request.actor)
    form = PointForm(posted(request), actor=request.actor, point=point)
    saved = submitted(form, lambda data: services.update_point(
        point_id=point_id, fields=form.to_fields(), version=data["version"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(url("point", point_id=point_id))
    crumbs = [(_("考察点"), url("points")), (point.name, "")]
    return form_page(request, form, template="appraisal/console/point.html", point=point, crumbs=crumbs)


def point_switch(request: TenantRequest, point_id: uuid.UUID) -> HttpResponse:
    reads.get_point(point_id=point_id, actor=request.actor)
    point = services.switch_point(
        point_id=point_id, is_active=request.POST.get("on") == "1", actor=request.actor, at=clock.now()
    )
    messages.success(request, _("已启用。") if point.is_active else _("已停用，扫码的人会看到停用说明。"))
    return redirect(url("point", point_id=point_id))


def point_renew(request: TenantRequest, point_id: uuid.UUID) -> HttpResponse:
    reads.get_point(point_id=point_id, actor=request.actor)
    services.renew_code(point_id=point_id, actor=request.actor, at=clock.now())
    messages.success(request, _("二维码已更换，请重新打印海报。"))
    return redirect(url("point-poster", point_id=point_id))


def point_poster(request: TenantRequest, point_id: uuid.UUID) -> HttpResponse:
    """A5, for printing: the name and the code."""
    point = reads.get_point(point_id=point_id, actor=request.actor)
    address = request.build_absolute_uri(reverse("h5-appraisal-survey", kwargs={"token": point.code}))
    return render(request, "appraisal/console/poster.html", {
        "point": point, "address": address, "crumbs": [(_("考察点"), url("points")), (point.name, "")],
    })  # fmt: skip
