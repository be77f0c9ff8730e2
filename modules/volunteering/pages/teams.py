"""Teams on the phone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..models import TeamMemberState
from ..selectors import projects as reads
from ..selectors.people import volunteer
from ..services import teams as services


def team_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.teams(request.actor), request.GET.get("cursor"), size=30)
    mine = reads.my_teams(volunteer(request.actor), page.rows)
    rows = [(team, mine.get(team.pk)) for team in page.rows]
    return render(request, "volunteering/h5/teams.html", {"page": page, "rows": rows})


def team_detail(request: TenantRequest, team_id: uuid.UUID) -> HttpResponse:
    team, person = reads.get_team(team_id=team_id), volunteer(request.actor)
    return render(request, "volunteering/h5/team.html", {
        "team": team, "person": person, "membership": reads.membership(team, person),
    })  # fmt: skip


def team_join(request: TenantRequest, team_id: uuid.UUID) -> HttpResponse:
    row = services.join_team(team_id=team_id, actor=request.actor, at=clock.now())
    is_in = row.state == TeamMemberState.MEMBER
    messages.success(request, _("已加入队伍。") if is_in else _("已提交申请，同意后会通知您。"))
    return redirect("h5-volunteering-team", team_id=team_id)


def team_leave(request: TenantRequest, team_id: uuid.UUID) -> HttpResponse:
    services.leave_team(team_id=team_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已退出。"))
    return redirect("h5-volunteering-team", team_id=team_id)
