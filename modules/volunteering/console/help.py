"""Requests for help in the console."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.help import AnswerForm
from ..models import HelpRequest, HelpState
from ..selectors import help as reads
from ..services import asking
from ..services import helping as services
from .addresses import url


def request_list(request: TenantRequest) -> HttpResponse:
    """``?show=``: ``overdue``, ``ended``, ``all`` or what is not finished."""
    labels = {"": _("未办结"), "overdue": _("逾期"), "ended": _("已办结"), "all": _("全部")}
    show, at = request.GET.get("show", ""), clock.now()
    show = show if show in labels else ""
    page = numbered_page(reads.requests(show=show or "open", at=at), request.GET.get("cursor"), size=30)
    return render(request, "volunteering/console/help.html", {
        "page": page, "show": show, "at": at,
        "tabs": [
            {"label": label, "url": f"?show={code}" if code else "?", "active": code == show} for code, label in labels.items()
        ],
    })  # fmt: skip


def poster(request: TenantRequest) -> HttpResponse:
    """A sheet for the notice board, with a code that leads residents to the form."""
    address = request.build_absolute_uri(reverse("h5-volunteering-help"))
    return render(request, "volunteering/console/poster.html", {"address": address})


def request_detail(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    return _shown(request, reads.get_request(request_id=request_id))


def accept(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    services.accept_request(request_id=request_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已受理，志愿者可以认领了。"))
    return redirect(url("help-request", request_id=request_id))


def refuse(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    form = AnswerForm(request.POST if request.method == "POST" else None)
    case = reads.get_request(request_id=request_id)
    done = submitted(form, lambda data: services.refuse_request(
        request_id=request_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("help-request", request_id=request_id)
    if done is not None:
        messages.success(request, _("已答复不受理。"))
        return redirect(here)
    return form_page(request, form, title=_("不受理 %(number)s") % {"number": case.number}, cancel_url=here)


def close(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    form = AnswerForm(request.POST if request.method == "POST" else None)
    case = reads.get_request(request_id=request_id)
    done = submitted(form, lambda data: services.close_request(
        request_id=request_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("help-request", request_id=request_id)
    if done is not None:
        messages.success(request, _("已结案。"))
        return redirect(here)
    return form_page(request, form, title=_("结案 %(number)s") % {"number": case.number}, cancel_url=here)


@never_cache
def phone(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    """The number in clear, on this page only; the look is recorded."""
    number = services.see_phone(request_id=request_id, actor=request.actor)
    return _shown(request, reads.get_request(request_id=request_id), number)


def _shown(request: TenantRequest, case: HelpRequest, number: str = "") -> HttpResponse:
    return render(request, "volunteering/console/help_request.html", {
        "case": case, "steps": reads.steps_of(case), "number": number, "masked": asking.masked_phone_of(case),
        "may_accept": case.state in (HelpState.NEW, HelpState.COMPLAINED),
        "may_refuse": case.state in (HelpState.NEW, HelpState.OPEN),
        "may_close": case.state in (HelpState.TAKEN, HelpState.DONE, HelpState.COMPLAINED),
        "crumbs": [(_("群众求助"), url("help")), (case.number, "")],
    })  # fmt: skip
