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

from jiceng.audit.services import record
from jiceng.kernel import clock
from jiceng.members import selectors as members
from jiceng.members.models import Unit
from jiceng.shell.requests import TenantRequest
from jiceng.shell.tables import csv_answer
from jiceng.wechat import selectors
from jiceng.wechat.manifest import BIND
from jiceng.wechat.models import Account
from jiceng.wechat.services import binding as services
from jiceng.wechat.services import unbinding

from ..submission import page_url

PER_PAGE = 50


def report(request: TenantRequest) -> HttpResponse:
    """Every unit within reach with its rate; ``?unit=`` its people, ``?show=unbound`` those who have not bound."""
    account = _account(request)
    figures = selectors.binding_figures(request.actor)
    unit = _unit(request)
    context: dict[str, Any] = {
        "account": account, "figures": figures, "unit": unit, "cases": selectors.bind_cases(request.actor).count(),
        "codes": services.codes_in_reach(request.actor).filter(revoked_at=None, kind="branch").order_by("unit__path"),
    }  # fmt: skip
    if unit is not None:
        only = request.GET.get("show") == "unbound"
        people = selectors.people_with_binding(request.actor, unit=unit, is_bound=False if only else None)
        page = Paginator(people, PER_PAGE).get_page(request.GET.get("cursor"))
        context |= {"page": page, "only": only, **_turns(page)}
    return render(request, "console/wechat/binding.html", context)


def export(request: TenantRequest) -> HttpResponse:
    """Who has bound and who has not, as CSV."""
    unit = _unit(request)
    record(action="wechat.binding.exported", actor=request.actor, target_label=unit.name if unit else "")
    return csv_answer(_("微信绑定情况"), (_("姓名"), _("组织"), _("已绑定")), _csv_rows(request, unit))


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
    rows = list(selectors.bind_cases(request.actor)[:PER_PAGE])
    crumbs = [(_("扫码绑定"), page_url("binding", "wechat")), (_("待核对"), "")]
    return render(request, "console/wechat/cases.html", {
        "rows": [(row, selectors.namesakes(row, actor=request.actor)) for row in rows], "crumbs": crumbs,
    })  # fmt: skip


def decide(request: TenantRequest, case_id: uuid.UUID) -> HttpResponse:
    """POST ``person``: it is them; empty: nobody of ours."""
    given = request.POST.get("person", "")
    services.decide(case_id=case_id, person_id=_uuid(given) if given else None, actor=request.actor, at=clock.now())
    messages.success(request, _("已绑定。") if given else _("已拒绝。"))
    return redirect(page_url("cases", "wechat"))


def unbind(request: TenantRequest, identity_id: uuid.UUID) -> HttpResponse:
    unbinding.unbind(identity_id=identity_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已解除绑定。"))
    return redirect(page_url("binding", "wechat"))


def _csv_rows(request: TenantRequest, unit: Unit | None) -> Iterator[tuple[object, ...]]:
    for person in selectors.people_with_binding(request.actor, unit=unit):
        yield person.name, person.unit.name if person.unit else "", _("是") if person.has_wechat else _("否")  # type: ignore[attr-defined]


def _account(request: TenantRequest) -> Account | None:
    """The one asked for by ``?account=``, else the first."""
    rows = list(selectors.official_accounts())
    wanted = request.GET.get("account") or request.POST.get("account")
    return next((row for row in rows if str(row.pk) == wanted), rows[0] if rows else None)


def _account_id(request: TenantRequest) -> uuid.UUID:
    account = _account(request)
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
