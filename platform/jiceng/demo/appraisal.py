"""Appraisal in the demonstration: a blind round under way, and windows that the public has judged for some weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.clock import now, today
from jiceng.members.models import Membership, Unit
from modules.appraisal.models import Round, SurveyPoint
from modules.appraisal.services import admitting, answering, follow_ups, points, rounds, running
from tenants.context import tenant_scope
from tenants.models import Tenant
from tenants.modules import set_module

POINTS = (
    ("window", "1 号登记窗口", "一楼大厅"), ("window", "2 号登记窗口", "一楼大厅"), ("service", "上门办理", "老旧小区流动办理点"),
)  # fmt: skip
CRITERIA = (("政治素质", 30), ("履职尽责", 30), ("服务群众", 20), ("廉洁自律", 20))
WORDS = {5: ("态度很好，十分钟办完。", "", ""), 4: ("", "排队不长。"), 3: ("",), 2: ("等了一个多小时，叫号也不准。",)}
GRADES = (5, 5, 4, 5, 3, 4, 5, 5, 4, 2, 5, 4)


def ensure_appraisal(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        if Round.objects.exists() or SurveyPoint.objects.exists():
            return
    set_module(tenant_id=tenant.id, code="appraisal", is_on=True, actor=Actor.system())
    with tenant_scope(tenant):
        _make()


@transaction.atomic
def _make() -> None:
    author = Actor.for_user(User.objects.get(username="admin"))
    held = Membership.objects.filter(person__user__username="member", body="party", ended_on=None, unit__isnull=False)
    membership = held.select_related("unit").first()
    branch = membership.unit if membership else Unit.objects.filter(kind="party_branch").order_by("path").first()
    if branch is None:
        return
    _begin_round(branch, author)
    _ask_the_public(branch, author)


def _begin_round(branch: Unit, author: Actor) -> None:
    at, year = now(), today().year
    round = rounds.create_round(
        fields={
            "title": f"{year} 年度党员民主评议", "description": "请实事求是，按平时了解的情况打分。",
            "period_from": date(year, 1, 1), "period_to": date(year, 12, 31), "unit_id": None, "peer_count": 6,
            "audience": {"clauses": [{"unit": str(branch.pk), "body": "party"}]}, "opens_at": at - timedelta(days=1),
            "closes_at": at + timedelta(days=9), "weights": {"peers": 50, "branch": 30, "leaders": 20}, "is_blind": True,
            "criteria": [{"name": name, "weight": weight} for name, weight in CRITERIA],
        },
        actor=author, at=at,
    )  # fmt: skip
    running.open_round(round_id=round.pk, actor=author, at=at)


def _ask_the_public(branch: Unit, author: Actor) -> None:
    chance = Random(branch.name)  # noqa: S311  not for secrets
    for number, (kind, name, place) in enumerate(POINTS):
        fields: points.PointFields = {"kind": kind, "name": name, "place": place, "unit_id": branch.pk}
        point = points.create_point(fields=fields, actor=author, at=now())
        for day, grade in enumerate(GRADES):
            at = now() - timedelta(days=3 * (len(GRADES) - day) + number, hours=chance.randrange(6))
            _answer(point, grade, chance.choice(WORDS[grade]), at, f"198.51.{100 + number}.{day}")


def _answer(point: SurveyPoint, grade: int, text: str, at: datetime, address: str) -> None:
    cookie = admitting.new_device()
    token = admitting.new_form(code=point.code, device=admitting.device_of(cookie), at=at - timedelta(minutes=1))
    taken = answering.answer(
        code=point.code, grade=grade, text=text, visit=answering.Visit(token, cookie, address), at=at
    ).answer  # fmt: skip
    case = getattr(taken, "follow_up", None)
    if case is not None and point.name == POINTS[0][1]:
        follow_ups.accept(follow_up_id=case.pk, actor=Actor.system("窗口负责人"), at=at)
        follow_ups.reply(
            follow_up_id=case.pk, text="已增开一个窗口，叫号系统本周检修完毕。给您添麻烦了。", actor=Actor.system("窗口负责人"),
            at=at + timedelta(hours=5),
        )  # fmt: skip
