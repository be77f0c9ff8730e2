"""My class hours."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..selectors import hours as reads
from ..selectors.duties import duties_of
from ..selectors.learners import learner
from ..selectors.plans import plan_for


def my_hours(request: TenantRequest) -> HttpResponse:
    """This year's hours of one's own; nobody else's appear, and nothing for those not on the roster."""
    person, today = learner(request.actor), clock.today()
    if person is None:
        return render(request, "study/h5/hours.html", {})
    standing = reads.standing_of(person, year=today.year)
    page = numbered_page(reads.entries_of(person, today.year), request.GET.get("cursor"), size=20)
    assigned = reads.assigned_hours(person, year=today.year)
    return render(request, "study/h5/hours.html", {
        "standing": standing, "forecast": reads.forecast(standing, on=today, assigned=assigned), "page": page,
        "assigned": assigned, "duties": duties_of([person], plan=plan_for(today.year), on=today).get(person.pk, ()),
    })  # fmt: skip
