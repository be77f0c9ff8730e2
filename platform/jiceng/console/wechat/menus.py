"""公众号菜单: an editor that is a plain form, a look at the result, and the versions."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.kernel.errors import FieldError
from jiceng.kernel.registry import registry
from jiceng.shell.mounting import page_name
from jiceng.shell.requests import TenantRequest
from jiceng.wechat import selectors
from jiceng.wechat.errors import MenuInvalid
from jiceng.wechat.models import MenuVersion
from jiceng.wechat.services import menus as services

from ..submission import page_url

UNPROCESSABLE = 422
FIELDS = ("name", "kind", "page", "value", "appid", "pagepath")
CONDITIONAL = "c"
BY_KEY = ("click", "scancode_push")
OF_A_ROW = re.compile(r"(/conditional/\d+)?/buttons/\d+/")


@dataclass(frozen=True, slots=True)
class Look:
    """What the rows are drawn with. ``said``: pointer -> fault; ``paths``: of the pages that can be chosen."""

    said: Mapping[str, str]
    paths: frozenset[str]


def menu_list(request: TenantRequest) -> HttpResponse:
    """With one account, its menu."""
    rows = selectors.accounts_with_menus()
    if len(rows) == 1:
        return redirect(page_url("menu", "wechat", account_id=rows[0][0].pk))
    return render(request, "console/wechat/menus.html", {"rows": rows})


def menu(request: TenantRequest, account_id: uuid.UUID) -> HttpResponse:
    """The draft, or what was published last, to be changed; POST keeps it as a draft."""
    account = selectors.get_account(account_id)
    versions = list(selectors.menu_versions(account))
    faults: tuple[FieldError, ...] = ()
    buttons, conditional = _latest(versions)
    if request.method == "POST":
        buttons, conditional = _posted(request.POST, ""), _posted_conditional(request.POST)
        try:
            services.save_draft(
                account_id=account_id, buttons=buttons, conditional=conditional, actor=request.actor, at=clock.now()
            )
        except MenuInvalid as error:  # the faults belong beside their rows, which no form knows
            faults = error.fields
        else:
            messages.success(request, _("草稿已保存。确认无误后点“发布”。"))
            return redirect(page_url("menu", "wechat", account_id=account_id))
    pages = page_choices(request)
    look = Look({fault.pointer: str(fault.message) for fault in faults}, frozenset(path for path, _label in pages))
    extra: dict[str, Any] = conditional[0] if conditional else {"tag_id": "", "buttons": []}
    context = {
        "account": account, "versions": versions, "kinds": services.KINDS.items(), "pages": pages, "shown": buttons,
        "columns": _columns(buttons, "", "/buttons", look),
        "extra": extra, "extra_columns": _columns(extra["buttons"], CONDITIONAL, "/conditional/0/buttons", look),
        "faults": [fault for fault in faults if not OF_A_ROW.match(fault.pointer)],
        "draft": next((row for row in versions if row.published_at is None), None),
        "live": next((row for row in versions if row.published_at is not None), None),
        "crumbs": [(_("公众号菜单"), page_url("menus", "wechat")), (account.name, "")],
    }  # fmt: skip
    return render(request, "console/wechat/menu.html", context, status=UNPROCESSABLE if faults else 200)


def publish(request: TenantRequest, account_id: uuid.UUID, version_id: uuid.UUID) -> HttpResponse:
    version = services.publish(account_id=account_id, version_id=version_id, actor=request.actor, at=clock.now())
    messages.success(request, _("第 %(number)d 版已发布，成员几分钟内就能看到。") % {"number": version.number})
    return redirect(page_url("menu", "wechat", account_id=account_id))


def page_choices(request: TenantRequest) -> list[tuple[str, str]]:
    """(path, label) of the phone's pages that this tenant has."""
    found = [(reverse("h5-home"), _("首页")), (reverse("h5-mine"), _("我的"))]
    for manifest in registry:
        if manifest.code in request.tenant.modules:
            found += [
                (reverse(page_name("h5", manifest.code, entry.page)), str(entry.label))
                for entry in manifest.menu
                if entry.surface == "h5"
            ]
    return found


def _latest(versions: list[MenuVersion]) -> tuple[list[Any], list[Any]]:
    return (versions[0].buttons, versions[0].conditional) if versions else ([], [])


def _columns(buttons: list[Any], prefix: str, pointer: str, look: Look) -> list[dict[str, Any]]:
    """Three columns, each with its own row and five below it, filled from ``buttons``."""
    columns = []
    for top in range(services.TOP):
        button = buttons[top] if top < len(buttons) else {}
        below = button.get("buttons") or []
        rows = [
            _row(below[n] if n < len(below) else {}, f"{prefix}{top}.{n}", f"{pointer}/{top}/buttons/{n}", look)
            for n in range(services.BELOW)
        ]
        columns.append(
            {
                **_row(button, f"{prefix}{top}", f"{pointer}/{top}", look),
                "number": top + 1,
                "rows": rows,
                "is_open": bool(below),
            }
        )
    return columns


def _row(button: Mapping[str, Any], key: str, pointer: str, look: Look) -> dict[str, Any]:
    """``page``: where the address is one of the pages on offer; ``value``: any other, or the key."""
    fault = "；".join(text for place, text in look.said.items() if place.rpartition("/")[0] == pointer)
    url = button.get("url") or ""
    page = url if url in look.paths else ""
    return {
        "key": key,
        "button": button,
        "page": page,
        "value": button.get("key") or ("" if page else url),
        "fault": fault,
    }


def _posted(data: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
    """The columns with anything in them; those in between that were emptied close up."""
    found = []
    for top in range(services.TOP):
        button = _button(data, f"{prefix}{top}")
        below = [_button(data, f"{prefix}{top}.{n}") for n in range(services.BELOW)]
        below = [row for row in below if row]
        if below:
            found.append({"name": button.get("name", ""), "buttons": below})
        elif button:
            found.append(button)
    return found


def _posted_conditional(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    buttons, tag = _posted(data, CONDITIONAL), str(data.get("tag_id", "")).strip()
    return [{"tag_id": tag, "buttons": buttons}] if buttons or tag else []


def _button(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    given = {name: str(data.get(f"{key}-{name}", "")).strip() for name in FIELDS}
    if not any(given.values()):
        return {}
    button = {"name": given["name"], "kind": given["kind"]}
    if given["kind"] in BY_KEY:
        button["key"] = given["value"]
    else:
        button["url"] = given["value"] or given["page"]
    if given["kind"] == "miniprogram":
        button |= {"appid": given["appid"], "pagepath": given["pagepath"]}
    return button
