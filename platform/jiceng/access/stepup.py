"""Before sensitive deeds: the password again, if the last proof is older than ten minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from . import signin

RECENT = timedelta(minutes=10)
View = Callable[..., Any]


def require_recent_login(view: View) -> View:
    """Send people whose last proof of identity is old to the page that asks for it, and back.

    A form sent meanwhile is not kept: they come back to the page it stood on. htmx navigates the whole page.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> Any:
        if signin.is_recent(request, RECENT):
            return view(request, *args, **kwargs)
        url = f"{reverse('login-again')}?{urlencode({'next': _way_back(request)})}"
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return redirect(url)

    return checked


def _way_back(request: HttpRequest) -> str:
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referrer = urlsplit(request.headers.get("Referer", ""))
    return referrer.path if referrer.netloc == request.get_host() else ""
