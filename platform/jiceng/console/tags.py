"""标签: the words, and the people who bear them."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel import clock
from jiceng.members import scope, services
from jiceng.members.errors import TagUnknown
from jiceng.members.models import Person, PersonState, Tag
from jiceng.shell.requests import TenantRequest

from .audience_forms import AudienceForm
from .submission import form_page, page_url, submitted

PER_PAGE = 50


class TagForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=20)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=100, required=False)


def tag_list(request: TenantRequest) -> HttpResponse:
    """All tags with how many people bear them; the form adds one."""
    form = TagForm(request.POST if request.method == "POST" else None)
    tag = submitted(form, lambda clean: services.create_tag(**clean, actor=request.actor, at=clock.now()))
    if tag is not None:
        messages.success(request, _("已新建标签“%(name)s”。") % {"name": tag.name})
        return redirect(page_url("tag", "members", tag_id=tag.pk))
    counted = Count("people", filter=Q(people__person__state=PersonState.ACTIVE))
    return form_page(
        request, form, template="console/tags/list.html", tags=Tag.objects.annotate(count=counted),
        crumbs=[(_("组织与人员"), page_url("people", "members")), (_("标签"), "")],
    )  # fmt: skip


def tag_detail(request: TenantRequest, tag_id: uuid.UUID) -> HttpResponse:
    """The tag and its people in the actor's reach; the form changes the word."""
    tag = _tag(tag_id)
    form = TagForm(request.POST if request.method == "POST" else None, initial={"name": tag.name, "note": tag.note})
    saved = submitted(form, lambda clean: services.change_tag(tag_id=tag_id, **clean, actor=request.actor))
    if saved is not None:
        messages.success(request, _("标签已保存。"))
        return redirect(page_url("tag", "members", tag_id=tag_id))
    return _detail(request, tag, form, _names_form(request))


def tag_people(request: TenantRequest, tag_id: uuid.UUID) -> HttpResponse:
    """``names``: put the tag on those named; ``person``: take it off one."""
    tag = _tag(tag_id)
    if person := _uuid(request.POST.get("person", "")):
        services.take_tag(tag_id=tag_id, person_ids=[person], actor=request.actor)
        messages.success(request, _("已去掉标签。"))
        return redirect(page_url("tag", "members", tag_id=tag_id))
    names = _names_form(request, request.POST)
    given = submitted(
        names,
        lambda clean: services.give_tag(tag_id=tag_id, person_ids=clean["names"], actor=request.actor),
    )  # fmt: skip
    if given is None:
        return _detail(request, tag, TagForm(initial={"name": tag.name, "note": tag.note}), names, status=422)
    messages.success(request, _("已给 %(count)d 人加上标签。") % {"count": given})
    return redirect(page_url("tag", "members", tag_id=tag_id))


def tag_remove(request: TenantRequest, tag_id: uuid.UUID) -> HttpResponse:
    tag = _tag(tag_id)
    if request.method == "POST":
        services.remove_tag(tag_id=tag_id, actor=request.actor)
        messages.success(request, _("已删除标签“%(name)s”。") % {"name": tag.name})
        return redirect(page_url("tags", "members"))
    return render(request, "jiceng/console/confirm.html", {
        "title": _("删除标签"), "action": _("删除"), "danger": True, "cancel_url": page_url("tag", "members", tag_id=tag_id),
        "question": _("确定删除标签“%(name)s”吗？") % {"name": tag.name},
        "consequences": [_("人员本身不受影响。"), _("按这个标签设定的发布范围不再包含他们。")],
    })  # fmt: skip


class NamesForm(AudienceForm):
    """The audience form's way of naming people, alone."""

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in [name for name in self.fields if name != "names"]:
            del self.fields[name]
        self.fields["names"].label = _("加标签的人")
        self.fields["names"].help_text = _("每行一人；同名的写成“姓名 组织”。")
        self.fields["names"].required = True

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data


def _names_form(request: TenantRequest, data: Any = None) -> NamesForm:
    return NamesForm(data, actor=request.actor, permission=scope.MANAGE, prefix="")


def _detail(
    request: TenantRequest, tag: Tag, form: TagForm, names: NamesForm, *, status: int | None = None
) -> HttpResponse:
    page = Paginator(_people(request, tag), PER_PAGE).get_page(request.GET.get("cursor"))
    answer = form_page(
        request, form, template="console/tags/detail.html", tag=tag, names=names, page=page,
        next=str(page.next_page_number()) if page.has_next() else None,
        previous=str(page.previous_page_number()) if page.has_previous() else None,
        crumbs=[(_("标签"), page_url("tags", "members")), (tag.name, "")],
    )  # fmt: skip
    answer.status_code = status or answer.status_code
    return answer


def _people(request: TenantRequest, tag: Tag) -> QuerySet[Person]:
    people = scope.people_in_reach(request.actor, scope.MANAGE).filter(state=PersonState.ACTIVE, tags__tag=tag)
    return people.select_related("unit").order_by("pinyin", "name", "pk")


def _tag(tag_id: uuid.UUID) -> Tag:
    tag = Tag.objects.filter(pk=tag_id).first()
    if tag is None:
        raise TagUnknown
    return tag


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
