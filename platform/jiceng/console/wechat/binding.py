"""扫码绑定: codes to print, how far each unit is, and the cases that somebody has to look at."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.audit.services import record
from jiceng.kernel import clock
from jiceng.members import selectors as members
from jiceng.members.models import Unit
from jiceng.shell.requests import TenantRequest
from jiceng.shell.tables import csv_answer
from jiceng.wechat import selectors
from jiceng.wechat.manifest import BIND, MANAGE
from jiceng.wechat.models import Account, Identity
from jiceng.wechat.services import binding as services
from jiceng.wechat.services import unbinding

from ..submission import page_url

PER_PAGE, CASES_PER_PAGE = 50, 30


def report(request: TenantRequest) -> HttpResponse:
    """Every unit within reach with its rate; ``?unit=`` its people, ``?show=unbound`` those who have not bound."""
    unit, accounts = _unit(request), list(selectors.official_accounts())
    account = _chosen(request, accounts)
    people, bound = selectors.binding_totals(request.actor, unit=unit)
    context: dict[str, Any] = {
        "account": account, "accounts": accounts, "unit": unit, "cases": selectors.bind_cases(request.actor).count(),
        "people": people, "bound": bound, "percent": bound * 100 // people if people else 0,
        "may_connect": policy.may(request.actor, MANAGE),
    }  # fmt: skip
    context |= _of_unit(request, unit, account) if unit else _of_units(request, account)
    return render(request, "console/wechat/binding.html", context)


def export(request: TenantRequest) -> HttpResponse:
    """Who has bound since when and who has not, as CSV."""
    unit = _unit(request)
    record(action="wechat.binding.exported", actor=request.actor, target_label=unit.name if unit else "")
    headers = (_("姓名"), _("组织"), _("已绑定"), _("绑定日期"))
    return csv_answer(_("微信绑定情况"), headers, _csv_rows(request, unit))


def branch_code(request: TenantRequest) -> HttpResponse:
    """POST ``unit``: the branch's poster, made where there is none."""
    code = services.create_branch_code(
        account_id=_account_id(request),
        unit_id=_uuid(request.POST.get("unit", "")),
        actor=request.actor,
        at=clock.now(),
    )
    return redirect(page_url("code", "wechat", code_id=code.pk))


def personal_codes(request: TenantRequest) -> HttpResponse:
    """POST ``person`` (several): a sheet to print with a code for each."""
    chosen = [_uuid(value) for value in request.POST.getlist("person")]
    made = services.create_personal_codes(
        account_id=_account_id(request), person_ids=chosen, actor=request.actor, at=clock.now()
    )
    crumbs = [(_("扫码绑定"), page_url("binding", "wechat")), (_("个人二维码"), "")]
    return render(request, "console/wechat/sheet.html", {"codes": made, "crumbs": crumbs})


def code(request: TenantRequest, code_id: uuid.UUID) -> HttpResponse:
    """A poster made for printing."""
    found = services.get_code(code_id, actor=request.actor)
    crumbs = [(_("扫码绑定"), page_url("binding", "wechat")), (str(found.unit or found.person), "")]
    return render(request, "console/wechat/poster.html", {"code": found, "crumbs": crumbs})


def revoke(request: TenantRequest, code_id: uuid.UUID) -> HttpResponse:
    services.revoke_code(code_id=code_id, actor=request.actor, at=clock.now())
    messages.success(request, _("二维码已停用，贴出去的不再有效。"))
    return redirect(page_url("binding", "wechat"))


def cases(request: TenantRequest) -> HttpResponse:
    """What could not be decided without somebody who knows the people."""
    page = Paginator(selectors.bind_cases(request.actor), CASES_PER_PAGE).get_page(request.GET.get("cursor"))
    rows = [(row, selectors.namesakes(row, actor=request.actor)) for row in page.object_list]
    crumbs = [(_("扫码绑定"), page_url("binding", "wechat")), (_("待核对"), "")]
    return render(request, "console/wechat/cases.html", {"page": page, "rows": rows, "crumbs": crumbs, **_turns(page)})


def decide(request: TenantRequest, case_id: uuid.UUID) -> HttpResponse:
    """POST ``person``: it is them; ``refuse``: nobody of ours."""
    given = "" if "refuse" in request.POST else request.POST.get("person", "")
    if not given and "refuse" not in request.POST:
        messages.warning(request, _("请先选择是谁。"))
        return redirect(page_url("cases", "wechat"))
    services.decide(case_id=case_id, person_id=_uuid(given) if given else None, actor=request.actor, at=clock.now())
    messages.success(request, _("已绑定。") if given else _("已拒绝。"))
    return redirect(page_url("cases", "wechat"))


def unbind(request: TenantRequest, identity_id: uuid.UUID) -> HttpResponse:
    """POST ``unit``: whose people to show afterwards."""
    unbinding.unbind(identity_id=identity_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已解除绑定。"))
    unit = request.POST.get("unit", "")
    return redirect(page_url("binding", "wechat") + (f"?unit={_uuid(unit)}" if unit else ""))


def _of_units(request: TenantRequest, account: Account | None) -> dict[str, Any]:
    """A page of units, each with its figures and its code in force."""
    page = Paginator(selectors.binding_figures(request.actor), PER_PAGE).get_page(request.GET.get("cursor"))
    shown = [row.unit_id for row in page.object_list]
    found = services.codes_in_reach(request.actor).filter(account=account, unit__in=shown, revoked_at=None)
    codes = {code.unit_id: code for code in found}  # type: ignore[attr-defined]
    return {"page": page, "rows": [(row, codes.get(row.unit_id)) for row in page.object_list], **_turns(page)}


def _of_unit(request: TenantRequest, unit: Unit, account: Account | None) -> dict[str, Any]:
    """A page of the unit's people, each with their bindings and their code in force."""
    only = request.GET.get("show") == "unbound"
    people = selectors.people_with_binding(request.actor, unit=unit, is_bound=False if only else None)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("cursor"))
    shown = [person.pk for person in page.object_list]
    found = services.codes_in_reach(request.actor).filter(account=account, person__in=shown, revoked_at=None)
    codes = {code.person_id: code for code in found.filter(used_at=None, expires_at__gt=clock.now())}  # type: ignore[attr-defined]
    ties: dict[uuid.UUID | None, list[Identity]] = {}
    for identity in selectors.identities_in_reach(request.actor).filter(person__in=shown):
        ties.setdefault(identity.person_id, []).append(identity)
    rows = [(person, ties.get(person.pk, []), codes.get(person.pk)) for person in page.object_list]
    crumbs = [(_("扫码绑定"), page_url("binding", "wechat")), (unit.name, "")]
    return {"page": page, "rows": rows, "only": only, "crumbs": crumbs, **_turns(page)}


def _csv_rows(request: TenantRequest, unit: Unit | None) -> Iterator[tuple[object, ...]]:
    zone = clock.local_zone()
    for person in selectors.people_with_binding(request.actor, unit=unit):
        since = person.bound_since  # type: ignore[attr-defined]
        is_bound = _("是") if person.has_wechat else _("否")  # type: ignore[attr-defined]
        day = f"{since.astimezone(zone):%Y-%m-%d}" if since else ""
        yield person.name, person.unit.name if person.unit else "", is_bound, day


def _chosen(request: TenantRequest, accounts: list[Account]) -> Account | None:
    """The one asked for by ``account``, else the first."""
    wanted = request.GET.get("account") or request.POST.get("account")
    return next((row for row in accounts if str(row.pk) == wanted), accounts[0] if accounts else None)


def _account_id(request: TenantRequest) -> uuid.UUID:
    account = _chosen(request, list(selectors.official_accounts()))
    return account.pk if account else uuid.UUID(int=0)


def _unit(request: TenantRequest) -> Unit | None:
    wanted = request.GET.get("unit", "")
    return members.get_unit(_uuid(wanted), actor=request.actor, permission=BIND) if wanted else None


def _uuid(text: str) -> uuid.UUID:
    """What is no id is that of nothing."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _turns(page: Any) -> dict[str, Any]:
    return {
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
    }
