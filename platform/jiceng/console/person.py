"""One person: everything known in one page, and the forms that change it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access import selectors as access_selectors
from jiceng.access.actor import Actor
from jiceng.members import scope, selectors, services
from jiceng.members.errors import ChangeUnknown, PersonChanged
from jiceng.members.fields import FIELDS, SENSITIVE
from jiceng.members.models import Person, Post
from jiceng.shell.requests import TenantRequest

from . import accounts
from .invites import invite_form, issue, show_issued
from .people_forms import LeaveForm, NewPersonForm, PersonForm
from .people_rows import facts_of, masked_numbers, membership_badge, membership_rows
from .submission import form_page, page_url, submitted

SHOWN_DISCLOSURES = 20
READ_SENSITIVE, READ_USERS, GIVE_ROLES = "members.read_sensitive", "access.read_users", "access.manage_roles"


def person(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    """The page of somebody; for an entry that was merged, the way to its survivor."""
    shown = selectors.get_person(person_id, actor=request.actor)
    if shown.pk != person_id:
        return redirect(person_url(shown.pk))
    actor = request.actor
    memberships = membership_rows(selectors.memberships_of(shown))
    return render(request, "console/people/person.html", {
        "person": shown, "facts": facts_of(shown), "memberships": memberships,
        "marks": [membership_badge(row.membership) for row in memberships if row.membership.ended_on is None],
        "posts": Post.objects.filter(person=shown).select_related("unit").order_by("ended_on", "started_on"),
        "timeline": selectors.timeline_of(shown), "disclosures": shown.disclosures.all()[:SHOWN_DISCLOSURES],
        "may_manage": may_manage(actor, shown), "may_reveal": policy.may(actor, READ_SENSITIVE) and any(masked_numbers(shown)),
        **_login_of(shown, actor), "crumbs": [*crumbs(shown)[:1], (shown.name, "")],
    })  # fmt: skip


def person_create(request: TenantRequest) -> HttpResponse:
    initial = {"unit_id": request.GET.get("unit", "")}
    form = NewPersonForm(request.actor, request.POST if request.method == "POST" else None, initial=initial)
    made = submitted(form, lambda _clean: services.create_person(**form.arguments(), actor=request.actor))
    if made is None:
        return form_page(
            request, form, template="console/people/new.html", cancel_url=page_url("people", "members"),
            crumbs=[(_("组织与人员"), page_url("people", "members")), (_("新增人员"), "")],
        )  # fmt: skip
    messages.success(request, _("已新增“%(name)s”。") % {"name": made.name})
    return redirect(person_url(made.pk))


def person_edit(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    shown = managed(request, person_id)
    form = _edit_form(shown, request.POST if request.method == "POST" else None)
    version = _version(request)
    saved = submitted(
        form,
        lambda _clean: services.update_person(
            person_id=shown.pk, values=form.values(), version=version, actor=request.actor
        ),
    )
    if saved is None:
        conflicts: list[tuple[str, str, str]] = []
        if form.is_bound and getattr(form, "refused_with", 0) == PersonChanged.status and version != shown.version:
            form, conflicts = _with_news(shown, form, version)
        return form_page(
            request, form, template="console/people/edit.html", person=shown, version=shown.version, conflicts=conflicts,
            cancel_url=person_url(shown.pk), crumbs=[*crumbs(shown), (_("修改资料"), "")],
        )  # fmt: skip
    messages.success(request, _("已保存“%(name)s”。") % {"name": saved.name})
    return redirect(person_url(saved.pk))


def person_leave(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    shown = managed(request, person_id)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    left = submitted(form, lambda clean: services.leave(person_id=shown.pk, **clean, actor=request.actor))
    if left is None:
        return form_page(
            request, form, title=_("“%(name)s”离开") % {"name": shown.name}, action=_("确认离开"),
            note=_("所有组织关系和任职在这一天结束，资料和历史保留；登录账号请到用户管理中停用。"),
            cancel_url=person_url(shown.pk), crumbs=[*crumbs(shown), (_("离开"), "")],
        )  # fmt: skip
    messages.success(request, _("已登记“%(name)s”离开。") % {"name": left.name})
    return redirect(person_url(left.pk))


def person_return(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    shown = managed(request, person_id)
    back = services.come_back(person_id=shown.pk, actor=request.actor)
    messages.success(request, _("“%(name)s”已恢复在册，请补充组织关系。") % {"name": back.name})
    return redirect(person_url(back.pk))


def change_undo(request: TenantRequest, person_id: uuid.UUID, change_id: uuid.UUID) -> HttpResponse:
    shown = managed(request, person_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    undone = submitted(
        form, lambda _clean: services.undo_change(change_id=_own_change(shown, change_id), actor=request.actor)
    )
    if undone is None:
        return form_page(
            request, form, template="jiceng/console/confirm.html", title=_("撤销这次变动"), action=_("撤销变动"),
            question=_("把这次变动过的内容改回变动之前的样子。之后又改过的内容不会被覆盖。"), cancel_url=person_url(shown.pk),
            crumbs=crumbs(shown),
        )  # fmt: skip
    messages.success(request, _("已撤销，资料恢复为变动之前的内容。"))
    return redirect(person_url(shown.pk))


def person_invite(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    """Invite somebody of the roster to log in; accepting the invitation links the login to them."""
    shown = managed(request, person_id)
    if shown.user_id:
        messages.info(request, _("“%(name)s”已有登录账号。") % {"name": shown.name})
        return redirect(person_url(shown.pk))
    form = invite_form(request, initial={"display_name": shown.name, "roles": ["member"]})
    issued = submitted(form, lambda clean: issue(clean, request, reference=str(shown.pk)))
    if issued is None:
        return form_page(
            request, form, template="console/invites/new.html", cancel_url=person_url(shown.pk),
            title=_("邀请“%(name)s”登录") % {"name": shown.name}, crumbs=[*crumbs(shown), (_("邀请登录"), "")],
        )  # fmt: skip
    return show_issued(request, *issued)


def managed(request: TenantRequest, person_id: uuid.UUID) -> Person:
    """Somebody whom the actor may change. Raises ``PersonUnknown``."""
    return selectors.get_person(person_id, actor=request.actor, permission=scope.MANAGE)


def may_manage(actor: Actor, shown: Person) -> bool:
    return scope.people_in_reach(actor, scope.MANAGE).filter(pk=shown.pk).exists()


def person_url(person_id: uuid.UUID) -> str:
    return page_url("person", "members", person_id=person_id)


def crumbs(shown: Person) -> list[tuple[str, str]]:
    home = page_url("people", "members")
    if shown.unit_id:
        home = f"{home}?unit={shown.unit_id}"
    return [(_("组织与人员"), home), (shown.name, person_url(shown.pk))]


def _own_change(shown: Person, change_id: uuid.UUID) -> uuid.UUID:
    """The change if it is one of this person's. Raises ``ChangeUnknown``."""
    if not shown.changes.filter(pk=change_id).exists():
        raise ChangeUnknown
    return change_id


def _login_of(shown: Person, actor: Actor) -> dict[str, Any]:
    """The login with its roles, for those who may see logins."""
    if not shown.user_id or not policy.may(actor, READ_USERS):
        return {"may_read_users": policy.may(actor, READ_USERS), "held": []}
    user = access_selectors.get_user(shown.user_id)
    held = accounts.held_roles(user, accounts.unit_names(), _("全单位"), _("（已不存在的组织）"))
    may_give = policy.may(actor, GIVE_ROLES) and str(user.pk) != actor.id
    return {"may_read_users": True, "login": user, "held": held, "may_give_roles": may_give}


def _version(request: TenantRequest) -> int:
    """What the form was made from; something that is no number is too old for anything."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def _edit_form(shown: Person, data: Mapping[str, Any] | None) -> PersonForm:
    values = selectors.values_of(shown)
    initial = {code: "" if code in SENSITIVE else value for code, value in values.items()}
    return PersonForm(data, initial=initial, masked=masked_numbers(shown))


def _with_news(shown: Person, form: PersonForm, version: int) -> tuple[PersonForm, list[tuple[str, str, str]]]:
    """The form again after a conflict, and what it was about: label, the present value, what was typed.

    What the visitor had not touched takes the present value; what they typed stays typed.
    """
    earlier, values = selectors.changed_since(shown, version), selectors.values_of(shown)
    data, conflicts = dict(form.data.items()), []
    for code, before in earlier.items():
        typed, present = str(form.data.get(code, "")), values[code]
        untouched = not typed if code in SENSITIVE else typed == _as_typed(before)
        if untouched and code not in SENSITIVE:
            data[code] = _as_typed(present)
        typed = "" if untouched else typed
        conflicts.append((str(FIELDS[code].label), selectors.shown_value(code, present), typed))
    again = _edit_form(shown, data)
    again.is_valid()
    again.add_error(None, str(PersonChanged.message))
    again.refused_with = PersonChanged.status  # type: ignore[attr-defined]
    return again, conflicts


def _as_typed(value: Any) -> str:
    """A value as its control in the form would send it."""
    if value is None or value is False:
        return ""
    return "on" if value is True else str(value)
