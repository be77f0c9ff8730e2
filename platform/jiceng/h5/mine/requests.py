"""信息变更申请: choosing what to change, asking, following it; and the full numbers for whoever decides."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jiceng.access.stepup import require_recent_login
from jiceng.files import uploads
from jiceng.kernel import clock
from jiceng.members.fields import FIELDS
from jiceng.members.models import Person, ProfileChange
from jiceng.members.profile import requests, selectors
from jiceng.members.profile.groups import GROUPS, group_of
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.mounting import page_name
from jiceng.shell.requests import TenantRequest
from jiceng.workflow import selectors as workflow

from .entry import own_entry, page_url
from .forms import AskForm, ReasonForm

SHOWN_REQUESTS = 20


@own_entry
def choose(request: TenantRequest, person: Person) -> HttpResponse:
    values = selectors.shown_values(person)
    return render(request, "h5/mine/choose.html", {
        "groups": [(group, " · ".join(values[code] for code in group.fields)) for group in GROUPS.values()],
        "pending": selectors.pending_request(person), "requests": _listed(person), "back_url": page_url("profile"),
    })  # fmt: skip


@own_entry
def ask(request: TenantRequest, person: Person, group: str) -> HttpResponse:
    uploads.check(request)
    wanted = group_of(group)
    is_sent = request.method == "POST"
    form = AskForm(wanted, request.POST if is_sent else None, request.FILES if is_sent else None)
    made = submitted(
        form,
        lambda clean: requests.request_change(
            group=group, values=form.values(), note=clean["note"], evidence=clean["evidence"], actor=request.actor,
            at=clock.now(),
        ),
    )  # fmt: skip
    if made is not None:
        messages.success(request, _("申请已提交，审批通过后自动生效。"))
        return redirect(page_url("profile_asked", request_id=made.pk))
    values = selectors.shown_values(person)
    return render(request, "h5/mine/ask.html", {
        "form": form, "group": wanted, "current": [(FIELDS[code].label, values[code]) for code in wanted.fields],
        "pending": selectors.pending_request(person), "back_url": page_url("profile_request"),
    }, status=status_of(form))  # fmt: skip


@own_entry
def detail(request: TenantRequest, person: Person, request_id: uuid.UUID) -> HttpResponse:
    change = selectors.own_request(request_id=request_id, actor=request.actor)
    case = selectors.case_of(change)
    # Handed to another login since, the entry keeps its requests, but the case belongs to whoever applied.
    is_own = case is not None and request.actor.user is not None and case.applicant_id == request.actor.user.pk
    view = workflow.case_view(actor=request.actor, case_id=case.pk, at=clock.now()) if case and is_own else None
    return render(request, "h5/mine/asked.html", {
        "change": change, "labels": selectors.labels_of(change), "view": view, "case": case,
        "summary": replace(requests.summary(subject_id=str(change.pk)), url=""),
        "is_pending": change.state == ProfileChange.State.PENDING, "back_url": page_url("profile_request"),
    })  # fmt: skip


@own_entry
def withdraw(request: TenantRequest, person: Person, request_id: uuid.UUID) -> HttpResponse:
    requests.withdraw_request(request_id=request_id, actor=request.actor, at=clock.now())
    messages.success(request, _("申请已撤回，证明材料已删除。"))
    return redirect(page_url("profile_asked", request_id=request_id))


@never_cache
@require_recent_login
def reveal(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    """The values stand in the answer to the form only; loading the page again asks again."""
    change = selectors.request_to_decide(request_id=request_id, actor=request.actor, at=clock.now())
    case = selectors.case_of(change)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    values = submitted(
        form,
        lambda clean: requests.reveal_request(
            request_id=request_id, reason=clean["reason"], actor=request.actor, at=clock.now()
        ),
    )
    return render(request, "h5/mine/reveal.html", {
        "form": form, "change": change, "labels": selectors.labels_of(change),
        "rows": [(FIELDS[code].label, value) for code, value in (values or {}).items()],
        "back_url": reverse(page_name("h5", "workflow", "case"), args=[case.pk]) if case else reverse("h5-mine"),
    }, status=status_of(form))  # fmt: skip


def _listed(person: Person) -> list[tuple[ProfileChange, str]]:
    return [(change, selectors.labels_of(change)) for change in selectors.requests_of(person)[:SHOWN_REQUESTS]]
