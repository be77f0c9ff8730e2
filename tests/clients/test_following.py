"""A client that follows the event feed while people are written at random ends with exactly what the API says."""

from __future__ import annotations

import random
import threading

import pytest
from django.db import connection, transaction

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from jiceng.kernel.errors import DomainError
from jiceng.members import services as members
from jiceng.members.models import Person
from tenants.context import tenant_scope
from tests.factories.people import make_api_key

SYSTEM = Actor.system()
WRITERS = 4
NAMES = ("王芳", "李强", "赵敏", "孙丽", "周杰", "吴刚", "郑爽", "冯娟", "陈晨", "褚健")
pytestmark = pytest.mark.django_db(transaction=True)


class Follower:
    """``state``: id -> the person as the API shows it. Reads all, then whatever events name."""

    def __init__(self, client) -> None:
        self.client, self.position, self.state = client, 0, {}
        self.position = max((event["position"] for event in self.read("/api/v1/events?limit=100")), default=0)
        self.state = {row["id"]: row for row in self.read("/api/v1/people?limit=100")}

    def read(self, path: str | None) -> list[dict]:
        rows: list[dict] = []
        while path:
            page = self.client.get(path).json()
            rows += page["results"]
            path = page["next"] and page["next"][page["next"].index("/api/") :]
        return rows

    def follow(self) -> int:
        events = self.read(f"/api/v1/events?limit=100&after={self.position}")
        for person_id in {event["data"]["person_id"] for event in events if "person_id" in event["data"]}:
            answer = self.client.get(f"/api/v1/people/{person_id}?fields={self.fields()}")
            assert answer.status_code == 200
            self.state[person_id] = answer.json()
        self.position = max((event["position"] for event in events), default=self.position)
        return len(events)

    def fields(self) -> str:
        """Those of a list's row: one person alone shows more."""
        return ",".join(next(iter(self.state.values())))


def write(tenant, seed: int, count: int) -> None:
    """``count`` random writes, each in a transaction of its own; some are refused, some rolled back."""
    chance = random.Random(seed)
    try:
        for number in range(count):
            with tenant_scope(tenant):
                try:
                    with transaction.atomic():
                        _one(chance, seed * count + number)
                        if chance.random() < 0.05:
                            raise Interrupted
                except (DomainError, Interrupted):
                    continue
    finally:
        connection.close()


class Interrupted(Exception):
    """The writer changed its mind."""


def _one(chance: random.Random, number: int) -> None:
    ids = list(Person.objects.order_by("id").values_list("pk", flat=True))
    what = chance.random()
    if what < 0.3 or len(ids) < 5:
        members.create_person(name=chance.choice(NAMES), employee_number=f"E{number}", actor=SYSTEM)
    elif what < 0.9:
        members.update_person(
            person_id=chance.choice(ids), values={"name": chance.choice(NAMES), "title": f"{number}号"}, actor=SYSTEM
        )
    else:
        members.leave(person_id=chance.choice(ids), on=now().date(), actor=SYSTEM)


def follow_while_writing(client_for, tenant, *, count: int) -> None:
    client = client_for(tenant, key=make_api_key(tenant, ["members.read", "webhooks.follow"]))
    with tenant_scope(tenant), transaction.atomic():
        for number in range(5):
            members.create_person(name=NAMES[number], employee_number=f"A{number}", actor=SYSTEM)
    follower = Follower(client)
    threads = [threading.Thread(target=write, args=(tenant, seed, count // WRITERS)) for seed in range(WRITERS)]
    for thread in threads:
        thread.start()
    heard = 0
    while any(thread.is_alive() for thread in threads):
        heard += follower.follow()
    while more := follower.follow():
        heard += more
    assert heard > count / 2
    assert follower.state == {row["id"]: row for row in follower.read("/api/v1/people?limit=100")}


def test_it_ends_equal(client_for, fresh_tenant):
    follow_while_writing(client_for, fresh_tenant, count=200)


@pytest.mark.slow
def test_it_ends_equal_after_five_thousand_writes(client_for, fresh_tenant):
    follow_while_writing(client_for, fresh_tenant, count=5_000)
