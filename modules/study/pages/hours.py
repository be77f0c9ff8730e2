"""My class hours."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..selectors import hours as reads
from ..selectors.learners import learner


def my_hours(request: TenantRequest) -> HttpResponse:
    """This year's hours of one's own; nobody else's appear, and nothing for those not on the roster."""
    person, today = learner(request.actor), clock.today()
    if person is None:
        return render(request, "study/h5/hours.html", {})
    standing = reads.standing_of(person, year=today.year)
    page = numbered_page(reads.entries_of(person, today.year), request.GET.get("cursor"), size=20)
    return render(request, "study/h5/hours.html", {
        "standing": standing, "forecast": reads.forecast(standing, on=today), "page": page,
    })  # fmt: skip
