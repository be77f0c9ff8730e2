"""Building blocks for tests of 考评. Call within a tenant's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.services import assign_role, create_user
from jiceng.members import services as members
from jiceng.members.models import Person, Post, Unit
from modules.appraisal.models import Assignment, Round, SurveyPoint
from modules.appraisal.services import admitting, answering, points, rounds, running, scoring
from tests.factories.people import PASSWORD

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SYSTEM = Actor.system()
CRITERIA = [{"name": "履职尽责", "weight": 60, "max_score": 10}, {"name": "服务群众", "weight": 40, "max_score": 20}]
NAMES = [f"{surname}{given}" for given in ("明", "芳") for surname in "赵钱孙李周吴郑王冯陈褚卫"]


@dataclass
class Branch:
    """``top``: the unit above with ``leader``; ``unit``: the branch with ``secretary`` and ``people`` (without the two)."""

    top: Unit
    unit: Unit
    leader: Person
    secretary: Person
    people: list[Person]

    @property
    def everybody(self) -> list[Person]:
        return [self.secretary, *self.people]


def make_branch(count: int = 6, prefix: str = "p", name: str = "登记窗口党支部") -> Branch:
    top = members.create_unit(name=f"{name}上级党委", kind="party_committee", parent_id=None, actor=SYSTEM)
    unit = members.create_unit(name=name, kind="party_branch", parent_id=top.pk, actor=SYSTEM)
    leader = make_person("高书记", top, f"{prefix}leader")
    secretary = make_person("尤书记", unit, f"{prefix}secretary")
    for person, where in ((leader, top), (secretary, unit)):
        Post.objects.create(unit=where, person=person, kind="secretary", started_on=date(2025, 1, 1))
    people = [make_person(NAMES[number], unit, f"{prefix}{number}") for number in range(count)]
    return Branch(top, unit, leader, secretary, people)


def make_person(
    name: str, unit: Unit | None, login: str = "", *, state: str = "full", roles: tuple[str, ...] = ("member",)
) -> Person:
    person = members.create_person(
        name=name, unit_id=unit.pk if unit else None, body="party" if unit else None, state=state, actor=SYSTEM
    )
    if login:
        person.user = create_user(username=login, password=PASSWORD, display_name=name, roles=roles, actor=SYSTEM)
        person.save(update_fields=("user",))
    return person


def actor_of(person: Person) -> Actor:
    return Actor.for_user(User.objects.get(pk=person.user_id))


def give(person: Person, role: str, unit: Unit | None = None) -> Actor:
    user = User.objects.get(pk=person.user_id)
    assign_role(user=user, role=role, actor=SYSTEM, unit_path=unit.path if unit else "")
    return actor_of(person)


def fields(branch: Branch | None = None, **more: Any) -> dict[str, Any]:
    clause = {"unit": str(branch.unit.pk)} if branch else {"body": "party"}
    return {
        "title": "年度评议", "period_from": date(2025, 1, 1), "period_to": date(2025, 12, 31), "opens_at": MONDAY,
        "closes_at": MONDAY + 7 * DAY, "audience": {"clauses": [clause]}, "weights": {"peers": 50, "branch": 30, "leaders": 20},
        "criteria": CRITERIA, **more,
    }  # fmt: skip


def draft(branch: Branch | None = None, *, actor: Actor = SYSTEM, **more: Any) -> Round:
    return rounds.create_round(fields=fields(branch, **more), actor=actor, at=MONDAY)  # type: ignore[arg-type]


def opened(branch: Branch | None = None, **more: Any) -> Round:
    return running.open_round(round_id=draft(branch, **more).pk, actor=SYSTEM, at=MONDAY)


def duties(round: Round, reviewer: Person | None = None, subject: Person | None = None) -> list[Assignment]:
    rows = Assignment.objects.filter(round=round).select_related("reviewer", "subject").order_by("pk")
    rows = rows.filter(reviewer=reviewer) if reviewer else rows
    return list(rows.filter(subject__person=subject) if subject else rows)


def hand_in(duty: Assignment, *values: Any, comment: str = "", at: datetime = MONDAY + HOUR) -> scoring.Saved:
    criteria = rounds.criteria_of(duty.round)
    given = {row.pk: str(value) for row, value in zip(criteria, values, strict=False)}
    return scoring.hand_in(assignment_id=duty.pk, scores=given, comment=comment, actor=actor_of(duty.reviewer), at=at)


def hand_in_all(round: Round, value: Any = lambda duty: ("8", "16"), **more: Any) -> None:
    for duty in duties(round):
        hand_in(duty, *value(duty), **more)


def closed(branch: Branch, value: Any = lambda duty: ("8", "16"), **more: Any) -> Round:
    round = opened(branch, **more)
    hand_in_all(round, value)
    running.close_round(round_id=round.pk, actor=SYSTEM, at=MONDAY + 7 * DAY)
    return Round.objects.get(pk=round.pk)


def published(branch: Branch, value: Any = lambda duty: ("8", "16"), **more: Any) -> Round:
    round = closed(branch, value, **more)
    return running.publish_round(round_id=round.pk, actor=SYSTEM, at=MONDAY + 7 * DAY)


# --- The survey ----------------------------------------------------------------------------------------------------------
def point(unit: Unit | None = None, *, name: str = "3 号登记窗口", actor: Actor = SYSTEM, **more: Any) -> SurveyPoint:
    given = {"name": name, "unit_id": unit.pk if unit else None, **more}
    return points.create_point(fields=given, actor=actor, at=MONDAY)  # type: ignore[arg-type]


def visit(
    code: str, *, at: datetime = MONDAY, device: str = "", address: str = "203.0.113.7", trap: str = ""
) -> answering.Visit:
    """Somebody who opened the page at ``at``; ``device``: a cookie got before."""
    cookie = device or admitting.new_device()
    token = admitting.new_form(code=code, device=admitting.device_of(cookie), at=at)
    return answering.Visit(token=token, device=cookie, address=address, trap=trap)


def answer(point: SurveyPoint, grade: int = 5, *, at: datetime = MONDAY, **more: Any) -> answering.Outcome:
    coming = more.pop("visit", None) or visit(point.code, at=at)
    return answering.answer(code=point.code, grade=grade, visit=coming, at=at + timedelta(seconds=10), **more)


def cents(text: str) -> Decimal:
    return Decimal(text)
