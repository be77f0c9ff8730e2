"""Form pages of the console, and the addresses of its pages."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from jiceng.files import uploads
from jiceng.shell.forms import UNPROCESSABLE, status_of, submitted
from jiceng.shell.mounting import page_name
from jiceng.shell.requests import TenantRequest

__all__ = ["UNPROCESSABLE", "form_page", "page_url", "posted", "submitted"]


def page_url(name: str, module: str = "console", **kwargs: Any) -> str:
    """The address of a console page; ``module``: whose manifest declares it."""
    return reverse(page_name("console", module, name), kwargs=kwargs)


def posted(request: TenantRequest) -> tuple[Any, Any]:
    """Data and files of a POST; nothing otherwise, which leaves a form unbound. Raises ``UploadTooLarge``."""
    if request.method != "POST":
        return None, None
    uploads.check(request)
    return request.POST, request.FILES


def form_page(
    request: TenantRequest, form: BaseForm, *, template: str = "jiceng/console/form.html", **context: Any
) -> HttpResponse:
    """Render a form page; its status tells whether the form came back with faults."""
    return render(request, template, {"form": form, **context}, status=status_of(form))
