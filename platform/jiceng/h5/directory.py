"""通讯录 on the phone: by letter, by unit, by search, and one person's card."""

from __future__ import annotations

import string
import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.members.directory import rules, selectors, services, viewers
from jiceng.members.models import Person
from jiceng.shell.paging import page_of, position_of
from jiceng.shell.requests import TenantRequest

LETTERS = (*string.ascii_uppercase, "#")
WORDS_LENGTH = 50
OWN_UNITS_SHOWN = 4


def directory(request: TenantRequest) -> HttpResponse:
    """Everybody by letter. A search is POSTed: what is typed may be a phone number, and addresses end up in logs."""
    services.admit("list", actor=request.actor)
    viewer = viewers.viewer_of(request.actor)
    words = request.POST.get("q", "").replace("\x00", "").strip()[:WORDS_LENGTH]
    if request.method == "POST":
        return _found(request, viewer, words)
    letter = request.GET.get("letter", "")
    letter = letter if letter in LETTERS else ""
    people = selectors.people(viewer, initial=letter)
    context = {**_page(request, viewer, people), "letter": letter}
    if _is_fragment(request):
        return render(request, "h5/directory/names.html", context)
    known = selectors.initials(viewer)
    context |= {
        "tabs": _tabs("names"), "own_units": selectors.own_units(viewer)[:OWN_UNITS_SHOWN],
        "letters": [(each, each in known) for each in LETTERS], "back_url": reverse("h5-home"),
    }  # fmt: skip
    return render(request, "h5/directory/directory.html", context)


def top_units(request: TenantRequest) -> HttpResponse:
    services.admit("list", actor=request.actor)
    viewer = viewers.viewer_of(request.actor)
    return render(request, "h5/directory/units.html", {
        "trees": selectors.top_units(viewer, rules.current_levels()), "tabs": _tabs("units"),
        "own_units": selectors.own_units(viewer)[:OWN_UNITS_SHOWN], "back_url": reverse("h5-home"),
    })  # fmt: skip


def unit(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    """One unit: those above it, those below, the people right in it."""
    services.admit("list", actor=request.actor)
    viewer, levels = viewers.viewer_of(request.actor), rules.current_levels()
    opened = selectors.open_unit(viewer, unit_id, levels)
    context = {**_page(request, viewer, selectors.people_in(viewer, unit_id, levels), levels), "unit": opened}
    if _is_fragment(request):
        return render(request, "h5/directory/names.html", context)
    context |= {"tabs": _tabs("units"), "back_url": _url("directory_units")}
    return render(request, "h5/directory/unit.html", context)


def card(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    """What this viewer may see of one person; a phone shown in full is noted."""
    services.admit("card", actor=request.actor)
    entry = selectors.card(viewers.viewer_of(request.actor), person_id)
    services.disclose(entries=[entry], actor=request.actor, at=clock.now())
    return render(request, "h5/directory/card.html", {"entry": entry, "back_url": _url("directory")})


def _found(request: TenantRequest, viewer: viewers.Viewer, words: str) -> HttpResponse:
    levels = rules.current_levels()
    people = list(selectors.search(viewer, words, levels)[: selectors.FOUND_LIMIT + 1]) if words else []
    entries = selectors.entries(people[: selectors.FOUND_LIMIT], viewer, levels)
    services.disclose(entries=entries, actor=request.actor, at=clock.now())
    context = {
        "entries": entries, "words": words, "has_more": len(people) > selectors.FOUND_LIMIT,
        "limit": selectors.FOUND_LIMIT, "back_url": _url("directory"),
    }  # fmt: skip
    return render(request, "h5/directory/found.html" if _is_fragment(request) else "h5/directory/search.html", context)


def _page(
    request: TenantRequest, viewer: viewers.Viewer, people: QuerySet[Person], levels: rules.Levels | None = None
) -> dict[str, Any]:
    cursor = request.GET.get("cursor", "")
    page = page_of(people, by=selectors.ORDER, cursor=cursor)
    entries = selectors.entries(page.rows, viewer, levels or rules.current_levels())
    services.disclose(entries=entries, actor=request.actor, at=clock.now())
    last_initial = position_of(cursor, by=selectors.ORDER)["initial"] if cursor else ""
    return {"entries": entries, "next": page.next, "is_first": page.is_first, "last_initial": last_initial}


def _tabs(current: str) -> list[dict[str, object]]:
    return [
        {"label": _("按姓名"), "url": _url("directory"), "active": current == "names"},
        {"label": _("按组织"), "url": _url("directory_units"), "active": current == "units"},
    ]


def _url(name: str, **kwargs: object) -> str:
    return reverse(f"h5-members-{name}", kwargs=kwargs)


def _is_fragment(request: TenantRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
