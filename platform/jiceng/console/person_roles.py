"""Giving somebody of the roster a role, by default within the unit they belong to."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from jiceng.access import selectors as access_selectors
from jiceng.access import services as access_services
from jiceng.members import selectors
from jiceng.members.errors import PersonUnknown
from jiceng.shell.requests import TenantRequest

from .person import crumbs, person_url
from .submission import form_page, submitted
from .users import AssignForm


def role_give(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    person = selectors.get_person(person_id, actor=request.actor)
    if not person.user_id:
        raise PersonUnknown(_("“%(name)s”还没有登录账号。") % {"name": person.name})
    user = access_selectors.get_user(person.user_id)
    initial = {"unit_path": person.unit.path if person.unit else ""}
    form = AssignForm(request.POST if request.method == "POST" else None, initial=initial)
    given = submitted(
        form,
        lambda clean: access_services.assign_role(user=user, **clean, actor=request.actor),
    )
    if given is None:
        return form_page(
            request, form, title=_("给“%(name)s”授予角色") % {"name": person.name}, action=_("授予角色"),
            note=_("角色在所选组织及其全部下级中有效；授予后对方需要重新登录。"), cancel_url=person_url(person.pk),
            crumbs=[*crumbs(person), (_("授予角色"), "")],
        )  # fmt: skip
    messages.success(request, _("已授予角色“%(role)s”，对方需要重新登录。") % {"role": given.role.name})
    return redirect(person_url(person.pk))
