"""Several at once: places, hours and requests go to as many as there are."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from jiceng.members.models import Person
from modules.volunteering import errors
from modules.volunteering.models import HelpRequest, HoursEntry, SignUp
from modules.volunteering.services import asking, helping, hours, signing
from tenants.context import tenant_scope
from tests.factories.news import MONDAY
from tests.support.racing import at_once

from . import kit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def volunteering_on():
    """These tests call services; no module has to be on."""


@pytest.fixture
def unit(fresh_tenant):
    with tenant_scope(fresh_tenant):
        return kit.make_unit("第一支部")


def test_forty_for_eight_places(fresh_tenant, unit):
    with tenant_scope(fresh_tenant):
        shift = kit.open_shift(capacity=8)
        people = itertools.cycle([kit.make_person(f"志愿{chr(0x4E00 + number)}", unit) for number in range(40)])
    outcomes = at_once(fresh_tenant, 40, lambda: kit.join(shift, next(people)).state)
    assert sorted(map(str, outcomes)) == ["joined"] * 8 + ["waiting"] * 32
    with tenant_scope(fresh_tenant):
        assert kit.states(shift) == [(n, "joined" if n <= 8 else "waiting") for n in range(1, 41)]
        shift.refresh_from_db()
        assert (shift.joined_count, shift.waiting_count, shift.last_number) == (8, 32, 40)


def test_eight_withdrawals_let_the_first_eight_in(fresh_tenant, unit):
    with tenant_scope(fresh_tenant):
        shift = kit.open_shift(capacity=8)
        rows = [kit.join(shift, kit.make_person(f"志愿{chr(0x4E00 + number)}", unit)) for number in range(20)]
    leaving = itertools.cycle([row.pk for row in rows[:8]])
    at_once(fresh_tenant, 8, lambda: signing.withdraw(
        shift_id=shift.pk, sign_up_id=next(leaving), actor=kit.SYSTEM, at=MONDAY
    ))  # fmt: skip
    with tenant_scope(fresh_tenant):
        expected = ["withdrawn"] * 8 + ["joined"] * 8 + ["waiting"] * 4
        assert [state for _number, state in kit.states(shift)] == expected


def test_one_person_in_two_places_at_once(fresh_tenant, unit):
    with tenant_scope(fresh_tenant):
        person = kit.make_person("甲", unit)
        shifts = itertools.cycle([kit.open_shift(title=f"项目{number}") for number in range(6)])
    outcomes = at_once(fresh_tenant, 6, lambda: kit.join(next(shifts), person).state)
    assert sorted(map(str, outcomes)) == sorted(["joined"] + [str(errors.SignUpOverlaps)] * 5)
    with tenant_scope(fresh_tenant):
        assert SignUp.objects.count() == 1


def test_hours_are_verified_once(fresh_tenant, unit):
    with tenant_scope(fresh_tenant):
        shift, person = kit.open_shift(), kit.make_person("甲", unit)
        row = kit.attend(shift, person)
    outcomes = at_once(fresh_tenant, 6, lambda: hours.verify_hours(
        shift_id=shift.pk, hours={row.pk: None}, reason="", actor=kit.SYSTEM, at=kit.END
    )[0].hours)  # fmt: skip
    assert sorted(map(str, outcomes)) == sorted(["2.0"] + [str(errors.HoursTwice)] * 5)
    with tenant_scope(fresh_tenant):
        assert HoursEntry.objects.get().hours == 2


def test_a_day_has_twenty_four_hours_also_for_six_at_once(fresh_tenant, unit):
    with tenant_scope(fresh_tenant):
        person = kit.make_person("甲", unit)
        rows = [
            kit.attend(kit.open_shift(title=f"项目{n}", start=kit.START + n * kit.HOUR, hours=1), person)
            for n in range(6)
        ]
        turns = itertools.cycle(rows)

    def verify():
        row = next(turns)
        return hours.verify_hours(
            shift_id=row.shift_id, hours={row.pk: "10"}, reason="按纸质记录", actor=kit.SYSTEM, at=kit.END + 9 * kit.HOUR
        )[0].hours  # fmt: skip

    outcomes = at_once(fresh_tenant, 6, verify)
    assert sorted(map(str, outcomes)) == sorted(["10.0"] * 2 + [str(errors.TooManyHours)] * 4)
    with tenant_scope(fresh_tenant):
        assert sum(HoursEntry.objects.values_list("hours", flat=True)) == Decimal(20)


def test_one_of_eight_takes_a_request(fresh_tenant, unit):
    with tenant_scope(fresh_tenant):
        case = kit.ask()
        helping.accept_request(request_id=case.pk, actor=kit.SYSTEM, at=MONDAY)
        takers = itertools.cycle(
            [kit.actor_of(kit.make_person(f"志愿{chr(0x4E00 + n)}", unit, login=f"zyz{n}")) for n in range(8)]
        )
    outcomes = at_once(
        fresh_tenant, 8, lambda: helping.take_request(request_id=case.pk, actor=next(takers), at=MONDAY).state
    )
    assert sorted(map(str, outcomes)) == sorted(["taken"] + [str(errors.HelpTaken)] * 7)
    with tenant_scope(fresh_tenant):
        assert Person.objects.filter(pk=HelpRequest.objects.get().taker_id).count() == 1


def test_a_form_sent_five_times_at_once_is_one_request(fresh_tenant):
    with tenant_scope(fresh_tenant):
        visit = kit.visit()
    outcomes = at_once(fresh_tenant, 5, lambda: asking.ask(fields=kit.ASKED, visit=visit, at=MONDAY).pk)
    with tenant_scope(fresh_tenant):
        assert set(outcomes) == {HelpRequest.objects.get().pk}
