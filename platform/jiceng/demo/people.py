"""A roster that looks like a real one: five trees, several memberships each, dates that fit, histories. No real person.

Phone numbers are of a range that is not in use for subscribers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from jiceng.access.actor import Actor
from jiceng.kernel.clock import today
from jiceng.members.bodies import Body, Tree
from jiceng.members.models import Membership, Person, PersonChange, Unit
from jiceng.members.services import create_person, create_unit, join, leave, place_people, update_person
from jiceng.members.services.posts import appoint

from . import names

FOUNDED = date(2012, 3, 1)
TERM_BEGAN = date(2024, 9, 1)
SYSTEM = PersonChange.Source.SYSTEM
KIND_OF_ENDING = (
    ("党委", "party_committee"), ("党总支", "general_branch"), ("党支部", "party_branch"), ("党小组", "party_group"),
    ("工会小组", "union_group"), ("工会", "union"), ("团支部", "league_branch"), ("团委", "youth_league"),
    ("妇女小组", "women_group"), ("妇联", "womens_federation"), ("居民委员会", "community"), ("窗口", "window"),
    ("服务中心", "organisation"), ("大学", "organisation"),
)  # fmt: skip
PARTY_STATES = {"full": 74, "probationary": 7, "candidate": 5, "activist": 8, "applicant": 6}
EDUCATION = {"大专": 20, "本科": 55, "硕士研究生": 18, "博士研究生": 7}
ETHNICITIES = {"汉族": 92, "回族": 3, "土家族": 2, "维吾尔族": 1, "蒙古族": 2}
CHARACTERS_OF_WOMEN = set("英兰梅燕涵桐珍菊琪怡玲霞婷娟敏欣静云芳娜艳倩莉琳婕")


@dataclass(frozen=True, slots=True)
class Place:
    """A party unit with the part of the organisation whose people are in it. ``titles``: of those people."""

    party: Unit
    admin: Unit
    titles: tuple[str, ...]

    @property
    def is_for_retired(self) -> bool:
        return "离退休" in self.party.name


class Roster:
    """Makes one tenant's units and people from its data file, the same for the same file."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.random = Random(data["slug"])  # noqa: S311  not for secrets
        self.actor = Actor.system()
        self.units: dict[str, list[Unit]] = {}
        self.number = 0

    def make(self) -> list[Person]:
        """Everybody, the last of them for the member's login."""
        for tree, branch in self.data["trees"].items():
            self.units[tree] = list(self._founded([branch], None))
        places = self._places()
        people = [
            self._person(name, self.random.choice(places))
            for name in names.people(self.data["people"], seed=self.data["slug"])
        ]
        self._tell_histories(people, places)
        self._appoint()
        return people

    def member(self, name: str) -> Person:
        """The one who belongs to the member's login: in the Party, the staff and the union."""
        place = next(place for place in self._places() if not place.is_for_retired)
        person = create_person(
            name=name, actor=self.actor, source=SYSTEM, birth_date=date(1990, 8, 12), phone=self._phone(), ethnicity="汉族", gender="female",
            education="本科", title=self.data["titles"][0], employee_number="A9001", hire_date=date(2014, 7, 1),
            work_start_date=date(2014, 7, 1), email="member@example.com", office_phone="0571-85550001",
        )  # fmt: skip
        join(person=person, body=Body.STAFF, unit_id=place.admin.pk, on=date(2014, 7, 1), actor=self.actor)
        join(
            person=person, body=Body.PARTY, unit_id=place.party.pk, on=date(2012, 6, 20), confirmed_on=date(2013, 6, 20),
            actor=self.actor,
        )  # fmt: skip
        join(
            person=person, body=Body.UNION, unit_id=self.units[Tree.UNION][-1].pk, on=date(2014, 8, 1), actor=self.actor
        )
        return person

    def _founded(self, branches: list[Any], parent: Unit | None) -> Iterator[Unit]:
        for name, children in branches:
            unit = create_unit(
                name=name, kind=_kind_of(name), parent_id=parent.pk if parent else None, on=FOUNDED, actor=self.actor
            )
            yield unit
            yield from self._founded(children, unit)

    def _places(self) -> list[Place]:
        party = {unit.name: unit for unit in self.units[Tree.PARTY]}
        admin = {unit.name: unit for unit in self.units[Tree.ADMIN]}
        rows = self.data["places"]
        return [
            Place(party[row[0]], admin[row[1]], tuple(row[2] if len(row) > 2 else self.data["titles"])) for row in rows
        ]

    def _person(self, name: str, place: Place) -> Person:
        random = self.random
        is_retired = place.is_for_retired
        title = "退休" if is_retired else random.choice(place.titles)
        born = self._born(title, is_retired=is_retired)
        works = self._works(title)
        started = min(born + timedelta(days=365 * 22 + random.randrange(1500)), today() - timedelta(days=200))
        person = create_person(
            name=name, actor=self.actor, source=SYSTEM, title=title, birth_date=born, phone=self._phone(),
            gender="female" if set(name[1:]) & CHARACTERS_OF_WOMEN else "male", ethnicity=self._one_of(ETHNICITIES),
            education=self._one_of(EDUCATION), employee_number=f"A{self.number:04d}" if works else None,
            hire_date=started if works else None, work_start_date=started if works else None,
        )  # fmt: skip
        if works or self.data["others"]:
            body = Body.STAFF if works else Body(self.data["others"])
            state = "retired" if is_retired and works else None
            join(person=person, body=body, unit_id=place.admin.pk, state=state, on=started, actor=self.actor)
        self._take_part(person, place, born, started, works=works)
        return person

    def _take_part(self, person: Person, place: Place, born: date, started: date, *, works: bool) -> None:
        """What else somebody belongs to, as age and work allow."""
        random, adult = self.random, born + timedelta(days=365 * 19)
        in_party = place.is_for_retired or random.random() < 0.62
        if in_party:
            self._join_party(person, place, adult)
        if works and random.random() < 0.8:
            self._join(person, Body.UNION, Tree.UNION, started)
        if not in_party and born.year > today().year - 28:
            self._join(person, Body.LEAGUE, Tree.LEAGUE, born + timedelta(days=365 * 15))
        if person.gender == "female" and random.random() < 0.35:
            self._join(person, Body.WOMEN, Tree.WOMEN, started)

    def _join_party(self, person: Person, place: Place, adult: date) -> None:
        days = (today() - adult).days - 800
        state = "full" if place.is_for_retired else self._one_of(PARTY_STATES)
        if state == "full" and days < 1:
            state = "applicant"
        on = adult + timedelta(days=self.random.randrange(days)) if state == "full" else today() - timedelta(days=240)
        confirmed_on = on + timedelta(days=365) if state == "full" else None
        join(
            person=person, body=Body.PARTY, unit_id=place.party.pk, state=state, on=on, confirmed_on=confirmed_on,
            actor=self.actor,
        )  # fmt: skip

    def _join(self, person: Person, body: Body, tree: Tree, on: date) -> None:
        unit = self.random.choice(self.units[tree])
        join(person=person, body=body, unit_id=unit.pk, on=min(on, today()), actor=self.actor)

    def _tell_histories(self, people: list[Person], places: list[Place]) -> None:
        """Something to see in the time lines: promotions, moves, somebody who left, an entry made twice."""
        for person in people[:6]:
            update_person(
                person_id=person.pk, values={"title": "副科长" if person.title != "退休" else "顾问"}, actor=self.actor
            )
        moved = [person for person in people[6:18] if person.unit and person.unit.tree == Tree.ADMIN][:3]
        place_people(
            person_ids=[person.pk for person in moved], unit_id=places[0].admin.pk, actor=self.actor,
            on=today() - timedelta(days=40),
        )  # fmt: skip
        leave(person_id=people[-1].pk, on=today() - timedelta(days=60), reason="调往外单位", actor=self.actor)
        twice = people[20]
        create_person(
            name=twice.name, birth_date=twice.birth_date, phone=self._phone(), source=SYSTEM, actor=self.actor
        )

    def _appoint(self) -> None:
        """Whoever is longest a member leads; the next ones are its committee."""
        for unit in [*self.units[Tree.PARTY], *self.units[Tree.UNION]]:
            held = Membership.objects.filter(unit=unit, ended_on=None, state__in=("full", "member")).order_by(
                "started_on", "pk"
            )
            posts: tuple[str, ...] = (
                ("secretary", "organisation", "publicity") if unit.tree == Tree.PARTY else ("chair", "deputy_chair")
            )
            if unit.kind in ("party_group", "union_group"):
                posts = ("group_leader",)
            for membership, kind in zip(held, posts, strict=False):
                appoint(
                    person_id=membership.person_id, unit_id=unit.pk, kind=kind, started_on=TERM_BEGAN, actor=self.actor
                )

    def _born(self, title: str, *, is_retired: bool) -> date:
        youngest, oldest = (61, 78) if is_retired else (18, 26) if title.endswith("生") else (23, 58)
        return today() - timedelta(days=365 * self.random.randrange(youngest, oldest) + self.random.randrange(365))

    def _works(self, title: str) -> bool:
        staff = self.data.get("staff_titles")
        return staff is None or title in staff or title == "退休"

    def _phone(self) -> str:
        self.number += 1
        return f"1390000{self.number:04d}"

    def _one_of(self, weights: dict[str, int]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]


def _kind_of(name: str) -> str:
    return next((kind for ending, kind in KIND_OF_ENDING if name.endswith(ending)), "department")
