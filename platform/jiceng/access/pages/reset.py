"""The page behind a link for choosing a new password."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .. import services, signin
from ..errors import PasswordRefused
from ..forms import NewPasswordForm
from .forms import refuse, refused_status


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password and go on to sign in, second factor included."""
    link = services.find_password_link(token)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = services.use_password_link(token=token, password=form.cleaned_data["password"])
        except PasswordRefused as error:
            refuse(form, error)
        else:
            return signin.proceed(request, user, "")
    context = {"form": form, "username": link.user.username}
    return render(request, "access/reset.html", context, status=refused_status(form))
