"""The directory never shows more than the rules allow: not on a card, not in a list, not by what a search finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role, create_user
from jiceng.audit.models import AuditEntry
from jiceng.kernel.errors import Forbidden, Invalid, TooMany
from jiceng.members import errors, services
from jiceng.members.directory import rules, selectors, viewers
from jiceng.members.directory import services as directory
from jiceng.members.models import Consent, Disclosure, Person, Post, VisibilityRule

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PHONE, TAIL = "13912345678", "5678"


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


@pytest.fixture
def branch(actor):
    return services.create_unit(name="第一党支部", kind="party_branch", actor=actor)


@pytest.fixture
def other(actor):
    return services.create_unit(name="第二党支部", kind="party_branch", actor=actor)


@pytest.fixture
def person(actor, branch) -> Person:
    """Of the first branch, with everything filled in."""
    return services.create_person(
        name="欧阳华", unit_id=branch.pk, title="工程师", phone=PHONE, office_phone="010-87654321转801",
        email="ouyang@example.test", birth_date=date(1990, 3, 5), state="candidate", actor=actor,
    )  # fmt: skip


@pytest.fixture
def seen_by(actor, branch, other, person):
    """``seen_by(audience)``: the viewer of that kind, looking at ``person``."""

    def viewer(audience: str) -> viewers.Viewer:
        if audience == "self":
            return viewers.viewer_for(person.pk)
        somebody = services.create_person(
            name="张三", unit_id=branch.pk if audience == "same_unit" else other.pk, actor=actor
        )
        if audience == "officers":
            Post.objects.create(unit=other, person=somebody, kind="secretary", started_on=date(2024, 1, 1))
        return viewers.viewer_for(somebody.pk)

    return viewer


def withdraw(person: Person) -> None:
    Consent.objects.create(
        person=person, purpose=rules.PHONE_CONSENT, text_hash="x", channel="h5", granted_at=NOW, withdrawn_at=NOW
    )


def texts(viewer, person) -> dict[str, str]:
    return {code: line.text for code, line in selectors.card(viewer, person.pk).lines.items()}


def found(viewer, words) -> list[str]:
    return [person.name for person in selectors.search(viewer, words, rules.current_levels())]


ALL = {
    "phone": PHONE, "office_phone": "010-87654321转801", "email": "ouyang@example.test", "title": "工程师",
    "birthday": "3月5日",
}  # fmt: skip
FOR_MEMBERS = {"phone": "139****5678", "office_phone": "010-87654321转801", "title": "工程师"}


@pytest.mark.parametrize(
    ("audience", "expected"),
    [("self", ALL), ("officers", ALL), ("same_unit", ALL), ("members", FOR_MEMBERS)],
)
def test_card_by_default(seen_by, person, audience, expected):
    assert texts(seen_by(audience), person) == expected


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("self", (("第一党支部", "党组织 · 发展对象"),)),
        ("officers", (("第一党支部", "党组织 · 发展对象"),)),
        ("members", (("第一党支部", ""),)),
    ],
)
def test_masked_memberships_name_the_unit_alone(seen_by, person, audience, expected):
    assert selectors.card(seen_by(audience), person.pk).memberships == expected


@pytest.mark.parametrize("audience", ["officers", "same_unit", "members"])
@pytest.mark.parametrize("level", ["hidden", "masked", "full"])
@pytest.mark.parametrize("objects", [False, True])
def test_phone_search_finds_only_whom_the_card_shows(actor, seen_by, person, audience, level, objects):
    directory.set_visibility(levels={("phone", audience): level}, actor=actor)
    if objects:
        withdraw(person)
    viewer = seen_by(audience)
    shown = texts(viewer, person).get("phone", "")
    hidden = level == "hidden" or (objects and audience != "officers")
    assert shown == ("" if hidden else {"full": PHONE, "masked": "139****5678"}[level])
    assert found(viewer, TAIL) == ([] if hidden else ["欧阳华"])
    assert found(viewer, PHONE) == (["欧阳华"] if shown == PHONE else [])
    assert found(viewer, "139 1234 5678") == found(viewer, PHONE)


def test_one_finds_oneself_whatever_the_rules_say(actor, person):
    directory.set_visibility(levels=dict.fromkeys(rules.default_levels(), "hidden"), actor=actor)
    withdraw(person)
    viewer = viewers.viewer_for(person.pk)
    assert texts(viewer, person) == ALL
    assert found(viewer, PHONE) == found(viewer, TAIL) == found(viewer, "工程师") == ["欧阳华"]


def test_agreeing_again_shows_the_phone_again(seen_by, person):
    withdraw(person)
    Consent.objects.create(person=person, purpose=rules.PHONE_CONSENT, text_hash="x", channel="h5", granted_at=NOW)
    assert texts(seen_by("same_unit"), person)["phone"] == PHONE


@pytest.mark.parametrize("words", ["欧阳", "ouyang", "OU YANG", "oyh", "工程"])
def test_found_by_name_pinyin_initials_and_title(seen_by, person, words):
    assert found(seen_by("members"), words) == ["欧阳华"]


def test_hidden_title_is_not_searched(actor, seen_by, person):
    directory.set_visibility(levels={("title", "members"): "hidden"}, actor=actor)
    assert found(seen_by("members"), "工程") == []


def test_who_left_or_is_not_listed_is_nowhere(actor, seen_by, person, branch):
    viewer = seen_by("same_unit")
    gone = services.create_person(name="李四", unit_id=branch.pk, actor=actor)
    services.leave(person_id=gone.pk, on=date.today(), actor=actor)
    services.update_person(person_id=person.pk, values={"is_listed": False}, actor=actor)
    levels = rules.current_levels()
    assert [each.name for each in selectors.people(viewer)] == ["张三"]
    assert [each.name for each in selectors.people_in(viewer, branch.pk, levels)] == ["张三"]
    assert found(viewer, "欧阳") == found(viewer, "李四") == []
    assert [row.count for _label, rows in selectors.top_units(viewer, levels) for row in rows] == [1, 0]
    for each in (person, gone):
        with pytest.raises(errors.PersonUnknown):
            selectors.card(viewer, each.pk)


def test_hidden_memberships_do_not_show_in_the_unit_either(actor, seen_by, person, branch):
    """The office stands beside the name; that somebody belongs to a branch of the Party only its people may see."""
    office = services.create_unit(name="办公室", kind="department", actor=actor)
    services.join(person=Person.objects.get(pk=person.pk), body="staff", unit_id=office.pk, actor=actor)
    directory.set_visibility(levels={("memberships", "members"): "hidden"}, actor=actor)
    levels = rules.current_levels()
    for audience, names in (("members", []), ("same_unit", ["张三", "欧阳华"]), ("officers", ["张三", "欧阳华"])):
        viewer = seen_by(audience)
        assert [each.name for each in selectors.people_in(viewer, branch.pk, levels) if each.name == "欧阳华"] == names[
            -1:
        ]
        count = next(
            row.count for _l, rows in selectors.top_units(viewer, levels) for row in rows if row.id == branch.pk
        )
        assert (count > 0) == bool(names)
    assert [each.name for each in selectors.people_in(seen_by("members"), office.pk, levels)] == ["欧阳华"]


def test_rules_are_kept_as_differences_and_audited_in_words(actor):
    changed = directory.set_visibility(
        levels={("phone", "members"): "hidden", ("title", "members"): "full"}, actor=actor
    )
    assert changed == {"手机号码 · 本单位其他成员": "不显示"}
    assert VisibilityRule.objects.count() == 1
    entry = AuditEntry.objects.get(action="members.directory.rules_changed")
    assert entry.before == {"手机号码 · 本单位其他成员": "部分隐藏"}
    assert entry.after == changed
    directory.reset_visibility(actor=actor)
    assert rules.current_levels() == rules.default_levels()
    assert not VisibilityRule.objects.exists()
    assert directory.reset_visibility(actor=actor) == {}


@pytest.mark.parametrize("key", [("title", "masked"), ("birthday", "masked"), ("phone", "public")])
def test_levels_that_a_field_does_not_have_are_refused(actor, key):
    with pytest.raises(Invalid):
        directory.set_visibility(levels={(key[0], "members"): key[1]}, actor=actor)
    assert not VisibilityRule.objects.exists()


def test_a_managers_reach_over_a_part_is_not_enough_for_rules(actor, branch):
    role = create_role(name="支部管理员", permissions=["members.manage"], actor=actor)
    user = create_user(username="zhibu", password="Lvshui-Qingshan-2035", actor=actor)
    assign_role(user=user, role=role.code, unit_path=branch.path, actor=actor)
    with pytest.raises(Forbidden):
        directory.reset_visibility(actor=Actor.for_user(user))


def test_preview_is_no_way_around_asking_for_a_phone(actor, branch, seen_by, person):
    role = create_role(name="名册管理员", permissions=["members.manage"], actor=actor)
    user = create_user(username="mingce", password="Lvshui-Qingshan-2035", actor=actor)
    assign_role(user=user, role=role.code, actor=actor)
    viewer = seen_by("officers").person_id
    for asking, text, noted in ((Actor.for_user(user), "139****5678", 0), (actor, PHONE, 1)):
        for looking in (viewer, person.pk):
            entry = directory.preview(viewer_id=looking, person_id=person.pk, actor=asking, at=NOW)
            assert entry.lines["phone"].text == text
            assert bool(entry.lines["phone"].href) == (text == PHONE)
        assert Disclosure.objects.count() == noted


def test_full_phones_are_noted_once_a_day(actor, seen_by, person, clock):
    full, masked = seen_by("same_unit"), seen_by("members")
    with clock(NOW) as traveller:
        for viewer, expected in ((masked, 0), (full, 1), (full, 0), (viewers.viewer_for(person.pk), 0)):
            entry = selectors.card(viewer, person.pk)
            assert directory.disclose(entries=[entry], actor=actor, at=datetime.now(UTC)) == expected
        traveller.shift(24 * 3600)
        entry = selectors.card(full, person.pk)
        assert directory.disclose(entries=[entry, replace(entry)], actor=actor, at=datetime.now(UTC)) == 1
    assert list(Disclosure.objects.values_list("person_id", "fields", "kind")) == [(person.pk, "phone", "card")] * 2


def test_too_many_looks_are_watched_then_refused(actor):
    for _number in range(60):
        directory.admit("card", actor=actor)
    with pytest.raises(TooMany) as refused:
        directory.admit("card", actor=actor)
    assert 0 < refused.value.retry_after <= 600
    directory.admit("list", actor=actor)
    entry = AuditEntry.objects.get(action="members.directory.bulk_viewed")
    assert entry.after == {"kind": "card", "count": 49, "minutes": 10}
