"""Workers are killed again and again while WeChat messages go out: nobody is left out, and nobody gets one twice unseen."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.clock import now
from jiceng.members.models import Person
from jiceng.notices import services as notices
from jiceng.notices.models import Delivery
from jiceng.wechat.gateway import hosts
from jiceng.wechat.models import Identity, Push, PushState
from jiceng.wechat.services import accounts, templates
from jiceng.wechat.simulator import Simulator
from jiceng.wechat.simulator.seeds import SECRET, seed
from tenants.context import tenant_scope
from tests.resilience.processes import Processes

APPID = "wxdemo0000000001"
LEASE_SECONDS = 4


@pytest.fixture
def sim(settings, monkeypatch) -> Iterator[Simulator]:
    monkeypatch.setenv("WECHAT_SIMULATOR", "1")
    with Simulator.running() as running:
        seed(running.world, settings.BASE_DOMAIN)
        running.world.reports = False
        running.world.latency_seconds = 0.01  # so that a kill finds calls under way
        settings.WECHAT_SIMULATOR = running.url
        hosts.session.cache_clear()
        yield running
        hosts.session.cache_clear()


@pytest.fixture
def workers(fresh_tenant, sim, tmp_path) -> Iterator[Processes]:
    running = Processes(
        secrets.token_hex(4), tmp_path, OUTBOX_LEASE_SECONDS="2", OUTBOX_LEASE_DOUBLINGS="1", OUTBOX_RETRY_BASE_SECONDS="1",
        OUTBOX_MAX_ATTEMPTS="50", OUTBOX_QUEUE_LIMIT="60", WECHAT_SIMULATOR_URL=sim.url, WECHAT_TEMPLATE_RATE="100",
        WECHAT_PUSH_LEASE_SECONDS=str(LEASE_SECONDS),
    )  # fmt: skip
    running.start("worker")
    running.start("scheduler")
    try:
        yield running
    finally:
        running.stop()


def followers(record, sim: Simulator, count: int) -> None:
    """So many members who have bound the account and follow it."""
    with tenant_scope(record), transaction.atomic():
        values = {"name": "红旗先锋", "appid": APPID, "secret": SECRET}
        account, _facts = accounts.connect(kind="oa", values=values, actor=Actor.system(), at=now())
        templates.save_binding(
            account_id=account.pk, channel="template", category="", template_id=sim.world.accounts[APPID].templates[0]["template_id"],
            fields={"thing1": "title", "time2": "time", "thing3": "text"}, actor=Actor.system(),
        )  # fmt: skip
        users = [User(username=f"u{number}", display_name=f"成员{number}") for number in range(count)]
        User.objects.bulk_create(users, 1000)
        people = [
            Person(name=f"成员{number}", pinyin="cheng yuan", search_key="chengyuan", initial="C", user=user)
            for number, user in enumerate(users)
        ]
        Person.objects.bulk_create(people, 1000)
        players = [sim.world.add_person(person.name) for person in people]
        ties = [sim.world.tie(player.id, APPID) for player in players]
        for tie in ties:
            tie.follows = True
        Identity.objects.bulk_create(
            [
                Identity(account=account, openid=tie.openid, person=person, is_following=True, bound_at=now())
                for tie, person in zip(ties, people, strict=True)
            ],
            1000,
        )
    connection.close()


def tell(record) -> None:
    with tenant_scope(record), transaction.atomic():
        users = User.objects.filter(username__startswith="u").values("pk")
        notices.send(category="wechat.asked", title="请看", url="/", source="t:1", users=users, at=now())
    connection.close()


def undone(record) -> int:
    with tenant_scope(record), transaction.atomic():
        waiting = Delivery.objects.filter(channel="wechat", state__in=("waiting", "handed")).count()
        return waiting + Push.objects.filter(state__in=(PushState.QUEUED, PushState.SENDING)).count()


def push_while_killing(record, sim: Simulator, workers: Processes, *, count: int, kills: int, seconds: float) -> None:
    followers(record, sim, count)
    tell(record)
    killed = 0
    while killed < kills:
        if killed % 10 == 9:
            workers.kill("worker")
            killed += 1
        else:
            killed += workers.kill_child()
        workers.wait_until(lambda: False, 0.4)
    assert workers.wait_until(lambda: undone(record) == 0, seconds), (
        f"{undone(record)} not done\n{workers.log('scheduler')}\n{workers.log('worker')}"
    )
    with tenant_scope(record), transaction.atomic():
        states = Counter(Push.objects.values_list("state", flat=True))
        shown = Counter(message.openid for message in sim.world.deliveries(channel="template"))
        assert states == {"sent": count}
        assert Counter(Delivery.objects.filter(channel="wechat").values_list("state", flat=True)) == {"sent": count}
    assert len(shown) == count  # nobody left out
    assert set(shown.values()) == {1}  # and nobody shown it twice: the key is the same for every attempt


def test_every_member_gets_it_once(fresh_tenant, sim, workers):
    push_while_killing(fresh_tenant, sim, workers, count=600, kills=8, seconds=90)


@pytest.mark.slow
def test_a_hundred_kills(fresh_tenant, sim, workers):
    push_while_killing(fresh_tenant, sim, workers, count=5_000, kills=100, seconds=600)
