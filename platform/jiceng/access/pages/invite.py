"""The page behind an invitation's link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jiceng.kernel.errors import Conflict, FieldError, Invalid, TooMany

from .. import lockout, services, signin
from ..builtin import BUILTIN_ROLES
from ..forms import InviteForm
from .forms import refuse, refused_status


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a username and password; administrators go on to their second factor."""
    invitation = services.find_invite(token)
    form = InviteForm(request.POST if request.method == "POST" else None)
    status = refused_status(form)
    if form.is_valid():
        try:
            lockout.admit(lockout.client_address(request) or "")
            user = services.accept_invite(
                token=token, username=form.cleaned_data["username"], password=form.cleaned_data["password"]
            )
        except (Invalid, Conflict) as error:
            status = refused_status(refuse(form, _on_username(error)))
        except TooMany as error:
            refuse(form, error)
            status = error.status
        else:
            return signin.proceed(request, user, "")
    names = [str(BUILTIN_ROLES[code].name) for code in invitation.roles if code in BUILTIN_ROLES]
    context = {"form": form, "invite": invitation, "roles": _("、").join(names)}
    return render(request, "access/invite.html", context, status=status)


def _on_username(error: Invalid | Conflict) -> Invalid | Conflict:
    if isinstance(error, Conflict) and not error.fields:
        error.fields = (FieldError("/username", error.code, error.detail),)
    return error
