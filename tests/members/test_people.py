"""The roster: names as pinyin, search, and logins that belong to one person."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiceng.access.actor import Actor
from jiceng.access.services import accept_invite, create_invite
from jiceng.kernel.errors import Invalid
from jiceng.members import errors, names, selectors, services
from jiceng.members.models import Person


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


@pytest.mark.parametrize("name", ["𠮷野家", "䶮", "买买提·吐尔逊"])
def test_rare_characters_are_kept(actor, name):
    assert services.create_person(name=name, actor=actor).name == name


def test_renaming_follows_in_the_keys(actor):
    person = services.create_person(name="张三", actor=actor)
    person = services.update_person(person_id=person.pk, name="曾三", unit_id=None, title="", actor=actor)
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
            services.create_person(name=f"李{Person.objects.count()}", unit_id=top.pk, actor=actor)
        with django_assert_num_queries(1):
            assert [person.unit.name for person in selectors.list_people()] == ["党委"] * wanted
        with django_assert_num_queries(1):
            selectors.unit_tree()
