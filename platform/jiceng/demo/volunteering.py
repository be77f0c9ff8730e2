"""Volunteering in the demonstration: a team, a shift with verified hours, shifts ahead, and two residents who ask for help."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.clock import local_zone, now
from jiceng.members.models import Person, PersonState
from modules.volunteering.models import Project, Shift
from modules.volunteering.services import admitting, asking, attending, helping, hours, projects, shifts, signing, teams
from tenants.context import tenant_scope
from tenants.models import Tenant
from tenants.modules import set_module

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AHEAD = (
    ("周末清洁家园", "environment", "和平社区 3 号院", "清理楼道杂物、捡拾绿地垃圾。手套和垃圾袋由社区准备。", 2, 20, True),
    ("陪独居老人说说话", "care", "和平社区", "两人一组上门，聊天、读报、教用手机。", 4, 6, True),
    ("路口文明执勤", "order", "和平路与胜利街路口", "早高峰协助维持秩序，请穿红马甲。", 5, 8, False),
)  # fmt: skip
WISHES = (
    ("家里的旧柜子想搬到楼下，请两个人帮忙。", "和平社区 3 号楼", "周六上午", "王阿姨"),
    ("老人不会用手机挂号，想请人教一教。", "胜利街 12 号", "工作日下午", "刘先生"),
)  # fmt: skip


def ensure_volunteering(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        if Project.objects.exists():
            return
    set_module(tenant_id=tenant.id, code="volunteering", is_on=True, actor=Actor.system())
    with tenant_scope(tenant):
        _make()


@transaction.atomic
def _make() -> None:
    author, at = Actor.for_user(User.objects.get(username="admin")), now()
    active = Person.objects.filter(state=PersonState.ACTIVE).select_related("user")
    member = list(active.filter(user__username="member")[:1])
    people = list(active.exclude(pk__in=[person.pk for person in member])[:3])
    helpers = member + people
    team = teams.create_team(
        fields={"name": "红马甲志愿队", "text": "街坊的事就是自己的事。", "leader_id": people[0].pk if people else None}, actor=author,
        at=at,
    )  # fmt: skip
    for title, category, place, text, days, capacity, is_public in AHEAD:
        facts: dict[str, Any] = {
            "title": title, "category": category, "place": place, "text": text, "is_public": is_public, "team_id": team.pk,
        }  # fmt: skip
        project = projects.create_project(fields=facts, actor=author, at=at)  # type: ignore[arg-type]
        _shift(project, _nine(at + days * DAY), capacity, author, at)
        projects.publish_project(project_id=project.pk, actor=author, at=at)
    if helpers:
        signing.sign_up(shift_id=Shift.objects.earliest("starts_at").pk, person_id=helpers[0].pk, actor=author, at=at)
        _serve(helpers, author, at)
    _ask(author, at)


def _serve(helpers: list[Person], author: Actor, at: datetime) -> None:
    """A shift three days ago, attended and verified."""
    start = _nine(at - 3 * DAY)
    before, after = start - DAY, start + 3 * HOUR
    project = projects.create_project(fields={"title": "党员进社区", "place": "和平社区"}, actor=author, at=before)
    shift = _shift(project, start, 10, author, before)
    projects.publish_project(project_id=project.pk, actor=author, at=before)
    rows = [signing.sign_up(shift_id=shift.pk, person_id=person.pk, actor=author, at=before) for person in helpers]
    lines = [attending.Entered(row.pk, start, start + 2 * HOUR) for row in rows]
    attending.enter_attendance(shift_id=shift.pk, rows=lines, actor=author, at=after)
    done: dict[Any, Any] = {row.pk: None for row in rows[:-1]} if len(rows) > 1 else {rows[0].pk: None}
    hours.verify_hours(shift_id=shift.pk, hours=done, reason="", actor=author, at=after)


def _ask(author: Actor, at: datetime) -> None:
    """Two residents: one waits for the office, one for a volunteer."""
    for number, (text, place, wanted, name) in enumerate(WISHES):
        made = asking.ask(
            fields={"text": text, "place": place, "wanted": wanted, "name": name, "phone": f"1390000{1000 + number}"},
            visit=asking.Visit(token=admitting.new_form(at=at - timedelta(minutes=1)), address=f"192.0.2.{number + 1}"), at=at,
        )  # fmt: skip
        if number:
            helping.accept_request(request_id=made.pk, actor=author, at=at)


def _shift(project: Project, start: datetime, capacity: int, author: Actor, at: datetime) -> Shift:
    return shifts.create_shift(
        project_id=project.pk, actor=author, at=at,
        fields={"starts_at": start, "ends_at": start + 2 * HOUR, "capacity": capacity, "meeting_point": "社区服务站门口"},
    )  # fmt: skip


def _nine(at: datetime) -> datetime:
    """Nine in the morning of that day."""
    return at.astimezone(local_zone()).replace(hour=9, minute=0, second=0, microsecond=0)
