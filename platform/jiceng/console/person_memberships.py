"""What one person belongs to: joining, moving, changing state, ending."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from jiceng.members import selectors, services
from jiceng.members.bodies import Body
from jiceng.shell.requests import TenantRequest

from .people_forms import JoinForm, MembershipForm
from .person import crumbs, managed, person_url
from .submission import form_page, submitted


def membership_create(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    person = managed(request, person_id)
    held = selectors.memberships_of(person, only_open=True).values_list("body", flat=True)
    form = JoinForm(request.actor, held, request.POST if request.method == "POST" else None)
    made = submitted(form, lambda _clean: services.join(person=person, **form.arguments(), actor=request.actor))
    if made is None:
        return form_page(
            request, form, title=_("新增组织关系"), cancel_url=person_url(person.pk),
            note=_("一个人可以同时有几种身份，每种只有一条有效的组织关系。"), crumbs=[*crumbs(person), (_("新增组织关系"), "")],
        )  # fmt: skip
    messages.success(request, _("已新增组织关系。"))
    return redirect(person_url(person.pk))


def membership_edit(request: TenantRequest, person_id: uuid.UUID, membership_id: uuid.UUID) -> HttpResponse:
    person = managed(request, person_id)
    membership = get_object_or_404(selectors.memberships_of(person, only_open=True), pk=membership_id)
    form = MembershipForm(request.actor, membership, request.POST if request.method == "POST" else None)
    saved = submitted(
        form,
        lambda clean: services.change_membership(membership_id=membership.pk, **clean, actor=request.actor),
    )
    if saved is None:
        title = _("%(name)s：%(body)s") % {"name": person.name, "body": Body(membership.body).label}
        return form_page(
            request, form, title=title, cancel_url=person_url(person.pk), crumbs=[*crumbs(person), (_("组织关系"), "")],
            note=_("状态、组织的变动按生效日期记入历史；选“结束”一栏的状态即结束这条组织关系。"),
        )  # fmt: skip
    messages.success(request, _("已保存组织关系。") if saved.ended_on is None else _("已结束这条组织关系。"))
    return redirect(person_url(person.pk))
