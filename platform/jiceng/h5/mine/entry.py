"""What the pages of one's own data share: whose they are, and where they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from jiceng.members.profile import selectors
from jiceng.shell.mounting import page_name
from jiceng.shell.requests import TenantRequest

PER_PAGE = 20


def own_entry(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give ``view`` the roster entry of whoever asks; those without one are told whom to turn to. Never cached."""

    @never_cache
    @wraps(view)
    def found(request: TenantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = selectors.own_entry(request.actor)
        if person is None:
            return render(request, "h5/mine/no_entry.html", {"back_url": reverse("h5-mine")})
        return view(request, person, *args, **kwargs)

    return found


def page_url(name: str, **kwargs: Any) -> str:
    return reverse(page_name("h5", "members", name), kwargs=kwargs)


def page_of(request: TenantRequest, rows: QuerySet[Any]) -> dict[str, Any]:
    """One page of ``rows`` as ``page``, and the ``next`` one for ``load_more``."""
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("cursor"))
    return {"page": page, "next": str(page.next_page_number()) if page.has_next() else None}
