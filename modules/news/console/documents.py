"""The register of circulated documents, reminders, the archive, the trace."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.forms import submitted
from jiceng.shell.requests import TenantRequest

from .. import selectors
from ..forms.documents import AddUnitsForm, ArchiveForm
from ..manifest.words import PUBLISH
from ..selectors import documents as reads
from ..services import documents as services
from ..services import documents_exporting as exporting
from .addresses import url
from .tables import csv_answer

PER_PAGE = 30
SHOWS = (("", "全部"), ("open", "传阅中"), ("overdue", "已逾期"), ("archived", "已归档"))


def register(request: TenantRequest) -> HttpResponse:
    """Every document that the actor manages, with how many units have signed."""
    show, words = request.GET.get("show", ""), request.GET.get("q", "").replace("\x00", "")[:50]
    found = reads.register(selectors.managed(actor=request.actor), at=clock.now(), show=show, words=words)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("cursor"))
    return render(request, "news/console/documents/register.html", {
        "page": page, "words": words, "at": clock.now(),
        "tabs": [{"label": _(label), "url": f"?show={code}" if code else "?", "active": code == show} for code, label in SHOWS],
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
    })  # fmt: skip


def register_export(request: TenantRequest) -> HttpResponse:
    rows = exporting.export_register(actor=request.actor, at=clock.now())
    headers = (_("文号"), _("标题"), _("发文机关"), _("缓急"), _("发布时间"), _("签收"), _("签收期限"), _("归档号"))
    return csv_answer(_("文件台账"), headers, rows)


def remind(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """All units that have not signed, or the one named by ``unit``."""
    unit = request.POST.get("unit", "")
    reminded, spared = services.remind_units(
        article_id=article_id, actor=request.actor, at=clock.now(), unit_id=_id_or_none(unit)
    )
    words = (
        _("已提醒 %(reminded)d 个组织。")
        if not spared
        else _("已提醒 %(reminded)d 个组织，%(spared)d 个刚提醒过或已达上限。")
    )
    messages.success(request, words % {"reminded": reminded, "spared": spared})
    return redirect(url("preview", article_id=article_id))


def add_units(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    article = selectors.get_managed(article_id=article_id, actor=request.actor, permission=PUBLISH)
    form = AddUnitsForm(request.POST, article=article)
    added = submitted(form, lambda data: services.add_units(
        article_id=article_id, unit_ids=data["units"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if added is None:
        messages.error(request, _("请选择要补充的组织。"))
    else:
        messages.success(request, _("已补充 %(count)d 个组织。") % {"count": added})
    return redirect(url("preview", article_id=article_id))


def archive(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    form = ArchiveForm(request.POST)
    document = submitted(form, lambda data: services.archive(
        article_id=article_id, number=data["number"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if document is None:
        messages.error(request, _("请填写归档号，不超过 60 个字，且不能与其他文件相同。"))
    else:
        messages.success(request, _("已归档，归档号 %(number)s。") % {"number": document.archive_number})
    return redirect(url("preview", article_id=article_id))


def trace(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """Everything that happened to a document, on one page that prints well."""
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    return render(request, "news/console/documents/trace.html", {
        "article": article, "kind": reads.console_part(article, actor=request.actor, at=clock.now()),
        "events": exporting.trace(article=article),
        "crumbs": [(_("文件台账"), url("documents")), (_("传阅轨迹"), "")],
    })  # fmt: skip


def trace_export(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    rows = exporting.export_trace(article=article, actor=request.actor)
    return csv_answer(_("传阅轨迹"), (_("时间"), _("谁"), _("组织"), _("事项"), _("内容")), rows)


def _id_or_none(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
