"""Signing in and out."""

from __future__ import annotations

from django.contrib.auth import logout as end_session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jiceng.audit.services import record
from jiceng.kernel.errors import TooMany

from .. import passwords, services, signin, totp
from ..actor import Actor
from ..errors import CodeRefused, CredentialsRefused, FactorLocked, LoginLocked, PasswordRefused
from ..forms import AgainForm, CodeForm, LoginCodeForm, LoginForm, NewPasswordForm
from ..models import User
from ..profiles import current_profile
from ..services import Outcome
from .forms import refuse, refused_status

UNAUTHORISED = 401


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Username and password. Whatever is wrong, status and words are the same."""
    next_url = request.POST.get("next") or request.GET.get("next", "")
    if request.method != "POST":
        if request.user.is_authenticated:
            privileged = services.is_privileged(request.user)  # type: ignore[arg-type]
            return redirect(signin.safe_next(request, next_url) or signin.home(request, privileged))
        automatic = next((way for way in signin.other_ways(request, next_url) if way.is_automatic), None)
        return redirect(automatic.url) if automatic else _login_page(request, LoginForm(), next_url)
    form = LoginForm(request.POST)
    form.is_valid()
    try:
        user = signin.check_password(request, form.data.get("username", ""), form.data.get("password", ""))
    except TooMany as error:
        return _login_page(request, refuse(form, error), next_url, error.status, error.retry_after)
    if user is None:
        return _login_page(request, refuse(form, CredentialsRefused()), next_url, UNAUTHORISED)
    return signin.proceed(request, user, next_url)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login_totp(request: HttpRequest) -> HttpResponse:
    """The second factor: its code, or enrolling an authenticator where the policy asks for one."""
    halfway = signin.pending(request)
    if halfway is None or halfway.is_proved:
        return redirect("login")
    if not services.has_factor(halfway.user):
        return _enrol(request, halfway)
    form = LoginCodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _code_page(request, form, 422 if form.is_bound else 200)
    outcome = services.verify_factor(user=halfway.user, code=form.cleaned_data["code"])
    if outcome is not Outcome.OK:
        _note_failure(halfway.user)
        return _code_page(request, *_refused_code(form, outcome))
    return signin.proceed(request, halfway.user, halfway.next_url, is_proved=True)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def login_renew(request: HttpRequest) -> HttpResponse:
    """A new password in place of an expired one, before the session begins."""
    halfway = signin.pending(request)
    if halfway is None or not halfway.is_proved or not passwords.is_expired(halfway.user):
        return redirect("login")
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = services.renew_password(user=halfway.user, new=form.cleaned_data["password"])
        except PasswordRefused as error:
            refuse(form, error)
        else:
            return redirect(signin.finish(request, user, halfway.next_url))
    return render(request, "access/login_renew.html", {"form": form}, status=refused_status(form))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login_again(request: HttpRequest) -> HttpResponse:
    """Proof of identity again, for sensitive deeds."""
    next_url = request.POST.get("next") or request.GET.get("next", "")
    if not request.user.is_authenticated:
        return redirect("login")
    user: User = request.user  # type: ignore[assignment]
    form = AgainForm(request.POST if request.method == "POST" else None)
    needs_code = services.has_factor(user)
    if not needs_code:
        del form.fields["code"]
    status = refused_status(form)
    if form.is_valid():
        try:
            is_proved = _proves(request, user, form)
        except TooMany as error:
            refuse(form, error)
            status = error.status
        else:
            if is_proved:
                signin.prove_now(request)
                return redirect(signin.safe_next(request, next_url) or signin.home(request, needs_code))
            refuse(form, CredentialsRefused(_("密码或验证码不正确。")))
            status = UNAUTHORISED
    context = {"form": form, "next": signin.safe_next(request, next_url), "home": signin.home(request, False)}
    return render(request, "access/login_again.html", context, status=status)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if request.user.is_authenticated:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        record(action="access.session.ended", actor=actor, target=actor.id or "", target_label=actor.display_name)
    end_session(request)
    return redirect("login")


def locked_page(request: HttpRequest) -> HttpResponse:
    """The sign-in page once the limit of failures is reached; axes puts it in place of the view's own."""
    minutes = int(current_profile().lockout.total_seconds() // 60)
    message = _("登录失败次数过多，请 %(minutes)d 分钟后再试。") % {"minutes": minutes}
    form = LoginForm(request.POST)
    form.is_valid()
    refuse(form, LoginLocked(message))
    return _login_page(request, form, request.POST.get("next", ""), LoginLocked.status, minutes * 60)


def _login_page(
    request: HttpRequest, form: LoginForm, next_url: str, status: int = 200, retry_after: int = 0
) -> HttpResponse:
    context = {"form": form, "next": signin.safe_next(request, next_url), "others": signin.other_ways(request, next_url)}
    response = render(request, "access/login.html", context, status=status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _proves(request: HttpRequest, user: User, form: AgainForm) -> bool:
    found = signin.check_password(request, user.username, form.cleaned_data["password"])
    if found is None or found.pk != user.pk:
        return False
    if not services.has_factor(user):
        return True
    return services.verify_factor(user=user, code=form.cleaned_data["code"]) is Outcome.OK


def _enrol(request: HttpRequest, halfway: signin.Pending) -> HttpResponse:
    user = halfway.user
    secret = services.enrolment_secret(user=user)
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = refused_status(form)
    if form.is_valid():
        codes = services.confirm_factor(user=user, code=form.cleaned_data["code"].strip())
        if codes is not None:
            response = signin.proceed(request, user, halfway.next_url, is_proved=True)
            return render(request, "access/recovery_codes.html", {"codes": codes, "next": response.url})
        refuse(form, CodeRefused())
        status = UNAUTHORISED
    return enrolment_page(request, form, user, secret, status, is_login=True)


def enrolment_page(
    request: HttpRequest, form: CodeForm, user: User, secret: bytes, status: int, *, is_login: bool
) -> HttpResponse:
    """QR code and secret of an authenticator that waits for its first code."""
    tenant = getattr(request, "tenant", None)
    uri = totp.key_uri(secret, account=user.username, organisation=tenant.name if tenant else "")
    context = {
        "form": form, "uri": uri, "secret": totp.as_text(secret), "is_login": is_login,
    }  # fmt: skip
    return render(request, "access/totp_enrol.html", context, status=status)


def _code_page(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    return render(request, "access/login_totp.html", {"form": form}, status=status)


def _refused_code(form: CodeForm, outcome: Outcome) -> tuple[CodeForm, int]:
    if outcome is Outcome.LOCKED:
        return refuse(form, FactorLocked()), FactorLocked.status
    return refuse(form, CodeRefused()), UNAUTHORISED


def _note_failure(user: User) -> None:
    visitor = Actor.anonymous()
    record(action="access.factor.failed", actor=visitor, target=str(user.pk), target_label=user.display_name)
