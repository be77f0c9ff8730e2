"""我的资料: everything on the roster about oneself, and the fields one changes at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.members.bodies import Body, state_label
from jiceng.members.errors import PersonChanged
from jiceng.members.fields import FIELDS
from jiceng.members.models import Membership, Person
from jiceng.members.profile import selectors, services
from jiceng.members.selectors import memberships_of
from jiceng.members.selectors.posts import posts_of
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.requests import TenantRequest

from .entry import own_entry, page_url
from .forms import LightForm


@own_entry
def profile(request: TenantRequest, person: Person) -> HttpResponse:
    """Numbers are masked; POSTed to, the page shows them in full. They are one's own: no reason, no record."""
    values, is_open = selectors.shown_values(person), request.method == "POST"
    if is_open:
        values |= selectors.sensitive_values(request.actor)
    return render(request, "h5/mine/profile.html", {
        "person": person, "is_open": is_open, "rows": [(FIELDS[code].label, value) for code, value in values.items()],
        "memberships": [_membership_row(row) for row in memberships_of(person)], "posts": posts_of(person),
        "pending": selectors.pending_request(person), "back_url": reverse("h5-mine"),
    })  # fmt: skip


@own_entry
def edit(request: TenantRequest, person: Person) -> HttpResponse:
    initial = {code: getattr(person, code) for code in services.LIGHT}
    form = LightForm(request.POST if request.method == "POST" else None, initial=initial)
    version = _version(request)
    saved = submitted(form, lambda clean: services.update_own(values=clean, version=version, actor=request.actor))
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(page_url("profile"))
    # After a conflict the form goes on from what stands now: the visitor has been told, and saving again is their word.
    has_news = getattr(form, "refused_with", 0) == PersonChanged.status
    return render(request, "h5/mine/edit.html", {
        "form": form, "version": person.version if has_news or not form.is_bound else version,
        "back_url": page_url("profile"),
    }, status=status_of(form))  # fmt: skip


def _version(request: TenantRequest) -> int:
    """What the form was made from; something that is no number is too old for anything."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def _membership_row(row: Membership) -> dict[str, Any]:
    return {
        "title": f"{Body(row.body).label} · {state_label(row.body, row.state)}", "membership": row,
        "unit": row.unit.name if row.unit else _("未分配组织"),
    }  # fmt: skip
