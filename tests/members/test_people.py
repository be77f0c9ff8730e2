"""The roster: names as pinyin, search, sealed numbers, changes and their undoing, reach, logins of one person."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiceng.access.actor import Actor
from jiceng.access.services import accept_invite, assign_role, create_invite, create_role
from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.kernel.crypto import Unsealable
from jiceng.kernel.errors import Forbidden, Invalid
from jiceng.members import errors, names, sealing, selectors, services
from jiceng.members.models import Membership, Person, PersonChange, Post


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("张三", "zhang san"),
        ("欧阳华", "ou yang hua"),
        ("单雄信", "shan xiong xin"),
        ("尉迟恭", "yu chi gong"),
        ("曾国藩", "zeng guo fan"),
        ("仇英", "qiu ying"),
        ("吕布", "lv bu"),
        ("Anna 李", "anna li"),
    ],
)
def test_sort_key(name, key):
    assert names.sort_key(name) == key


def test_search_key_has_reading_and_initials():
    assert names.search_key("欧阳华") == "ouyanghua oyh"


@given(st.text(max_size=50))
def test_any_text_has_keys(text):
    assert isinstance(names.sort_key(text), str)
    assert isinstance(names.search_key(text), str)


@pytest.mark.parametrize("query", ["欧阳", "ouyang", "OUYANG", "ou yang", "oyh", "书记"])
def test_people_are_found_by_name_pinyin_initials_and_title(actor, query):
    services.create_person(name="欧阳华", title="书记", actor=actor)
    services.create_person(name="张三", title="委员", actor=actor)
    assert [person.name for person in selectors.list_people(query=query)] == ["欧阳华"]


@pytest.mark.parametrize("query", ["%", "_", "\\", "'", '"; drop table members_person; --'])
def test_wildcards_are_taken_literally(actor, query):
    services.create_person(name="张三", actor=actor)
    assert list(selectors.list_people(query=query)) == []


def test_people_sort_by_pinyin(actor):
    for name in ("张三", "阿强", "李四", "单雄信"):
        services.create_person(name=name, actor=actor)
    assert [person.name for person in selectors.list_people()] == ["阿强", "李四", "单雄信", "张三"]


def test_people_of_a_unit_include_those_below(actor):
    top = services.create_unit(name="党委", kind="party_committee", actor=actor)
    branch = services.create_unit(name="支部", kind="party_branch", parent_id=top.pk, actor=actor)
    services.create_person(name="张三", unit_id=branch.pk, actor=actor)
    services.create_person(name="李四", actor=actor)
    assert [person.name for person in selectors.list_people(unit=top)] == ["张三"]


@pytest.mark.parametrize("name", ["", " ", "\u2060", "长" * 51, "坏\x07"])
def test_bad_names_are_refused(actor, name):
    with pytest.raises(Invalid):
        services.create_person(name=name, actor=actor)
    assert not Person.objects.exists()


@pytest.mark.parametrize("name", ["𠮷野家", "䶮", "迪丽热巴·迪力木拉提"])
def test_rare_characters_are_kept(actor, name):
    assert services.create_person(name=name, actor=actor).name == name


def test_renaming_follows_in_the_keys(actor):
    person = services.create_person(name="张三", actor=actor)
    person = services.update_person(person_id=person.pk, values={"name": "曾三"}, actor=actor)
    person.refresh_from_db()
    assert (person.pinyin, person.search_key) == ("zeng san", "zengsan zs")


def test_a_login_belongs_to_one_person(actor, member, stranger):
    first = services.create_person(name="张三", actor=actor)
    second = services.create_person(name="李四", actor=actor)
    services.link_user(person_id=first.pk, user_id=member.pk, actor=actor)
    services.link_user(person_id=first.pk, user_id=member.pk, actor=actor)
    with pytest.raises(errors.UserLinked):
        services.link_user(person_id=second.pk, user_id=member.pk, actor=actor)
    with pytest.raises(errors.PersonLinked):
        services.link_user(person_id=first.pk, user_id=stranger.pk, actor=actor)
    with pytest.raises(Invalid):
        services.link_user(person_id=second.pk, user_id=uuid.uuid4(), actor=actor)
    assert list(Person.objects.order_by("pinyin").values_list("name", "user")) == [("李四", None), ("张三", member.pk)]


def test_accepted_invitation_links_the_login(actor):
    person = services.create_person(name="欧阳华", actor=actor)
    _invite, token = create_invite(display_name="欧阳华", roles=["member"], reference=str(person.pk), actor=actor)
    user = accept_invite(token=token, username="ouyang", password="Qingshan-Lvshui-2036")
    assert selectors.person_of_user(user.pk) == person


def test_same_queries_for_one_and_three(actor, django_assert_num_queries):
    top = services.create_unit(name="党委", kind="party_committee", actor=actor)
    services.create_person(name="张三", unit_id=top.pk, actor=actor)
    for wanted in (1, 3):
        while Person.objects.count() < wanted:
            services.create_person(name="李" + "一二三"[Person.objects.count()], unit_id=top.pk, actor=actor)
        with django_assert_num_queries(1):
            assert [person.unit.name for person in selectors.list_people()] == ["党委"] * wanted
        with django_assert_num_queries(2):
            selectors.unit_tree()


# --- Data -------------------------------------------------------------------------------------------------------------
PHONE, ID_NUMBER = "13800138000", "11010519491231002X"


def stored() -> str:
    """Everything in the rows of people, changes, audit and outbox, as text."""
    rows: list[object] = []
    for table in (Person, PersonChange, AuditEntry, OutboxMessage):
        for row in table.objects.values_list():
            rows += [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]
    return "|".join(str(row) for row in rows)


def test_numbers_are_sealed_everywhere_and_found_by_their_digest(actor):
    person = services.create_person(name="张三", phone="+86 138-0013-8000", id_number="11010519491231002x", actor=actor)
    services.update_person(person_id=person.pk, values={"phone": "13900139000"}, actor=actor)
    services.update_person(person_id=person.pk, values={"phone": PHONE}, actor=actor)
    kept = stored()
    assert not [secret for secret in (PHONE, ID_NUMBER, "13900139000") if secret in kept]
    person.refresh_from_db()
    assert (sealing.phone_of(person), sealing.id_number_of(person)) == (PHONE, ID_NUMBER)
    for query in (PHONE, "8000", ID_NUMBER, "138 0013 8000"):
        assert list(selectors.list_people(query=query)) == [person]
    assert list(selectors.list_people(query="9000")) == []


def test_sealed_values_open_only_in_their_own_row(actor):
    first = services.create_person(name="张三", phone=PHONE, actor=actor)
    second = services.create_person(name="李四", phone="13900139000", actor=actor)
    second.phone_sealed = first.phone_sealed
    with pytest.raises(Unsealable):
        sealing.phone_of(second)
    here, there = PersonChange.objects.get(person=first), PersonChange.objects.get(person=second)
    with pytest.raises(Unsealable):
        sealing.open_facts(here.changes_sealed, table="personchange", row=there.pk)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"phone": "12345"}, "/phone"),
        ({"id_number": "110105194912310021"}, "/id_number"),
        ({"birth_date": "2026-02-30"}, "/birth_date"),
        ({"birth_date": "2999-01-01"}, "/birth_date"),
        ({"birth_date": "1990-01-01", "work_start_date": "1980-01-01"}, "/work_start_date"),
        ({"email": "nobody"}, "/email"),
        ({"title": "长" * 61}, "/title"),
        ({"name": ""}, "/name"),
    ],
)
def test_bad_values_change_nothing(actor, values, field):
    person = services.create_person(name="张三", phone=PHONE, actor=actor)
    with pytest.raises(Invalid) as caught:
        services.update_person(person_id=person.pk, values={"education": "本科", **values}, actor=actor)
    assert field in [fault.pointer for fault in caught.value.fields]
    person.refresh_from_db()
    assert (person.name, person.education, person.version) == ("张三", "", 1)


def test_numbers_belong_to_one_person(actor):
    services.create_person(name="张三", id_number=ID_NUMBER, employee_number="A1", actor=actor)
    other = services.create_person(name="李四", actor=actor)
    for values, refusal in (
        ({"id_number": ID_NUMBER}, errors.IdNumberTaken),
        ({"employee_number": "A1"}, errors.EmployeeNumberTaken),
    ):
        with pytest.raises(refusal) as caught:
            services.update_person(person_id=other.pk, values=values, actor=actor)
        assert caught.value.fields[0].pointer == f"/{next(iter(values))}"
    other.refresh_from_db()
    assert (other.id_number_index, other.employee_number) == (None, None)


def test_of_two_editors_one_wins_and_the_other_learns_what_changed(actor):
    person = services.create_person(name="张三", title="委员", actor=actor)
    services.update_person(person_id=person.pk, values={"title": "书记", "phone": PHONE}, version=1, actor=actor)
    with pytest.raises(errors.PersonChanged) as caught:
        services.update_person(person_id=person.pk, values={"title": "干事"}, version=1, actor=actor)
    assert {fault.pointer for fault in caught.value.fields} == {"/title", "/phone"}
    person.refresh_from_db()
    assert (person.title, person.version) == ("书记", 2)


def test_a_change_is_taken_back_once_and_not_over_a_later_one(actor):
    person = services.create_person(name="张三", title="委员", phone=PHONE, actor=actor)
    services.update_person(person_id=person.pk, values={"title": "书记", "phone": ""}, actor=actor)
    change = person.changes.get(version=2)
    person = services.undo_change(change_id=change.pk, actor=actor)
    assert (person.title, sealing.phone_of(person), person.version) == ("委员", PHONE, 3)
    with pytest.raises(errors.ChangeUnknown):
        services.undo_change(change_id=change.pk, actor=actor)
    with pytest.raises(errors.ChangeFixed):
        services.undo_change(change_id=person.changes.get(version=1).pk, actor=actor)
    services.update_person(person_id=person.pk, values={"title": "副书记"}, actor=actor)
    services.update_person(person_id=person.pk, values={"title": "主任"}, actor=actor)
    with pytest.raises(errors.PersonChanged) as caught:
        services.undo_change(change_id=person.changes.get(version=4).pk, actor=actor)
    assert [fault.pointer for fault in caught.value.fields] == ["/title"]
    person.refresh_from_db()
    assert person.title == "主任"


def test_leaving_ends_everything_and_coming_back_begins_anew(actor):
    branch = services.create_unit(name="支部", kind="party_branch", actor=actor, on=date(2020, 1, 1))
    person = services.create_person(name="张三", unit_id=branch.pk, on=date(2020, 5, 4), actor=actor)
    services.join(person=person, body="masses", actor=actor)
    post = Post.objects.create(person=person, unit=branch, kind="secretary", started_on=date(2021, 1, 1))
    with pytest.raises(Invalid):
        services.leave(person_id=person.pk, on=date(2999, 1, 1), actor=actor)
    left = services.leave(person_id=person.pk, on=date(2026, 6, 30), state="deceased", reason="病故", actor=actor)
    assert (left.state, left.unit_id) == ("deceased", None)
    assert set(left.memberships.values_list("state", "ended_on")) == {("deceased", date(2026, 6, 30))}
    post.refresh_from_db()
    assert (post.ended_on, post.version) == (date(2026, 6, 30), 2)
    assert list(selectors.list_people()) == []
    with pytest.raises(errors.PersonGone):
        services.update_person(person_id=person.pk, values={"title": "书记"}, actor=actor)
    back = services.come_back(person_id=person.pk, actor=actor)
    assert (back.state, back.left_on) == ("active", None)
    assert services.join(person=back, body="party", unit_id=branch.pk, actor=actor).ended_on is None


# --- Reach ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def branches(actor):
    top = services.create_unit(name="党委", kind="party_committee", actor=actor)
    return [
        services.create_unit(name=name, kind="party_branch", parent_id=top.pk, actor=actor)
        for name in ("一支部", "二支部")
    ]


@pytest.fixture
def branch_secretary(actor, member, branches) -> Actor:
    """Manages people of the first branch only."""
    role = create_role(name="支部书记", permissions=["members.read", "members.manage"], actor=actor)
    assign_role(user=member, role=role.code, unit_path=branches[0].path, actor=actor)
    return Actor.for_user(member)


def test_people_out_of_reach_do_not_exist(branch_secretary, branches, actor):
    own = services.create_person(name="张三", unit_id=branches[0].pk, actor=branch_secretary)
    others = [
        services.create_person(name="李四", unit_id=branches[1].pk, actor=actor),
        services.create_person(name="王五", actor=actor),
    ]
    assert list(selectors.list_people(actor=branch_secretary)) == [own]
    for person in others:
        with pytest.raises(errors.PersonUnknown):
            selectors.get_person(person.pk, actor=branch_secretary)


def test_nobody_is_put_where_ones_reach_ends(branch_secretary, branches, actor):
    own = services.create_person(name="张三", unit_id=branches[0].pk, actor=actor)
    membership = own.memberships.get()
    for attempt in (
        lambda: services.create_person(name="赵六", unit_id=branches[1].pk, actor=branch_secretary),
        lambda: services.create_person(name="赵六", actor=branch_secretary),
        lambda: services.join(person=own, body="masses", actor=branch_secretary),
        lambda: services.change_membership(membership_id=membership.pk, unit_id=branches[1].pk, actor=branch_secretary),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert list(Person.objects.values_list("name", "unit__name")) == [("张三", "一支部")]
    assert Membership.objects.count() == 1
