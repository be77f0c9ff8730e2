"""Entries that may be of one person: the list of pairs, and making one of two."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.members import selectors, services
from jiceng.members.fields import FIELDS
from jiceng.members.models import Person
from jiceng.members.selectors import shown_value
from jiceng.shell.requests import TenantRequest

from .people_rows import membership_rows
from .person import managed, person_url
from .submission import form_page, page_url, submitted

REASONS = {
    "phone": gettext_lazy("手机号码相同、姓名相近"), "birth_date": gettext_lazy("姓名和出生日期相同"),
    "unit": gettext_lazy("同一组织内姓名相同"),
}  # fmt: skip
# The document's kind goes with its number.
CHOSEN = tuple(code for code in FIELDS if code != "id_kind")


class MergeForm(forms.Form):
    """One choice for each field in which the two entries differ."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    other_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, keep: Person, other: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"version": keep.version, "other_version": other.version, **self.initial}
        mine, theirs = selectors.values_of(keep), selectors.values_of(other)
        self.differing = [code for code in CHOSEN if mine[code] != theirs[code] and theirs[code] not in ("", None)]
        for code in self.differing:
            shown = {"keep": shown_value(code, mine[code]), "other": shown_value(code, theirs[code])}
            initial = "other" if mine[code] in ("", None) else "keep"
            self.fields[code] = forms.ChoiceField(
                label=FIELDS[code].label, choices=list(shown.items()), initial=initial, widget=forms.RadioSelect
            )

    def choices(self) -> dict[str, str]:
        return {code: self.cleaned_data[code] for code in self.differing}


@dataclass(frozen=True, slots=True)
class PairRow:
    first: Person
    second: Person
    reasons: tuple[Any, ...]
    phones: tuple[str, str]


def duplicate_list(request: TenantRequest) -> HttpResponse:
    rows = [
        PairRow(pair.first, pair.second, tuple(REASONS[reason] for reason in pair.reasons), _phones(pair))
        for pair in selectors.find_duplicates(actor=request.actor)
    ]
    return render(request, "console/people/duplicates.html", {
        "rows": rows, "crumbs": [(_("组织与人员"), page_url("people", "members")), (_("疑似重复"), "")],
    })  # fmt: skip


def person_merge(request: TenantRequest, person_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """``person_id`` stays, ``other_id`` becomes part of it."""
    keep, other = managed(request, person_id), managed(request, other_id)
    form = MergeForm(keep, other, request.POST if request.method == "POST" else None)
    merged = submitted(
        form,
        lambda clean: services.merge_people(
            keep_id=keep.pk, other_id=other.pk, choose=form.choices(), version=clean["version"],
            other_version=clean["other_version"], actor=request.actor,
        ),
    )  # fmt: skip
    if merged is None:
        return form_page(
            request, form, template="console/people/merge.html", keep=keep, other=other,
            keep_memberships=membership_rows(selectors.memberships_of(keep, only_open=True)),
            other_memberships=membership_rows(selectors.memberships_of(other, only_open=True)),
            choices=[form[code] for code in form.differing], cancel_url=page_url("duplicate_list", "members"),
            crumbs=[(_("组织与人员"), page_url("people", "members")), (_("合并人员"), "")],
        )  # fmt: skip
    messages.success(request, _("已合并为“%(name)s”，原来的链接会转到这里。") % {"name": merged.name})
    return redirect(person_url(merged.pk))


def _phones(pair: selectors.Pair) -> tuple[str, str]:
    first, second = (shown_value("phone", selectors.values_of(person)["phone"]) for person in (pair.first, pair.second))
    return first, second
