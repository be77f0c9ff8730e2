"""Posts and terms of office of a unit."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel.clock import today
from jiceng.members import kinds, scope, services
from jiceng.members.models import Person, PostKind, Unit
from jiceng.members.selectors.posts import candidates_for, get_post, get_term
from jiceng.shell.requests import TenantRequest

from .people_forms import DayInput, day_field
from .submission import form_page, submitted
from .units import managed_unit, unit_crumbs, unit_url

SHOWN_CANDIDATES = 50


class PostForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("职务"), choices=PostKind.choices)
    label = forms.CharField(
        label=gettext_lazy("职务名称"), max_length=30, required=False,
        help_text=gettext_lazy("与所选职务的名称不同时填写，如“第一书记”。"),
    )  # fmt: skip
    started_on = day_field(gettext_lazy("任职日期（默认今天）"))


class NewPostForm(PostForm):
    person_id = forms.TypedChoiceField(label=gettext_lazy("人员"), coerce=uuid.UUID)
    field_order = ("person_id", "kind", "label", "started_on")

    def __init__(self, people: Iterable[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(person.pk), _named(person)) for person in people]
        self.fields["person_id"].choices = [("", _("请选择")), *choices]  # type: ignore[attr-defined]


class EditPostForm(PostForm):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class EndForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("结束日期"), widget=DayInput(), initial=today)


class EndTermForm(EndForm):
    with_posts = forms.BooleanField(
        label=gettext_lazy("本届任期内的职务一并结束（换届）"), required=False, initial=True
    )


class TermForm(forms.Form):
    started_on = forms.DateField(label=gettext_lazy("任期开始日期"), widget=DayInput(), initial=today)
    ends_on = day_field(gettext_lazy("任期届满日期"))
    number = forms.IntegerField(
        label=gettext_lazy("第几届（不填则接上一届）"), required=False, min_value=1, max_value=999
    )


class ExtendForm(forms.Form):
    ends_on = forms.DateField(label=gettext_lazy("任期届满日期"), widget=DayInput())


def post_create(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    """Appoint somebody; ``?q=`` finds people beyond those of the unit."""
    unit = managed_unit(request, unit_id)
    query = request.GET.get("q", "")[:60]
    people = candidates_for(unit, actor=request.actor, query=query)[:SHOWN_CANDIDATES]
    form = NewPostForm(people, _data(request))
    post = submitted(form, lambda clean: services.appoint(unit_id=unit_id, **clean, actor=request.actor))
    if post is None:
        return form_page(
            request, form, template="console/units/appoint.html", unit=unit, query=query, cancel_url=unit_url(unit),
            title=_("“%(name)s”任职") % {"name": unit.name}, crumbs=_crumbs(unit, _("任职")),
        )  # fmt: skip
    messages.success(request, _("“%(person)s”已任%(post)s。") % {"person": post.person.name, "post": post.name})
    return redirect(unit_url(unit))


def post_edit(request: TenantRequest, post_id: uuid.UUID) -> HttpResponse:
    post = get_post(post_id, actor=request.actor, permission=scope.MANAGE)
    initial = {"kind": post.kind, "label": post.label, "started_on": post.started_on, "version": post.version}
    form = EditPostForm(_data(request), initial=initial)
    saved = submitted(form, lambda clean: services.change_post(post_id=post_id, **clean, actor=request.actor))
    if saved is None:
        return form_page(
            request, form, title=_("修改“%(name)s”的任职") % {"name": post.person.name}, cancel_url=unit_url(post.unit),
            crumbs=_crumbs(post.unit, _("任职")),
        )  # fmt: skip
    messages.success(request, _("已保存。"))
    return redirect(unit_url(post.unit))


def post_end(request: TenantRequest, post_id: uuid.UUID) -> HttpResponse:
    post = get_post(post_id, actor=request.actor, permission=scope.MANAGE)
    form = EndForm(_data(request))
    ended = submitted(form, lambda clean: services.end_post(post_id=post_id, **clean, actor=request.actor))
    if ended is None:
        words = {"person": post.person.name, "unit": post.unit.name, "post": post.name}
        return form_page(
            request, form, template="jiceng/console/confirm.html", title=_("结束任职"), action=_("结束任职"),
            question=_("“%(person)s”不再任%(unit)s%(post)s？任职记录保留。") % words, cancel_url=unit_url(post.unit),
        )  # fmt: skip
    messages.success(request, _("任职已结束。"))
    return redirect(unit_url(post.unit))


def term_create(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    unit = managed_unit(request, unit_id)
    form = TermForm(_data(request))
    kind = kinds.all_kinds().get(unit.kind)
    years = kind.term_years if kind else None
    if years:
        form.fields["ends_on"].help_text = _("不填则按%(years)s年计算。") % {"years": years}
    term = submitted(form, lambda clean: services.start_term(unit_id=unit_id, **clean, actor=request.actor))
    if term is None:
        return form_page(
            request, form, title=_("“%(name)s”新一届任期") % {"name": unit.name}, cancel_url=unit_url(unit),
            crumbs=_crumbs(unit, _("任期")),
        )  # fmt: skip
    messages.success(request, _("第 %(number)s 届任期已开始。") % {"number": term.number})
    return redirect(unit_url(unit))


def term_edit(request: TenantRequest, term_id: uuid.UUID) -> HttpResponse:
    """Let a term end earlier or later than planned."""
    term = get_term(term_id, actor=request.actor, permission=scope.MANAGE)
    form = ExtendForm(_data(request), initial={"ends_on": term.ends_on})
    saved = submitted(form, lambda clean: services.change_term(term_id=term_id, **clean, actor=request.actor))
    if saved is None:
        return form_page(
            request, form, title=_("修改届满日期"), cancel_url=unit_url(term.unit), crumbs=_crumbs(term.unit, _("任期")),
            note=_("提前或延期换届须经上级党组织批准，一般不超过 1 年。"),
        )  # fmt: skip
    messages.success(request, _("已保存。"))
    return redirect(unit_url(term.unit))


def term_end(request: TenantRequest, term_id: uuid.UUID) -> HttpResponse:
    term = get_term(term_id, actor=request.actor, permission=scope.MANAGE)
    form = EndTermForm(_data(request))
    ended = submitted(form, lambda clean: services.end_term(term_id=term_id, **clean, actor=request.actor))
    if ended is None:
        words = {"unit": term.unit.name, "number": term.number}
        return form_page(
            request, form, template="jiceng/console/confirm.html", title=_("结束任期"), action=_("结束任期"),
            question=_("“%(unit)s”第 %(number)s 届任期到此结束？") % words, cancel_url=unit_url(term.unit),
        )  # fmt: skip
    messages.success(request, _("任期已结束，可以开始新一届。"))
    return redirect(unit_url(term.unit))


def _named(person: Person) -> str:
    return f"{person.name}（{person.unit.name}）" if person.unit else person.name


def _crumbs(unit: Unit, here: str) -> list[tuple[str, str]]:
    return [*unit_crumbs(unit), (here, "")]


def _data(request: TenantRequest) -> Any:
    return request.POST if request.method == "POST" else None
