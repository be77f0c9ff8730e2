"""Two entries of the roster were one person."""

from __future__ import annotations

import uuid

import pytest

from jiceng.events.received import ReceivedEvent
from modules.volunteering.handlers import people
from modules.volunteering.models import HoursEntry, SignUp, TeamMember
from modules.volunteering.selectors import hours as reads
from modules.volunteering.services import hours, signing, teams
from tenants.context import tenant_scope
from tests.factories.news import MONDAY

from . import kit


@pytest.fixture(autouse=True)
def scope(hongqi, volunteering_on):
    with tenant_scope(hongqi):
        yield


@pytest.fixture
def pair(branch):
    return kit.make_person("张三", branch, login="zhangsan"), kit.make_person("张叁", branch)


def merge(keep, other):
    """As the event brings it, twice."""
    payload = {"person_id": str(keep.pk), "merged_id": str(other.pk)}
    for _time in range(2):
        people.person_merged(ReceivedEvent(uuid.uuid4(), "members.person.merged", payload, "", MONDAY))


def test_hours_and_sign_ups_move(pair):
    keep, other = pair
    row = kit.attend(kit.open_shift(), other)
    hours.verify_hours(shift_id=row.shift_id, hours={row.pk: None}, reason="", actor=kit.SYSTEM, at=kit.END)
    merge(keep, other)
    assert reads.standing_of(keep, year=2026).total == 2
    assert SignUp.objects.get().person_id == keep.pk


def test_a_place_taken_twice_becomes_free(pair, branch):
    keep, other = pair
    shift = kit.open_shift(capacity=2)
    for person in (keep, other, kit.make_person("李四", branch)):
        kit.join(shift, person)
    merge(keep, other)
    assert kit.states(shift) == [(1, "joined"), (2, "withdrawn"), (3, "joined")]
    shift.refresh_from_db()
    assert (shift.joined_count, shift.waiting_count) == (2, 0)


def test_the_row_that_comes_stays(pair):
    keep, other = pair
    shift = kit.open_shift()
    signing.withdraw(shift_id=shift.pk, sign_up_id=kit.join(shift, keep).pk, actor=kit.SYSTEM, at=MONDAY)
    kit.join(shift, other)
    merge(keep, other)
    row = SignUp.objects.get()
    assert (row.person_id, row.state) == (keep.pk, "joined")


def test_hours_for_one_shift_count_once(pair):
    keep, other = pair
    shift = kit.open_shift()
    rows = [kit.attend(shift, person) for person in pair]
    hours.verify_hours(shift_id=shift.pk, hours={row.pk: None for row in rows}, reason="", actor=kit.SYSTEM, at=kit.END)
    merge(keep, other)
    assert (reads.standing_of(keep, year=2026).total, HoursEntry.objects.count()) == (2, 2)


def test_teams_too(pair):
    keep, other = pair
    team = kit.make_team(leader_id=other.pk)
    teams.join_team(team_id=team.pk, actor=kit.actor_of(keep), at=MONDAY)
    TeamMember.objects.create(team=team, person=other, state="member", asked_at=MONDAY)
    merge(keep, other)
    team.refresh_from_db()
    assert (team.leader_id, TeamMember.objects.filter(person=keep).count()) == (keep.pk, 1)
