"""通讯录 on the phone: three taps to a call, the same queries for one and for many, and nothing beyond the rules."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.access.actor import Actor
from jiceng.members import services
from jiceng.members.models import Disclosure, Person
from tenants.context import tenant_scope

PHONE = "13912345678"
SYSTEM = Actor.system("测试")


@pytest.fixture
def roster(hongqi, member):
    """The member in the first branch; 欧阳华 beside them, 张三 in the second."""
    with tenant_scope(hongqi):
        top = services.create_unit(name="机关党委", kind="party_committee", actor=SYSTEM)
        first, second = (
            services.create_unit(name=name, kind="party_branch", parent_id=top.pk, actor=SYSTEM)
            for name in ("第一党支部", "第二党支部")
        )
        viewer = services.create_person(name="成员", unit_id=first.pk, actor=SYSTEM)
        services.link_user(person_id=viewer.pk, user_id=member.pk, actor=SYSTEM)
        near = services.create_person(name="欧阳华", unit_id=first.pk, title="工程师", phone=PHONE, actor=SYSTEM)
        far = services.create_person(name="张三", unit_id=second.pk, phone="13800005678", actor=SYSTEM)
    return {"top": top, "first": first, "second": second, "near": near, "far": far}


@pytest.fixture
def phone(client_for, login, hongqi, member, roster):
    return login(client_for(hongqi), member)


def test_three_taps_from_home_to_a_call(phone, roster):
    home = phone.get("/").content.decode()
    assert 'href="/directory/"' in home
    names = phone.get("/directory/").content.decode()
    assert f'href="/directory/{roster["near"].pk}/"' in names
    card = phone.get(f"/directory/{roster['near'].pk}/").content.decode()
    assert f'href="tel:{PHONE}"' in card


def test_masked_phone_is_nowhere_in_the_page(phone, roster):
    pages = [phone.get(path) for path in ("/directory/", f"/directory/{roster['far'].pk}/")]
    pages += [phone.post("/directory/", {"q": words}) for words in ("张三", "5678")]
    for page in pages:
        assert page.status_code == 200
        html = page.content.decode()
        assert "张三" in html
        assert "13800005678" not in html
    assert "138****5678" in pages[1].content.decode()


@pytest.mark.parametrize("words", ["欧阳", "ouyang", "oyh", "5678", PHONE, "139-1234-5678", "工程师"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_search(phone, words, headers):
    page = phone.post("/directory/", {"q": words}, headers=headers)
    assert "欧阳华" in page.content.decode()
    assert ("<html" in page.content.decode()) == (not headers)


def test_search_with_nothing_or_nonsense(phone):
    assert "可以输入" in phone.post("/directory/", {"q": " "}, headers={"HX-Request": "true"}).content.decode()
    assert "没有找到" in phone.post("/directory/", {"q": "%_' OR 1=1\x00"}).content.decode()


def test_units_drill_down_with_the_way_back(phone, roster):
    assert "机关党委" in phone.get("/directory/units/").content.decode()
    top = phone.get(f"/directory/units/{roster['top'].pk}/").content.decode()
    assert f'href="/directory/units/{roster["first"].pk}/"' in top
    assert "2 人" in top
    branch = phone.get(f"/directory/units/{roster['first'].pk}/").content.decode()
    assert "欧阳华" in branch
    assert "张三" not in branch
    assert f'href="/directory/units/{roster["top"].pk}/"' in branch


def test_letters(phone):
    everybody = phone.get("/directory/").content.decode()
    assert re.findall(r'href="\?letter=(\w)"', everybody) == ["C", "O", "Z"]
    one = phone.get("/directory/?letter=O").content.decode()
    assert "欧阳华" in one
    assert "张三" not in one
    assert phone.get("/directory/?letter=<script>").status_code == 200
    assert phone.get("/directory/?cursor=nonsense").status_code == 400


def test_pages_follow_one_another_without_gap(phone, hongqi, roster):
    with tenant_scope(hongqi):
        for number in range(70):
            services.create_person(name=f"王{chr(0x4E00 + number)}", actor=SYSTEM)
    seen, url, rounds = [], "/directory/", 0
    while url:
        html = phone.get(url, headers={"HX-Request": "true"}).content.decode()
        seen += re.findall(r'href="/directory/([0-9a-f-]{36})/"', html)
        following = re.search(r'href="(\?cursor=[^"]+)"', html)
        url = f"/directory/{following.group(1)}" if following else ""
        rounds += 1
    assert rounds == 3
    assert len(seen) == len(set(seen)) == 73


@pytest.mark.parametrize("path", ["/directory/", "/directory/units/{first}/", "search"])
def test_same_queries_for_one_and_for_fifty(phone, hongqi, roster, path):
    path = path.format(first=roster["first"].pk)
    counts = []
    for _round in range(2):
        for _warm in range(2):  # what is shown in full is noted the first time
            with CaptureQueriesContext(connection) as queries:
                page = phone.post("/directory/", {"q": "5678"}) if path == "search" else phone.get(path)
        assert page.status_code == 200
        counts.append(len(queries))
        with tenant_scope(hongqi):
            if not _round:
                for number in range(50):
                    services.create_person(
                        name=f"王{chr(0x4E00 + number)}", unit_id=roster["first"].pk, phone=f"1390{number:03}5678",
                        actor=SYSTEM,
                    )  # fmt: skip
    assert counts[1] <= counts[0] <= 20


def test_each_look_at_a_full_phone_is_noted_for_the_person(phone, hongqi, member, roster):
    for _time in range(2):
        phone.get(f"/directory/{roster['near'].pk}/")
        phone.get(f"/directory/{roster['far'].pk}/")
    with tenant_scope(hongqi):
        noted = Disclosure.objects.get()
    assert (noted.person_id, noted.kind, noted.actor_id) == (roster["near"].pk, "card", str(member.pk))


def test_too_many_cards_get_a_chinese_429(phone, roster):
    path = f"/directory/{roster['far'].pk}/"
    statuses = [phone.get(path).status_code for _time in range(61)]
    assert statuses == [200] * 60 + [429]
    page = phone.get(path)
    assert "稍后再试" in page.content.decode()
    assert int(page.headers["Retry-After"]) <= 600
    assert phone.get("/directory/").status_code == 200


def test_another_tenants_people_do_not_exist(phone, client_for, login, people, dongfeng, roster):
    foreign = login(client_for(dongfeng), people(dongfeng).secretary)
    assert foreign.get(f"/directory/{roster['near'].pk}/").status_code == 404
    assert foreign.get(f"/directory/units/{roster['first'].pk}/").status_code == 404
    for words in ("欧阳", "5678", PHONE):
        assert "欧阳华" not in foreign.post("/directory/", {"q": words}).content.decode()


def test_not_listed_is_not_found(phone, hongqi, roster):
    with tenant_scope(hongqi):
        services.update_person(person_id=roster["near"].pk, values={"is_listed": False}, actor=SYSTEM)
    assert phone.get(f"/directory/{roster['near'].pk}/").status_code == 404
    assert "欧阳华" not in phone.get("/directory/").content.decode()


def test_who_has_no_role_gets_in_nowhere(client_for, login, hongqi, stranger, roster):
    client = client_for(hongqi)
    assert client.get("/directory/").status_code == 302
    login(client, stranger)
    for path in ("/directory/", "/directory/units/", f"/directory/{roster['near'].pk}/"):
        assert client.get(path).status_code == 403
    with tenant_scope(hongqi):
        assert not Disclosure.objects.exists()
        assert Person.objects.filter(pk=roster["near"].pk).exists()
