"""Phone pages: for members, and what is public for everybody."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import condition

from jiceng.files.views import download
from jiceng.kernel import clock
from jiceng.shell.forms import UNPROCESSABLE, submitted
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from .forms import CorrectionForm
from .selectors import entries as reads
from .services import corrections
from .services import entries as services

PER_PAGE = 30
# Whether a place is open changes with the clock: a page that a browser keeps is asked for again after this.
FRESH_SECONDS = 300


def _etag(request: HttpRequest, *args: object, **kwargs: object) -> str | None:
    """For visitors only: what members see depends on who they are."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_anonymous:
        return None
    slot = int(clock.now().timestamp()) // FRESH_SECONDS
    return f'"{reads.register_version()}-{slot}-{request.COOKIES.get("mode", "")}"'


@condition(etag_func=_etag)
def entry_list(request: TenantRequest) -> HttpResponse:
    return _listed(request, only_favourites=False)


def favourite_list(request: TenantRequest) -> HttpResponse:
    """What one keeps at hand."""
    return _listed(request, only_favourites=True)


def _listed(request: TenantRequest, *, only_favourites: bool) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "")[:50].strip()
    category = _uuid(request.GET.get("category", ""))
    rows = reads.search(request.actor, words=words, category=category, only_favourites=only_favourites)
    page = numbered_page(rows, request.GET.get("cursor"), size=PER_PAGE)
    tabs = [{"label": _("全部"), "url": "?", "active": not category}]
    tabs += [
        {"label": row.name, "url": f"?category={row.pk}", "active": str(row.pk) == category}
        for row in reads.categories(only_public=request.actor.is_anonymous)
        if row.entry_count  # type: ignore[attr-defined]  # annotated by the selector
    ]
    return render(request, "yellowpages/h5/list.html", {
        "page": page, "rows": reads.shown(page.rows, clock.now()), "words": words, "category": category, "tabs": tabs,
        "only_favourites": only_favourites,
    })  # fmt: skip


@condition(etag_func=_etag)
def entry_detail(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = reads.get_entry(entry_id=entry_id, actor=request.actor)
    return render(request, "yellowpages/h5/entry.html", {
        "entry": entry, "shown": reads.shown([entry], clock.now())[0], "is_favourite": reads.is_favourite(entry, request.actor),
        "map_url": reads.map_url(entry),
        "hours": reads.hours_in_words(entry), "may_verify": reads.is_keeper(entry, request.actor),
    })  # fmt: skip


def photo(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponseBase:
    """The photo, for visitors too."""
    return download(reads.photo_of(entry_id=entry_id, actor=request.actor))


def favourite(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    """``on``: 1 or 0."""
    is_on = request.POST.get("on") == "1"
    corrections.set_favourite(entry_id=entry_id, is_on=is_on, actor=request.actor)
    messages.success(request, _("已收藏。") if is_on else _("已取消收藏。"))
    return redirect("h5-yellowpages-entry", entry_id=entry_id)


def correct(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    """GET asks what is wrong, POST sends it to the editors."""
    entry = reads.get_entry(entry_id=entry_id, actor=request.actor)
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    made = submitted(form, lambda data: corrections.propose_correction(
        entry_id=entry_id, fields=data, actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("谢谢，核实后会答复您。"))
        return redirect("h5-yellowpages-entry", entry_id=entry_id)
    status = getattr(form, "refused_with", UNPROCESSABLE) if form.errors else 200
    return render(request, "yellowpages/h5/correct.html", {"entry": entry, "form": form}, status=status)


def verify(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    """The keeper says that everything is still right."""
    services.verify_own(entry_id=entry_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已核实，谢谢。"))
    return redirect("h5-yellowpages-entry", entry_id=entry_id)


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""
