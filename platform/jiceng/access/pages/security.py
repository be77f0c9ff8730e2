"""One's own security settings: password, sessions, second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout as end_login
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jiceng.kernel.errors import Invalid

from .. import selectors, services, signin
from ..errors import CodeRefused
from ..forms import ChangePasswordForm, CodeForm
from ..models import User
from ..sessions import PRIVILEGED, hash_key
from ..stepup import require_recent_login
from .forms import refuse, refused_status
from .login import UNAUTHORISED, enrolment_page

View = Callable[..., HttpResponse]


def own_pages(view: View) -> View:
    """For people who are signed in; others go to the sign-in page and come back."""

    @never_cache
    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect(f"{reverse('login')}?{urlencode({'next': reverse('security')})}")

    return checked


@own_pages
@require_http_methods(["GET", "HEAD"])
def security(request: HttpRequest) -> HttpResponse:
    """Password, second factor and living sessions of the person signed in."""
    return _page(request, ChangePasswordForm())


@own_pages
@sensitive_post_parameters()
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """Replace the password; all other sessions end."""
    form = ChangePasswordForm(request.POST)
    if form.is_valid():
        try:
            user = services.change_password(
                user=_user(request), current=form.cleaned_data["current"], new=form.cleaned_data["password"],
                keep_session=request.session.session_key,
            )  # fmt: skip
        except Invalid as error:
            refuse(form, error)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("密码已修改，其他设备上的登录已全部退出。"))
            return redirect("security")
    return _page(request, form)


@own_pages
@require_POST
def end_session(request: HttpRequest, key_hash: str) -> HttpResponse:
    """End one of one's sessions, perhaps this one."""
    user, is_current = _user(request), key_hash == hash_key(request.session.session_key or "")
    services.revoke_session(user=user, key_hash=key_hash, actor=request.actor)  # type: ignore[attr-defined]
    if is_current:
        end_login(request)
        return redirect("login")
    messages.success(request, _("会话已结束。"))
    return redirect("security")


@own_pages
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    count = services.end_other_sessions(
        user=_user(request), keep=request.session.session_key, actor=request.actor  # type: ignore[attr-defined]
    )  # fmt: skip
    messages.success(request, _("已结束其他 %(count)d 个会话。") % {"count": count})
    return redirect("security")


@own_pages
@require_http_methods(["GET", "HEAD", "POST"])
@require_recent_login
def enable_totp(request: HttpRequest) -> HttpResponse:
    """Enrol an authenticator; the recovery codes are in the answer and nowhere else."""
    user = _user(request)
    secret = services.enrolment_secret(user=user)
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = refused_status(form)
    if form.is_valid():
        codes = services.confirm_factor(
            user=user, code=form.cleaned_data["code"].strip(), keep_session=request.session.session_key
        )
        if codes is not None:
            request.session.cycle_key()
            return _codes_page(request, codes)
        refuse(form, CodeRefused())
        status = UNAUTHORISED
    return enrolment_page(request, form, user, secret, status, is_login=False)


@own_pages
@require_POST
@require_recent_login
def disable_totp(request: HttpRequest) -> HttpResponse:
    services.disable_factor(user=_user(request), keep_session=request.session.session_key)
    request.session.cycle_key()
    messages.success(request, _("已停用动态验证码。"))
    return redirect("security")


@own_pages
@require_POST
@require_recent_login
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    return _codes_page(request, services.renew_recovery_codes(user=_user(request)))


def _page(request: HttpRequest, form: ChangePasswordForm) -> HttpResponse:
    user = _user(request)
    has_factor = services.has_factor(user)
    context = {
        "form": form, "has_factor": has_factor, "is_required": services.is_required(user),
        "codes_left": services.unused_recovery_codes(user) if has_factor else 0,
        "sessions": selectors.list_sessions(user, current=request.session.session_key),
        "home": signin.home(request, bool(request.session.get(PRIVILEGED))),
    }  # fmt: skip
    return render(request, "access/security.html", context, status=refused_status(form))


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "access/recovery_codes.html", {"codes": codes, "next": reverse("security")})


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]
