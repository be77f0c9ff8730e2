"""What residents see without a log-in: asking for help, the receipt, and what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.requests import TenantRequest

from ..forms.help import ComplaintForm, HelpForm, ReceiptForm
from ..models import HelpState
from ..selectors import help as reads
from ..services import admitting, asking, receipts


def ask(request: TenantRequest) -> HttpResponse:
    """Every page shown carries a form that counts once."""
    at, form = clock.now(), HelpForm(request.POST if request.method == "POST" else None)
    kept = request.POST.get("form", "")[:300]
    visit = asking.Visit(token=kept, address=_address(request), trap=request.POST.get("website", ""))
    made = submitted(form, lambda data: asking.ask(fields=data, visit=visit, at=at))
    if made is not None:
        # The same form again leads to the same page: its address follows from the request alone.
        return _quiet(redirect("h5-volunteering-help-thanks", token=receipts.key_of(made, at=made.created_at)))
    is_over = form.is_bound and getattr(form, "refused_with", 422) == 409
    return _quiet(render(request, "volunteering/h5/ask.html", {
        "form": form, "word": admitting.new_form(at=at) if is_over or not kept else kept,
    }, status=status_of(form)))  # fmt: skip


def thanks(request: TenantRequest, token: str) -> HttpResponse:
    """The receipt, for an hour after asking."""
    found = receipts.request_of(token, at=clock.now())
    return _quiet(render(request, "volunteering/h5/thanks.html", {"case": found, "code": receipts.code_of(found)}))


def receipt_find(request: TenantRequest) -> HttpResponse:
    """Number and code lead to the request."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    key = submitted(form, lambda data: receipts.find(
        number=data["number"], code=data["code"], address=_address(request), at=clock.now()
    ))  # fmt: skip
    if key:
        return _quiet(redirect("h5-volunteering-help-receipt", token=key))
    return _quiet(render(request, "volunteering/h5/receipt_find.html", {"form": form}, status=status_of(form)))


def receipt(request: TenantRequest, token: str) -> HttpResponse:
    """What became of it; POST ``deed``: ``confirm``, or complain in ``words``."""
    at = clock.now()
    found = receipts.request_of(token, at=at)
    form = ComplaintForm(request.POST if request.method == "POST" and "confirm" not in request.POST else None)
    if "confirm" in request.POST:
        asking.confirm(request=found, at=at)
        messages.success(request, _("谢谢，已确认。"))
        return _quiet(redirect("h5-volunteering-help-receipt", token=token))
    if submitted(form, lambda data: asking.complain(request=found, words=data["words"], at=at)) is not None:
        messages.success(request, _("已收到，我们会再处理。"))
        return _quiet(redirect("h5-volunteering-help-receipt", token=token))
    return _quiet(render(request, "volunteering/h5/receipt.html", {
        "case": found, "steps": reads.steps_of(found), "form": form, "is_done": found.state == HelpState.DONE,
    }, status=status_of(form)))  # fmt: skip


def _address(request: TenantRequest) -> str:
    return str(getattr(request, "address", ""))


def _quiet(answer: HttpResponse) -> HttpResponse:
    """Search engines stay away, browsers keep nothing."""
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "private, no-store"
    return answer
