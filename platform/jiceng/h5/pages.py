"""The shell's own phone pages. Open to everybody: what they list is what the visitor may open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from . import cards


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "h5/home.html", {"cards": cards.home_cards(request)})


@require_safe
def apps(request: HttpRequest) -> HttpResponse:
    return render(request, "h5/apps.html", {"sections": cards.sections(request), "back_url": reverse("h5-home")})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\x00", "")[: cards.QUERY_LIMIT]
    context = {"query": query, "entries": cards.search(request, query), "back_url": reverse("h5-home")}
    return render(request, "h5/search.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "h5/about.html", {"back_url": reverse("h5-mine")})
