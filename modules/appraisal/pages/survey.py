"""What the public sees: a point's questions, thanks with a receipt, and the answer behind the receipt. No log-in anywhere."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.requests import TenantRequest

from ..errors.survey import FormExpired, LooksAutomatic
from ..forms.survey import ReceiptForm, SurveyForm, WishForm
from ..selectors import follow_ups as steps
from ..selectors import points as reads
from ..services import admitting, answering, follow_ups, receipts

DEVICE, DEVICE_DAYS = "jc_device", 90
Answer = TypeVar("Answer", bound=HttpResponseBase)


def survey(request: TenantRequest, token: str) -> HttpResponse:
    """``token``: the point's code. Every page shown carries a form that counts once.

    Who was too quick, or left the page open too long, gets it back with what they wrote.
    """
    at = clock.now()
    if request.method != "POST":
        return _questions(request, token, SurveyForm())
    form = SurveyForm(request.POST)
    visit = answering.Visit(
        token=request.POST.get("form", ""), device=request.COOKIES.get(DEVICE, ""),
        address=str(getattr(request, "address", "")), trap=request.POST.get("website", ""),
    )  # fmt: skip
    outcome = submitted(form, lambda data: answering.answer(
        code=token, grade=data["grade"], text=data["text"], phone=data["phone"], visit=visit, at=at
    ))  # fmt: skip
    if outcome is None:
        return _questions(request, token, form)
    if isinstance(outcome.refusal, LooksAutomatic | FormExpired):
        form.add_error(None, outcome.refusal.detail)
        form.refused_with = outcome.refusal.status
        return _questions(request, token, form, is_fresh=isinstance(outcome.refusal, FormExpired))
    if outcome.answer is None:
        return _quiet(render(request, "appraisal/h5/refused.html", {
            "refusal": outcome.refusal, "token": token,
        }, status=outcome.refusal.status if outcome.refusal else 400))  # fmt: skip
    # The same form again leads to the same page: its address follows from the answer alone.
    return _quiet(redirect("h5-appraisal-thanks", token=receipts.key_of(outcome.answer, at=outcome.answer.answered_at)))


def thanks(request: TenantRequest, token: str) -> HttpResponse:
    """The receipt, for an hour after answering."""
    found = receipts.answer_of(token, at=clock.now())
    return _quiet(render(request, "appraisal/h5/thanks.html", {
        "answer": found, "code": receipts.code_of(found), "has_follow_up": hasattr(found, "follow_up"),
    }))  # fmt: skip


def receipt_find(request: TenantRequest) -> HttpResponse:
    """Number and code lead to the answer."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    key = submitted(form, lambda data: _find(request, data["number"], data["code"]))
    if key:
        return _quiet(redirect("h5-appraisal-receipt", token=key))
    return _quiet(render(request, "appraisal/h5/receipt_find.html", {"form": form}, status=status_of(form)))


def receipt(request: TenantRequest, token: str) -> HttpResponse:
    """What became of an answer; POST says that one is still dissatisfied."""
    at = clock.now()
    found = receipts.answer_of(token, at=at)
    row = getattr(found, "follow_up", None)
    form = WishForm(request.POST if request.method == "POST" else None)
    reopened = submitted(form, lambda data: follow_ups.reopen(answer=found, wish=data["wish"], at=at))
    if reopened is not None:
        messages.success(request, _("已收到，我们会重新办理。"))
        return _quiet(redirect("h5-appraisal-receipt", token=token))
    return _quiet(render(request, "appraisal/h5/receipt.html", {
        "answer": found, "follow_up": row, "steps": steps.public_steps(found), "form": form,
        "may_reopen": row is not None and follow_ups.may_reopen(row),
    }, status=status_of(form)))  # fmt: skip


def _find(request: TenantRequest, number: str, code: str) -> str:
    return receipts.find(number=number, code=code, address=str(getattr(request, "address", "")), at=clock.now())


def _questions(request: TenantRequest, token: str, form: SurveyForm, *, is_fresh: bool = False) -> HttpResponse:
    at, point = clock.now(), reads.open_point(token)
    cookie = request.COOKIES.get(DEVICE, "")
    is_known = bool(admitting.device_of(cookie))
    cookie = cookie if is_known else admitting.new_device()
    device = admitting.device_of(cookie)
    kept = (
        request.POST.get("form", "")[:300] if is_known and not is_fresh else ""
    )  # the same word again, so that it still counts once
    answer = render(request, "appraisal/h5/survey.html", {
        "point": point, "form": form, "token": token, "has_answered": answering.has_answered(point, device, at=at),
        "word": kept or admitting.new_form(code=token, device=device, at=at),
    }, status=status_of(form))  # fmt: skip
    answer.set_cookie(
        DEVICE, cookie, max_age=DEVICE_DAYS * 24 * 3600, path="/appraisal/s/", httponly=True, secure=request.is_secure(),
        samesite="Lax",
    )  # fmt: skip
    return _quiet(answer)


def _quiet(answer: Answer) -> Answer:
    """Search engines stay away."""
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
