"""Teams in the console."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.projects import TeamForm
from ..selectors import projects as reads
from ..services import teams as services
from .addresses import url


def team_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.managed_teams(request.actor), request.GET.get("cursor"), size=30)
    return render(request, "volunteering/console/teams.html", {"page": page})


def team_new(request: TenantRequest) -> HttpResponse:
    form = TeamForm(request.POST if request.method == "POST" else None, actor=request.actor)
    made = submitted(form, lambda data: services.create_team(
        fields=form.to_fields(), actor=request.actor, at=clock.now()  # type: ignore[arg-type]
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("队伍已建好，成员可以加入了。"))
        return redirect(url("team", team_id=made.pk))
    crumbs = [(_("志愿队伍"), url("teams")), (_("新建队伍"), "")]
    return form_page(request, form, title=_("新建队伍"), crumbs=crumbs, cancel_url=url("teams"))


def team_detail(request: TenantRequest, team_id: uuid.UUID) -> HttpResponse:
    team = reads.get_managed_team(team_id=team_id, actor=request.actor)
    return render(request, "volunteering/console/team.html", {
        "team": team, "page": numbered_page(reads.members_of(team), request.GET.get("cursor")),
        "crumbs": [(_("志愿队伍"), url("teams")), (team.name, "")],
    })  # fmt: skip


def team_edit(request: TenantRequest, team_id: uuid.UUID) -> HttpResponse:
    team = reads.get_managed_team(team_id=team_id, actor=request.actor)
    form = TeamForm(request.POST if request.method == "POST" else None, actor=request.actor, team=team)
    saved = submitted(form, lambda data: services.update_team(
        team_id=team_id, fields=form.to_fields(), version=data["version"], actor=request.actor, at=clock.now()  # type: ignore[arg-type]
    ))  # fmt: skip
    here = url("team", team_id=team_id)
    if saved is not None:
        messages.success(request, _("队伍信息已保存。"))
        return redirect(here)
    return form_page(request, form, title=_("修改队伍"), cancel_url=here)


def team_member(request: TenantRequest, team_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """``accept``: 1 or 0."""
    is_accepted = request.POST.get("accept") == "1"
    services.decide_member(
        team_id=team_id, member_id=member_id, is_accepted=is_accepted, actor=request.actor, at=clock.now()
    )
    messages.success(request, _("已同意入队。") if is_accepted else _("已回绝。"))
    return redirect(url("team", team_id=team_id))
