"""通讯录可见范围: who sees which field, and the directory through somebody else's eyes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel import clock
from jiceng.members import scope, selectors
from jiceng.members.directory import rules, services
from jiceng.members.models import Person, ViewerKind, Visibility
from jiceng.shell.requests import TenantRequest

from .submission import form_page, page_url, submitted

CANDIDATES = 8
AUDIENCE_LABELS = {code: label for code, label in ViewerKind.choices if code in rules.DECIDED}


class RulesForm(forms.Form):
    """One choice per field of an entry and audience, named ``<field>-<audience>``."""

    def __init__(self, *args: Any, levels: Mapping[tuple[str, str], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (code, audience), level in levels.items():
            field = rules.FIELDS[code]
            label = f"{field.label} · {AUDIENCE_LABELS[audience]}"
            choices = [(value, Visibility(value).label) for value in field.levels]
            select = forms.Select(attrs={"class": "input", "aria-label": label})
            self.fields[f"{code}-{audience}"] = forms.ChoiceField(
                label=label, choices=choices, initial=level, widget=select
            )

    def rows(self) -> list[tuple[rules.DirectoryField, list[tuple[Any, BoundField]]]]:
        return [
            (field, [(AUDIENCE_LABELS[audience], self[f"{code}-{audience}"]) for audience in rules.DECIDED])
            for code, field in rules.FIELDS.items()
        ]

    def levels(self) -> dict[tuple[str, str], str]:
        return {tuple(name.split("-")): level for name, level in self.cleaned_data.items()}  # type: ignore[misc]


class WhoForm(forms.Form):
    """POSTed, for names do not belong into addresses."""

    viewer_words = forms.CharField(label=gettext_lazy("以谁的身份查看"), max_length=50, required=False)
    person_words = forms.CharField(label=gettext_lazy("查看谁的名片"), max_length=50, required=False)


def rules_page(request: TenantRequest, form: RulesForm) -> HttpResponse:
    return form_page(
        request, form, template="console/visibility/rules.html", audiences=list(AUDIENCE_LABELS.values()),
        has_own_rules=rules.current_levels() != rules.default_levels(),
    )  # fmt: skip


def rules_edit(request: TenantRequest) -> HttpResponse:
    form = RulesForm(request.POST if request.method == "POST" else None, levels=rules.current_levels())
    changed = submitted(form, lambda _clean: services.set_visibility(levels=form.levels(), actor=request.actor))
    if changed is None:
        return rules_page(request, form)
    count = len(changed)
    messages.success(request, _("已保存，修改了 %(count)s 项。") % {"count": count} if count else _("没有变化。"))
    return redirect(page_url("visibility", "members"))


def reset(request: TenantRequest) -> HttpResponse:
    form = forms.Form(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda _clean: services.reset_visibility(actor=request.actor))
    if done is None:
        return form_page(
            request, form, template="jiceng/console/confirm.html", title=_("恢复默认的可见范围"), action=_("恢复默认"),
            question=_("本单位对通讯录可见范围的修改将全部撤销。"), cancel_url=page_url("visibility", "members"),
        )  # fmt: skip
    messages.success(request, _("已恢复默认。"))
    return redirect(page_url("visibility", "members"))


def preview(request: TenantRequest) -> HttpResponse:
    """The card of ``person`` exactly as ``viewer`` would see it; both from within the manager's reach."""
    viewer, person = _chosen(request, "viewer"), _chosen(request, "person")
    form = WhoForm(request.POST if request.method == "POST" else None)
    words = form.cleaned_data if form.is_bound and form.is_valid() else {}
    context: dict[str, Any] = {"viewer": viewer, "person": person, "form": form, "words": words}
    for name, chosen in (("viewer", viewer), ("person", person)):
        wanted = words.get(f"{name}_words", "")
        context[f"{name}_candidates"] = _candidates(request, wanted) if wanted and not chosen else []
    if viewer and person:
        is_listed = person.is_active and person.is_listed
        if is_listed:
            entry = services.preview(viewer_id=viewer.pk, person_id=person.pk, actor=request.actor, at=clock.now())
            context |= {"entry": entry, "audience": ViewerKind(entry.audience).label}
    context["crumbs"] = [(_("通讯录可见范围"), page_url("visibility", "members")), (_("以他人身份查看"), "")]
    return render(request, "console/visibility/preview.html", context)


def _chosen(request: TenantRequest, name: str) -> Person | None:
    try:
        person_id = uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None
    return selectors.get_person(person_id, actor=request.actor, permission=scope.MANAGE)


def _candidates(request: TenantRequest, words: str) -> list[Person]:
    within = scope.people_in_reach(request.actor, scope.MANAGE)
    found = selectors.list_people(actor=request.actor, query=words).filter(pk__in=within.values("pk"))
    return list(found[:CANDIDATES])
