"""The steps of signing in: password, second factor, renewal of an expired password, session.

Between steps the browser's anonymous session remembers who has proved what; nobody is signed in before the last one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from jiceng.audit.services import record
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Invalid
from jiceng.kernel.text import clean

from . import lockout, passwords, services, sessions
from .actor import Actor
from .models import User
from .models.users import USERNAME_LENGTH, normalise_username
from .profiles import current_profile

PENDING = "jc_pending"
PENDING_SECONDS = 600
BACKEND = "jiceng.access.backends.PasswordBackend"


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody halfway in. ``is_proved``: the second factor has been given too."""

    user: User
    next_url: str
    is_proved: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """Another way to sign in (``settings.OTHER_SIGN_INS``). ``is_automatic``: go there without showing the form."""

    label: str
    url: str
    is_automatic: bool


def other_ways(request: HttpRequest, next_url: str) -> list[Offer]:
    """What else than the password this visitor may use here."""
    found = (import_string(path)(request, next_url) for path in settings.OTHER_SIGN_INS)
    return [offer for offer in found if offer is not None]


def check_password(request: HttpRequest, username: str, password: str) -> User | None:
    """The user, if both are right. Failures are counted in the current transaction: return a page, do not raise.

    Raises ``TooMany``, ``Unavailable`` before anything is checked. A locked pair leaves ``request.axes_locked_out``.
    """
    address = lockout.client_address(request) or ""
    lockout.admit(address)
    name = _lookup_name(username)
    lockout.queue_up(name, address)
    user = authenticate(request, username=name, password=password)
    if user is not None:
        return user  # type: ignore[return-value]
    is_locked = bool(getattr(request, "axes_locked_out", False))
    action = "access.login.locked" if is_locked else "access.login.failed"
    record(action=action, actor=Actor.anonymous(), target_label=name)
    return None


def proceed(request: HttpRequest, user: User, next_url: str, *, is_proved: bool = False) -> HttpResponseRedirect:
    """Go to the next step that ``user`` still has to take, or sign them in and go to ``next_url``."""
    if not is_proved and (services.has_factor(user) or services.is_required(user)):
        _park(request, user, next_url, is_proved=False)
        return redirect("login-totp")
    if passwords.is_expired(user):
        _park(request, user, next_url, is_proved=True)
        return redirect("login-renew")
    return redirect(finish(request, user, next_url))


def finish(request: HttpRequest, user: User, next_url: str) -> str:
    """Sign ``user`` in with a new session and return where to go."""
    request.session.flush()  # a new key and row, also for somebody who was signed in already
    is_privileged = services.is_privileged(user)
    login(request, user, backend=BACKEND)
    request.session[sessions.PRIVILEGED] = is_privileged
    prove_now(request)
    request.session.set_expiry(now() + current_profile().limits(is_privileged).absolute)
    sessions.SessionStore.clear_expired()
    who = Actor.for_user(user)
    record(action="access.session.started", actor=who, target=str(user.pk), target_label=user.display_name)
    return safe_next(request, next_url) or home(request, is_privileged)


def pending(request: HttpRequest) -> Pending | None:
    """Who is halfway in with this browser; ``None`` when nobody is, or it took too long."""
    parked = request.session.get(PENDING)
    if not parked or now().timestamp() - parked["at"] > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=parked["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != parked["hash"]:
        return None
    return Pending(user, parked["next"], parked["is_proved"])


def prove_now(request: HttpRequest) -> None:
    """Note that the holder of the session has just proved who they are."""
    request.session[sessions.PROVED_AT] = int(now().timestamp())


def is_recent(request: HttpRequest, within: timedelta) -> bool:
    """Whether the holder proved who they are within that time."""
    proved_at = request.session.get(sessions.PROVED_AT)
    return proved_at is not None and now().timestamp() - proved_at <= within.total_seconds()


def safe_next(request: HttpRequest, url: str) -> str:
    """``url`` if it is a path of this very host, else ``""``."""
    if not url.startswith("/") or url.startswith(("//", "/\\")):
        return ""
    allowed = url_has_allowed_host_and_scheme(url, allowed_hosts=None, require_https=request.is_secure())
    return url if allowed else ""


def home(request: HttpRequest, is_privileged: bool) -> str:
    """Where people start: operators at their site, administrators in the console, all others on the phone pages."""
    if getattr(request, "tenant", None) is None:
        return "/ops/"
    return "/console/" if is_privileged else "/"


def _park(request: HttpRequest, user: User, next_url: str, *, is_proved: bool) -> None:
    if not is_proved:
        request.session.flush()  # a new key: what an attacker may have planted ends here
    request.session[PENDING] = {
        "user": str(user.pk), "next": safe_next(request, next_url), "is_proved": is_proved,
        "at": int(now().timestamp()), "hash": user.get_session_auth_hash(),
    }  # fmt: skip


def _lookup_name(username: str) -> str:
    try:
        return normalise_username(clean(username))[:USERNAME_LENGTH]
    except Invalid:
        return ""
