"""What became of one's data, who saw it, what one agreed to, and taking it all along."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.access.stepup import require_recent_login
from jiceng.kernel import clock
from jiceng.members.models import Consent, Person
from jiceng.members.profile import consents as agreed
from jiceng.members.profile import exporting, knowledge, selectors, services
from jiceng.shell.requests import TenantRequest

from .entry import own_entry, page_of, page_url


@own_entry
def history(request: TenantRequest, person: Person) -> HttpResponse:
    found = page_of(request, selectors.history_of(person))
    entries = [(selectors.shown_change(change), services.may_undo(change, request.actor)) for change in found["page"]]
    return render(request, "h5/mine/history.html", {**found, "entries": entries, "back_url": reverse("h5-mine")})


@own_entry
def undo(request: TenantRequest, person: Person, change_id: uuid.UUID) -> HttpResponse:
    services.undo_own(change_id=change_id, actor=request.actor)
    messages.success(request, _("已撤销，资料恢复为修改之前的内容。"))
    return redirect(page_url("profile_history"))


@own_entry
def seen(request: TenantRequest, person: Person) -> HttpResponse:
    """``?tab=known``: what is kept and what for; otherwise who looked."""
    is_known = request.GET.get("tab") == "known"
    context: dict[str, Any] = {"back_url": reverse("h5-mine"), "is_known": is_known, "tabs": [
        {"label": _("谁看过"), "url": "?", "active": not is_known},
        {"label": _("存了什么"), "url": "?tab=known", "active": is_known},
    ]}  # fmt: skip
    if is_known:
        context["known"] = knowledge.known_of(person)
    else:
        context |= page_of(request, selectors.disclosures_of(person))
        context["entries"] = [(row, selectors.field_labels(row)) for row in context["page"]]
    return render(request, "h5/mine/seen.html", context)


@own_entry
def consents(request: TenantRequest, person: Person) -> HttpResponse:
    """POST: ``purpose``, and ``deed`` ``grant``; anything else is no consent."""
    if request.method == "POST":
        is_granted = request.POST.get("deed") == "grant"
        decide = agreed.grant if is_granted else agreed.withdraw
        decide(purpose=request.POST.get("purpose", ""), actor=request.actor, at=clock.now())
        messages.success(request, _("已同意。") if is_granted else _("已撤回同意，立即生效。"))
        return redirect(page_url("profile_consents"))
    records = Consent.objects.filter(person=person).order_by("-granted_at")
    return render(request, "h5/mine/consents.html", {
        "stands": agreed.stands_of(person), "back_url": reverse("h5-mine"),
        "records": [(row, agreed.label_of(row)) for row in records],
    })  # fmt: skip


@own_entry
@require_recent_login
def export(request: TenantRequest, person: Person) -> HttpResponse:
    """Asked for by POST, so that no link fetches it."""
    if request.method != "POST":
        return render(request, "h5/mine/export.html", {"back_url": reverse("h5-mine")})
    at = clock.now()
    archive = exporting.export_own(actor=request.actor, at=at)
    name = f"my-data-{at.astimezone(clock.local_zone()):%Y%m%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(archive, content_type="application/zip", headers=headers)
