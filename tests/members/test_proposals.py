"""Comparing a complete roster: joiners, leavers and movers are proposed, decided together, and then carried out."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from jiceng.members import services
from jiceng.members.importing import proposing
from jiceng.members.importing import services as importing
from jiceng.members.models import ImportBatch, Person, Proposal, Unit
from jiceng.workflow.models import Assignment, Case
from jiceng.workflow.services import approve, reject


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


@pytest.fixture
def staff(actor):
    """Ten people of 综合科, numbered N0 to N9, and a second department."""
    office = services.create_unit(name="综合科", kind="department", actor=actor)
    services.create_unit(name="档案科", kind="department", actor=actor)
    return [
        services.create_person(
            name=f"职工{'甲乙丙丁戊己庚辛壬癸'[n]}", employee_number=f"N{n}", unit_id=office.pk, actor=actor
        )
        for n in range(10)
    ]


def rows(numbers, **changes) -> list[dict[str, str]]:
    names = "甲乙丙丁戊己庚辛壬癸子"
    return [
        {"name": f"职工{names[n]}", "employee_number": f"N{n}", "staff_unit": changes.get(f"N{n}", "综合科")}
        for n in numbers
    ]


def compared(actor: Actor, roster: list[dict[str, str]], **options) -> ImportBatch:
    batch = importing.create_batch(rows=roster, kind="roster", source="api", actor=actor, at=now(), **options)
    importing.request_check(batch_id=batch.pk, actor=actor)
    importing.run_check(batch_id=batch.pk, at=now())
    batch.refresh_from_db()
    return batch


def pending() -> list[tuple[str, str]]:
    found = Proposal.objects.filter(state="pending").order_by("kind")
    return [(proposal.kind, proposing.name_of(proposal)) for proposal in found]


def decide(secretary, call) -> None:
    assignment = Assignment.objects.get(state="open")
    call(assignment_id=assignment.pk, actor=Actor.for_user(secretary), at=now(), comment="已核对")


def test_differences_wait_for_a_decision_and_then_happen(actor, staff, secretary):
    compared(actor, rows([*range(1, 11)], N3="档案科"))
    assert pending() == [("joiner", "职工子"), ("leaver", "职工甲"), ("mover", "职工丁")]
    assert Person.objects.filter(state="active").count() == 10
    decide(secretary, approve)
    assert pending() == []
    assert set(Proposal.objects.values_list("state", flat=True)) == {"applied"}
    assert Person.objects.get(name="职工子").unit.name == "综合科"
    assert Person.objects.get(name="职工丁").unit.name == "档案科"
    assert Person.objects.get(name="职工甲").state == "left"


def test_rejected_nothing_happens(actor, staff, secretary):
    compared(actor, rows(range(1, 11)))
    decide(secretary, reject)
    assert set(Proposal.objects.values_list("state", flat=True)) == {"rejected"}
    assert Person.objects.filter(state="active").count() == 10


def test_one_can_be_left_out(actor, staff, secretary):
    compared(actor, rows(range(1, 11)))
    leaver = Proposal.objects.get(kind="leaver")
    proposing.decline(batch_id=leaver.batch_id, proposal_id=leaver.pk, actor=Actor.for_user(secretary), at=now())
    decide(secretary, approve)
    assert Person.objects.get(name="职工甲").state == "active"
    assert Person.objects.filter(name="职工子").exists()


def test_the_same_list_again_changes_nothing(actor, staff):
    batch = compared(actor, rows(range(10)))
    assert (batch.counts["proposals"], Case.objects.count()) == ({}, 0)


def test_a_newer_list_outdates_what_is_no_longer_so(actor, staff):
    compared(actor, rows(range(1, 10)))
    assert pending() == [("leaver", "职工甲")]
    compared(actor, rows(range(10)))
    assert pending() == []


def test_a_list_that_misses_too_many_is_refused(actor, staff):
    batch = compared(actor, rows(range(2)))
    assert (batch.state, Proposal.objects.count()) == ("failed", 0)
    assert "两成" in batch.failure
    batch = compared(actor, rows(range(2)), accepts_many_leavers=True)
    assert Proposal.objects.filter(kind="leaver").count() == 8


def test_nobody_leaves_because_a_row_could_not_be_read(actor, staff):
    roster = rows(range(10))
    roster[0]["staff_unit"] = "没有的科"
    batch = compared(actor, roster)
    assert (batch.counts["outcomes"]["error"], Proposal.objects.count()) == (1, 0)


def test_what_events_overtook_keeps_back_no_other(actor, staff, secretary):
    compared(actor, rows([*range(1, 11)], N3="档案科"))
    services.create_person(name="职工子", employee_number="N10", actor=actor)
    services.leave(person_id=staff[0].pk, on=staff[0].created_at.date(), actor=actor)
    decide(secretary, approve)
    states = dict(Proposal.objects.values_list("kind", "state"))
    assert states == {"joiner": "outdated", "leaver": "outdated", "mover": "applied"}
    assert Person.objects.filter(employee_number="N10").count() == 1
    assert Person.objects.get(name="职工丁").unit.name == "档案科"


def test_a_unit_that_the_list_names_is_founded_with_the_decision(actor, staff, secretary):
    compared(actor, rows([*range(10)], N3="新设科"), creates_units=True)
    assert not Unit.objects.filter(name="新设科").exists()
    decide(secretary, approve)
    assert Person.objects.get(name="职工丁").unit.name == "新设科"
