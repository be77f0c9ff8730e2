"""Building blocks for tests of volunteering. Call within a tenant's scope."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.services import assign_role, create_user
from jiceng.members import services as members
from jiceng.members.models import Person, Unit
from modules.volunteering.models import HelpRequest, Project, Shift, SignUp, SignUpState, Team
from modules.volunteering.services import admitting, asking, attending, projects, shifts, signing, teams
from tests.factories.news import MONDAY
from tests.factories.people import PASSWORD

SYSTEM = Actor.system()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The usual shift: the day after MONDAY, from nine to eleven in Shanghai.
START = MONDAY + DAY
END = START + 2 * HOUR
ASKED = {
    "text": "想请人帮忙把旧柜子搬下楼。", "place": "和平社区 3 号楼", "wanted": "周六上午", "name": "王阿姨",
    "phone": "138 0013 8000",
}  # fmt: skip


def make_unit(name: str, parent: Unit | None = None, *, kind: str = "party_branch") -> Unit:
    return members.create_unit(name=name, kind=kind, parent_id=parent.pk if parent else None, actor=SYSTEM)


def make_person(name: str, unit: Unit | None = None, *, login: str = "") -> Person:
    """Somebody on the roster, with a login where ``login`` gives a username."""
    person = members.create_person(
        name=name, unit_id=unit.pk if unit else None, body="party" if unit else None, actor=SYSTEM
    )
    if login:
        person.user = create_user(username=login, password=PASSWORD, display_name=name, roles=("member",), actor=SYSTEM)
        person.save(update_fields=("user",))
    return person


def put_on_roster(user: User, name: str, unit: Unit) -> Person:
    person = make_person(name, unit)
    person.user = user
    person.save(update_fields=("user",))
    return person


def actor_of(person: Person) -> Actor:
    assert person.user_id
    return Actor.for_user(User.objects.get(pk=person.user_id))


def secretary_of(unit: Unit, name: str, login: str) -> Actor:
    """The role ``secretary`` within the subtree of ``unit``."""
    person = make_person(name, unit, login=login)
    assert person.user is not None
    assign_role(user=person.user, role="secretary", actor=SYSTEM, unit_path=unit.path)
    return actor_of(person)


def make_team(name: str = "红马甲", **fields: Any) -> Team:
    return teams.create_team(fields={"name": name, **fields}, actor=SYSTEM, at=MONDAY)  # type: ignore[typeddict-item]


def make_shift(
    project: Project, *, start: datetime = START, hours: float = 2, capacity: int = 5, **fields: Any
) -> Shift:
    given = {"starts_at": start, "ends_at": start + timedelta(hours=hours), "capacity": capacity, **fields}
    return shifts.create_shift(project_id=project.pk, fields=given, actor=SYSTEM, at=MONDAY)  # type: ignore[arg-type]


def make_project(
    title: str = "清洁家园",
    *,
    publish: bool = True,
    capacity: int = 5,
    start: datetime = START,
    hours: float = 2,
    **fields: Any,
) -> Project:
    """A project with one shift."""
    project = projects.create_project(fields={"title": title, **fields}, actor=SYSTEM, at=MONDAY)  # type: ignore[typeddict-item]
    make_shift(project, capacity=capacity, start=start, hours=hours)
    return projects.publish_project(project_id=project.pk, actor=SYSTEM, at=MONDAY) if publish else project


def shift_of(project: Project) -> Shift:
    return Shift.objects.filter(project=project).order_by("starts_at").first()  # type: ignore[return-value]


def open_shift(**fields: Any) -> Shift:
    return shift_of(make_project(**fields))


def join(shift: Shift, person: Person, *, at: datetime = MONDAY) -> SignUp:
    return signing.sign_up(shift_id=shift.pk, person_id=person.pk, actor=SYSTEM, at=at)


def attend(shift: Shift, person: Person, *, start: datetime | None = None, end: datetime | None = None) -> SignUp:
    """Signed up, and there from beginning to end."""
    row = SignUp.objects.filter(shift=shift, person=person, state=SignUpState.JOINED).first() or join(shift, person)
    line = attending.Entered(row.pk, start or shift.starts_at, end or shift.ends_at)
    attending.enter_attendance(shift_id=shift.pk, rows=[line], actor=SYSTEM, at=shift.ends_at + 3 * HOUR)
    row.refresh_from_db()
    return row


def states(shift: Shift) -> list[tuple[int, str]]:
    return list(SignUp.objects.filter(shift=shift).order_by("number").values_list("number", "state"))


def visit(*, at: datetime = MONDAY, address: str = "203.0.113.7", token: str = "", trap: str = "") -> asking.Visit:
    """Somebody who opened the form a minute ago."""
    return asking.Visit(token=token or admitting.new_form(at=at - timedelta(minutes=1)), address=address, trap=trap)


def ask(*, at: datetime = MONDAY, address: str = "203.0.113.7", **fields: Any) -> HelpRequest:
    return asking.ask(fields={**ASKED, **fields}, visit=visit(at=at, address=address), at=at)


def fresh(actor: Actor) -> Actor:
    """The same person with the roles held now."""
    assert actor.user is not None
    return Actor.for_user(User.objects.get(pk=actor.user.pk))
