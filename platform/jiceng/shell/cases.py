"""A case on a page: what is asked, what was done, and the deeds of the person who looks. For every surface."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel import clock
from jiceng.workflow import selectors, services
from jiceng.workflow.models import Case
from jiceng.workflow.models.cases import COMMENT_LENGTH

from .forms import status_of, submitted
from .requests import TenantRequest


class CommentForm(forms.Form):
    """``assignment``: what is decided; empty for the applicant's deeds. ``version``: of the case as it was shown."""

    assignment = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        required=False, max_length=COMMENT_LENGTH, label=gettext_lazy("意见或理由"),
        help_text=gettext_lazy("不同意或退回时必填，申请人会看到。"), widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class HandForm(CommentForm):
    user = forms.CharField(label=gettext_lazy("交给谁"), max_length=60, help_text=gettext_lazy("姓名或用户名。"))
    field_order = ("user", "comment")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].label, self.fields["comment"].help_text = _("说明"), ""


@dataclass(frozen=True, slots=True)
class Deed:
    """``by``: which of the page's forms it comes from."""

    call: Callable[..., Case]
    done: Any
    by: str = "decision"


DEEDS = {
    "approve": Deed(services.approve, gettext_lazy("已同意。")),
    "reject": Deed(services.reject, gettext_lazy("已回复不同意。")),
    "return": Deed(services.return_case, gettext_lazy("已退回申请人补正。")),
    "add_signer": Deed(services.add_signer, gettext_lazy("已加签，加签人同意后才继续。"), by="hand"),
    "delegate": Deed(services.delegate, gettext_lazy("已转办。"), by="hand"),
    "resubmit": Deed(services.resubmit, gettext_lazy("已重新提交。"), by="own"),
    "withdraw": Deed(services.withdraw, gettext_lazy("已撤回申请。"), by="own"),
}


@dataclass(slots=True)
class _Forms:
    decision: CommentForm = field(default_factory=lambda: CommentForm(auto_id="decide_%s"))
    hand: CommentForm = field(default_factory=lambda: HandForm(auto_id="hand_%s"))
    own: CommentForm = field(default_factory=lambda: CommentForm(auto_id="own_%s"))


def case_page(request: TenantRequest, case_id: uuid.UUID, *, template: str, home: str, **context: Any) -> HttpResponse:
    """GET shows the case; POST does the deed named ``deed`` and goes to ``home``, or shows why not."""
    shown, answered = _Forms(), 200
    deed = DEEDS.get(request.POST.get("deed", "")) if request.method == "POST" else None
    if deed is not None:
        form = type(getattr(shown, deed.by))(request.POST, auto_id=f"{deed.by}_%s")
        if submitted(form, lambda clean: _do(request, case_id, deed, clean)) is not None:
            messages.success(request, str(deed.done))
            return redirect(home)
        setattr(shown, deed.by, form)
        answered = status_of(form)
    view = selectors.case_view(actor=request.actor, case_id=case_id, at=clock.now())
    return render(request, template, {
        "view": view, "case": view.case, "summary": selectors.summary_of(case=view.case), "decision_form": shown.decision,
        "hand_form": shown.hand, "own_form": shown.own, "refused": form if deed is not None else None, **context,
    }, status=answered)  # fmt: skip


def _do(request: TenantRequest, case_id: uuid.UUID, deed: Deed, clean: dict[str, Any]) -> Case:
    wanted: dict[str, Any] = {name: clean[name] for name in ("comment", "version")}
    if deed.by == "own":
        wanted["case_id"] = case_id
    else:
        # An assignment that exists nowhere is refused like one that may not be seen.
        wanted["assignment_id"] = clean["assignment"] or uuid.UUID(int=0)
    if deed.by == "hand":
        wanted["user_id"] = selectors.user_named(clean["user"]).pk
    return deed.call(**wanted, actor=request.actor, at=clock.now())
