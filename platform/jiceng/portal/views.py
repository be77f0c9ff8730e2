"""Pages of the public site. Each makes one call and renders."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from jiceng.shell.forms import status_of, submitted
from tenants import directory, signup
from tenants.models import SignupRequest, SignupState

from . import catalogue
from .forms import SignupForm

SLUG_LIMIT = 64


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html", {"section": "home", "modules": catalogue.cards({})})


@require_safe
def modules(request: HttpRequest) -> HttpResponse:
    chosen = {name: request.GET.get(name, "") for name in ("category", "audience", "service")}
    context = {"section": "modules", "cards": catalogue.cards(chosen), "dimensions": catalogue.dimensions(chosen)}
    return render(request, "portal/modules.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/help.html", {"section": "help"})


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The form; a success leads to the page that shows its progress."""
    form = SignupForm(request.POST if request.method == "POST" else None)
    address = request.address  # type: ignore[attr-defined]
    done = submitted(form, lambda data: signup.submit(data=data, address=address))
    if done is not None:
        return redirect("portal-progress", token=done[1])
    return render(request, "portal/signup.html", {"section": "signup", "form": form}, status=status_of(form))


@require_safe
def slug_check(request: HttpRequest) -> HttpResponse:
    """For checks while typing: whether the slug can be had, and if not, why."""
    slug = request.GET.get("slug", "").strip()[:SLUG_LIMIT]
    fault = signup.slug_problem(slug) if slug else None
    return render(request, "portal/slug.html", {"slug": slug, "fault": fault})


@require_safe
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """How far a sign-up is; ready ones show the address and the way in. htmx asks again until it is decided."""
    found = signup.find(token)
    context = {
        "section": "signup",
        "signup": found,
        "steps": _steps(found),
        "pending": found.state in (SignupState.WAITING, SignupState.APPROVED),
        "invite_url": _invite_url(request, found, token),
    }
    return render(request, "portal/progress.html", context)


def _steps(found: SignupRequest) -> list[tuple[str, str]]:
    """(step, css class) for 提交, 审核, 开通."""
    marks = {
        SignupState.WAITING: ("done", "current", ""),
        SignupState.APPROVED: ("done", "done", "current"),
        SignupState.READY: ("done", "done", "done"),
        SignupState.REFUSED: ("done", "failed", ""),
    }[SignupState(found.state)]
    return list(zip(("submitted", "reviewed", "opened"), marks, strict=True))


def _invite_url(request: HttpRequest, found: SignupRequest, token: str) -> str:
    """Where the first administrator sets up the account: the tenant's own host, on the port this page came from."""
    if found.state != SignupState.READY or found.tenant is None:
        return ""
    host = directory.primary_host(found.tenant)
    port = request.get_host().partition(":")[2]
    return f"{request.scheme}://{host}{':' + port if port else ''}/invite/{token}/"
