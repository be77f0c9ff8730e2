"""Finding entries of one person, and making them one without losing anything."""

from __future__ import annotations

from datetime import date

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role
from jiceng.audit.models import AuditEntry
from jiceng.kernel.errors import Forbidden, Invalid
from jiceng.members import errors, sealing, selectors, services
from jiceng.members.models import Consent, Disclosure, Membership, Person, Post

PHONE, OTHER_PHONE, ID_NUMBER = "13800138000", "13900139000", "11010519491231002X"


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


@pytest.fixture
def branches(actor):
    return [services.create_unit(name=name, kind="party_branch", actor=actor) for name in ("一支部", "二支部")]


@pytest.fixture
def pair(actor, branches) -> tuple[Person, Person]:
    """Two entries of one person, each knowing something that the other does not."""
    keep = services.create_person(name="张三", unit_id=branches[0].pk, phone=PHONE, title="委员", actor=actor)
    other = services.create_person(
        name="张叁", unit_id=branches[1].pk, phone=OTHER_PHONE, id_number=ID_NUMBER, employee_number="A1",
        title="书记", on=date(2020, 1, 1), actor=actor,
    )  # fmt: skip
    return keep, other


def found(actor: Actor) -> set[tuple[frozenset[str], tuple[str, ...]]]:
    pairs = selectors.find_duplicates(actor=actor)
    return {(frozenset((pair.first.name, pair.second.name)), pair.reasons) for pair in pairs}


def everything() -> tuple:
    return (
        list(Person.objects.order_by("pk").values_list("name", "state", "version", "user", "merged_into")),
        list(Membership.objects.order_by("pk").values_list("person", "state", "ended_on")),
        AuditEntry.objects.count(),
    )


# --- Finding ----------------------------------------------------------------------------------------------------------
def test_pairs_are_found_by_what_they_share(actor, branches):
    add = lambda name, **facts: services.create_person(name=name, actor=actor, **facts)  # noqa: E731
    add("李小明", phone=PHONE, birth_date="1990-01-01")
    add("李晓明", phone=PHONE)  # the same reading
    add("王芳", phone=PHONE)  # somebody of the household
    add("赵六", birth_date="1980-02-03")
    add("赵六", birth_date="1980-02-03", unit_id=branches[0].pk)
    add("赵六", birth_date="1981-02-03", unit_id=branches[0].pk)
    add("钱七", birth_date="1980-02-03", unit_id=branches[1].pk)
    assert found(actor) == {
        (frozenset(("李小明", "李晓明")), ("phone",)),
        (frozenset(("赵六",)), ("birth_date",)),
        (frozenset(("赵六",)), ("unit",)),
    }


def test_only_within_reach(actor, branches, member):
    for unit in branches:
        services.create_person(name="赵六", birth_date="1980-02-03", unit_id=unit.pk, actor=actor)
    role = create_role(name="支部书记", permissions=["members.read", "members.manage"], actor=actor)
    assign_role(user=member, role=role.code, unit_path=branches[0].path, actor=actor)
    assert found(actor)
    assert not found(Actor.for_user(member))


def test_a_value_that_everybody_shares_says_nothing(actor):
    for number in "甲乙丙丁戊己庚":
        services.create_person(name=f"张{number}", phone=PHONE, actor=actor)
    assert found(actor) == set()


def test_same_queries_for_one_and_three(actor, django_assert_num_queries):
    for count in (2, 3):
        while Person.objects.count() < count:
            services.create_person(name="张三", birth_date="1990-01-01", actor=actor)
        with django_assert_num_queries(4):
            selectors.find_duplicates(actor=actor)


# --- Merging ----------------------------------------------------------------------------------------------------------
def test_one_person_is_made_of_two(actor, pair, branches, member):
    keep, other = pair
    union = services.join(person=other, body="union", actor=actor)
    party = other.memberships.get(body="party")
    Post.objects.create(person=other, unit=branches[1], kind="secretary", started_on=date(2026, 1, 1))
    for person in pair:
        Consent.objects.create(
            person=person, purpose="photo", text_hash="0" * 64, channel="h5", granted_at="2026-01-01T00:00Z"
        )
    services.disclose([other.pk], fields=["phone"], kind="reveal", reason="核对参会", actor=actor)
    services.link_user(person_id=other.pk, user_id=member.pk, actor=actor)
    merged = services.merge_people(keep_id=keep.pk, other_id=other.pk, choose={"title": "other"}, actor=actor)
    assert (merged.name, merged.title, merged.employee_number) == ("张三", "书记", "A1")
    assert (sealing.phone_of(merged), sealing.id_number_of(merged)) == (PHONE, ID_NUMBER)
    assert (merged.user, merged.unit) == (member, branches[0])
    other.refresh_from_db()
    assert (other.state, other.merged_into, other.user, other.id_number_index) == ("merged", keep, None, None)
    for row in (party, union):
        row.refresh_from_db()
    assert (party.person, party.state, party.end_reason) == (keep, "left", "合并重复人员")
    assert list(party.periods.values_list("unit", "valid_from", "valid_to")) == [
        (branches[1].pk, date(2020, 1, 1), party.ended_on)
    ]
    assert (union.person, union.ended_on) == (keep, None)
    assert Post.objects.get(ended_on=None).person == keep
    assert Consent.objects.filter(person=keep, withdrawn_at=None).count() == 1
    assert Disclosure.objects.get().person == keep
    assert not other.changes.exists()
    assert AuditEntry.objects.filter(action="members.person.merged", target=str(keep.pk)).exists()
    assert list(selectors.list_people(query=ID_NUMBER)) == [keep]
    assert selectors.get_person(other.pk) == keep


def test_a_chain_leads_to_the_last_survivor(actor, pair):
    keep, other = pair
    third = services.create_person(name="张三", actor=actor)
    services.merge_people(keep_id=keep.pk, other_id=other.pk, choose={}, actor=actor)
    services.merge_people(keep_id=third.pk, other_id=keep.pk, choose={}, actor=actor)
    assert {selectors.get_person(person.pk).pk for person in (keep, other, third)} == {third.pk}
    assert Person.objects.get(pk=third.pk).employee_number == "A1"


def test_refusals_change_nothing(actor, pair, member, stranger, branches):
    keep, other = pair
    role = create_role(name="支部书记", permissions=["members.read", "members.manage"], actor=actor)
    assign_role(user=stranger, role=role.code, unit_path=branches[0].path, actor=actor)
    merge = lambda **changes: services.merge_people(  # noqa: E731
        **{"keep_id": keep.pk, "other_id": other.pk, "choose": {}, "actor": actor, **changes}
    )
    for changes, refusal in (
        ({"other_id": keep.pk}, errors.MergeRefused),
        ({"version": 9}, errors.PersonChanged),
        ({"other_version": 9}, errors.PersonChanged),
        ({"choose": {"title": "both"}}, Invalid),
        ({"choose": {"state": "other"}}, Invalid),
        ({"actor": Actor.for_user(stranger)}, Forbidden),
    ):
        before = everything()
        with pytest.raises(refusal):
            merge(**changes)
        assert everything() == before
    services.link_user(person_id=keep.pk, user_id=member.pk, actor=actor)
    services.link_user(person_id=other.pk, user_id=stranger.pk, actor=actor)
    before = everything()
    with pytest.raises(errors.PersonLinked):
        merge()
    assert everything() == before


def test_merged_entries_are_closed(actor, pair):
    keep, other = pair
    services.merge_people(keep_id=keep.pk, other_id=other.pk, choose={}, actor=actor)
    before = everything()
    for attempt in (
        lambda: services.update_person(person_id=other.pk, values={"title": "某"}, actor=actor),
        lambda: services.come_back(person_id=other.pk, actor=actor),
        lambda: services.merge_people(keep_id=keep.pk, other_id=other.pk, choose={}, actor=actor),
    ):
        with pytest.raises(errors.PersonGone):
            attempt()
    assert everything() == before
