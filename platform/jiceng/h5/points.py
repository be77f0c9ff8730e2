"""我的积分: how many, how they came about, what the rules are, and what to do when something is wrong."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel import clock
from jiceng.kernel.module_settings import read as read_settings
from jiceng.points.models import Entry
from jiceng.points.selectors import ledger as reads
from jiceng.points.selectors import rules as rule_reads
from jiceng.points.selectors import standings
from jiceng.points.services import appeals
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest


class AppealForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("哪里不对"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写清楚什么时候、做了什么，管理员会答复您。"),
    )  # fmt: skip


def mine(request: TenantRequest) -> HttpResponse:
    """Totals and every entry with its reason."""
    person = reads.owner(request.actor)
    day = clock.now().astimezone(clock.local_zone()).date()
    rows = reads.entries_of(person) if person else Entry.objects.none()
    return render(request, "h5/points/mine.html", {
        "person": person, "is_on": read_settings("points").is_on,
        "points": standings.points_of(person, day) if person else None,
        "missed": reads.missed_today(person, day) if person else [],
        "appeals": reads.appeals_of(person)[:5] if person else [],
        "page": numbered_page(rows, request.GET.get("cursor"), size=30),
    })  # fmt: skip


def rules(request: TenantRequest) -> HttpResponse:
    at = clock.now()
    shown = [rule for rule in rule_reads.rules_at(at) if rule.is_on]
    return render(request, "h5/points/rules.html", {"rules": shown, "is_on": read_settings("points").is_on})


def appeal_new(request: TenantRequest) -> HttpResponse:
    """``?entry=`` disputes one; without it, something is missing."""
    person = reads.owner(request.actor)
    entry_id = _uuid(request.GET.get("entry", ""))
    entry = reads.entries_of(person).filter(pk=entry_id).first() if person and entry_id else None
    form = AppealForm(request.POST if request.method == "POST" else None)
    made = submitted(form, lambda data: appeals.appeal(
        entry_id=entry.pk if entry else None, text=data["text"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("已提交，管理员会答复您。"))
        return redirect("h5-points-mine")
    return render(request, "h5/points/appeal.html", {"form": form, "entry": entry}, status=status_of(form))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
