"""Units in the console: the tree, a unit's page, dragging, restructuring, posts, kinds, past structures."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role
from jiceng.kernel.clock import today
from jiceng.members import services
from jiceng.members.models import Membership, Post, Term, Unit, UnitKind, UnitPeriod
from tenants.context import tenant_scope

FOUNDED = date(2020, 1, 1)
HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name: str, *args: object) -> str:
    return reverse(f"console-members-{name}", urlconf="jiceng.config.urls_tenant", args=args)


@pytest.fixture
def office(client_for, login, hongqi, secretary):
    return login(client_for(hongqi), secretary)


@pytest.fixture
def town(hongqi, db):
    with tenant_scope(hongqi):
        actor = Actor.system()
        make = {"on": FOUNDED, "actor": actor}
        top = services.create_unit(name="红旗党委", kind="party_committee", **make)
        one, two = (
            services.create_unit(name=name, kind="party_branch", parent_id=top.pk, **make)
            for name in ("甲支部", "乙支部")
        )
        union = services.create_unit(name="红旗工会", kind="union", **make)
        zhang = services.create_person(name="张三", unit_id=one.pk, actor=actor)
        li = services.create_person(name="李四", unit_id=two.pk, actor=actor)
    return SimpleNamespace(top=top, one=one, two=two, union=union, zhang=zhang, li=li)


@pytest.fixture
def local(client_for, login, hongqi, member, town):
    """Somebody who manages 甲支部 and nothing else."""
    with tenant_scope(hongqi):
        assign_role(user=member, role="administrator", unit_path=town.one.path, actor=Actor.system())
    return login(client_for(hongqi), member)


def state(tenant) -> list[object]:
    with tenant_scope(tenant):
        models = (Unit, UnitPeriod, Membership, Post, Term, UnitKind)
        return [list(model.objects.order_by("pk").values()) for model in models]


def test_the_tree_shows_one_tree_at_a_time(office, town):
    def shown(query: str = "") -> list[bool]:
        page = office.get(url("people") + query).text
        return [f'title="{name} · ' in page for name in ("甲支部", "红旗工会")]

    assert shown() == [True, False]
    assert shown("?tree=union") == shown(f"?unit={town.union.pk}") == [False, True]
    assert shown("?tree=empire") == [True, False]


def test_dragging_moves_and_says_so(office, hongqi, town):
    answer = office.post(
        url("unit_move", town.two.pk), {"parent_id": str(town.top.pk), "position": "1", "version": "1"}, **HTMX
    )
    assert answer.status_code == 204
    assert "units-changed" in answer["HX-Trigger"]
    with tenant_scope(hongqi):
        children = Unit.objects.filter(parent=town.top)
        assert [child.name for child in children] == ["乙支部", "甲支部"]
    before = state(hongqi)
    for wrong in ({"parent_id": str(town.union.pk)}, {"parent_id": str(town.two.pk)}, {"version": "1"}):
        answer = office.post(
            url("unit_move", town.two.pk), {"parent_id": str(town.top.pk), **wrong, "position": "2"}, **HTMX
        )
        assert answer.status_code == 409
        assert "toast" in answer["HX-Trigger"]
    assert state(hongqi) == before


def test_merging_splitting_and_dissolving(office, hongqi, town):
    page = office.get(url("unit_merge", town.one.pk)).text
    assert "乙支部" in page
    assert "红旗党委</span>" not in page
    office.post(url("unit_merge", town.one.pk), {"other_ids": [str(town.two.pk)], "name": "联合支部", "version": "1"})
    split = {"name": "丙支部", "kind": "party_branch", "person_ids": [str(town.li.pk)]}
    assert office.post(url("unit_split", town.one.pk), {**split, "person_ids": []}).status_code == 422
    office.post(url("unit_split", town.one.pk), split)
    with tenant_scope(hongqi):
        places = dict(Membership.objects.values_list("person__name", "unit__name"))
        assert places == {"张三": "联合支部", "李四": "丙支部"}
    assert office.post(url("unit_dissolve", town.one.pk), {"successor_id": ""}).status_code == 409
    office.post(url("unit_dissolve", town.one.pk), {"successor_id": str(town.top.pk)})
    page = office.get(url("unit_edit", town.one.pk)).text
    assert "只能查看" in page
    assert "并入" in page
    assert '<form method="post" class="card pad form"' not in page
    with tenant_scope(hongqi):
        assert Membership.objects.get(person=town.zhang).unit_id == town.top.pk


def test_posts_and_terms(office, hongqi, town):
    assert "张三" in office.get(url("post_create", town.one.pk)).text
    assert "李四" not in office.get(url("post_create", town.one.pk)).text
    found = url("post_create", town.one.pk) + "?q=lisi"
    assert "李四" in office.get(found).text
    office.post(url("term_create", town.one.pk), {"started_on": "2024-01-01"})
    assert office.post(found, {"person_id": str(town.li.pk), "kind": "secretary"}).status_code == 302
    refused = office.post(url("post_create", town.one.pk), {"person_id": str(town.zhang.pk), "kind": "secretary"})
    assert refused.status_code == 409
    assert "已有在任书记" in refused.text
    with tenant_scope(hongqi):
        post, term = Post.objects.get(), Term.objects.get()
    office.post(url("post_edit", post.pk), {"kind": "secretary", "label": "第一书记", "version": "1"})
    assert "第一书记" in office.get(url("unit_edit", town.one.pk)).text
    office.post(url("term_edit", term.pk), {"ends_on": "2027-12-31"})
    office.post(url("term_end", term.pk), {"on": today().isoformat(), "with_posts": "on"})
    with tenant_scope(hongqi):
        assert Post.objects.get().ended_on == Term.objects.get().ended_on == today()


def test_the_structure_of_a_day(office, hongqi, town):
    with tenant_scope(hongqi):
        services.rename_unit(
            unit_id=town.one.pk, name="甲党支部", kind="party_branch", on=date(2023, 1, 1), actor=Actor.system()
        )
    page = url("unit_as_of")
    assert "甲支部" in office.get(f"{page}?date=2022-12-31").text
    assert "甲党支部" in office.get(f"{page}?date=2023-01-01").text
    assert "甲支部" not in office.get(f"{page}?date={FOUNDED - timedelta(days=1)}").text
    assert office.get(f"{page}?date=never").status_code == 200


def test_crooked_addresses_do_no_harm(office, town):
    assert office.get(url("unit_create") + "?parent=1%20OR%201").status_code == 200
    assert office.get(url("unit_create") + f"?parent={town.zhang.pk}").status_code == 404
    assert office.get(url("people") + "?unit=x&tree=y").status_code == 200


def test_kinds(office, hongqi, town):
    assert "党小组" in office.get(url("kind_list")).text
    office.post(url("kind_create"), {"tree": "party", "label": "网格支部", "term_years": "3", "order": "31"})
    edit = url("kind_edit", "party_group")
    office.post(edit, {"label": "学习小组", "order": "40", "is_active": "on"})
    page = office.get(url("unit_create")).text
    assert "网格支部" in page
    assert "学习小组" in page
    in_use = {"label": "党支部", "order": "30"}
    assert office.post(url("kind_edit", "party_branch"), in_use).status_code == 409
    assert office.get(url("kind_edit", "empire")).status_code == 404


def test_somebody_who_manages_one_branch_sees_and_changes_only_that(local, hongqi, town):
    page = local.get(url("people")).text
    assert "甲支部" in page
    assert "乙支部" not in page
    assert "乙支部" not in local.get(url("unit_as_of")).text
    new = local.get(url("unit_create")).text
    assert "甲支部" in new
    assert "乙支部" not in new
    assert (
        local.post(
            url("unit_create"), {"name": "一小组", "kind": "party_group", "parent_id": str(town.one.pk)}
        ).status_code
        == 302
    )
    with tenant_scope(hongqi):
        post = services.appoint(person_id=town.li.pk, unit_id=town.two.pk, kind="secretary", actor=Actor.system())
        term = services.start_term(unit_id=town.two.pk, started_on=FOUNDED, actor=Actor.system())
    before = state(hongqi)
    for name in (
        "unit_edit",
        "unit_move",
        "unit_remove",
        "unit_merge",
        "unit_split",
        "unit_dissolve",
        "post_create",
        "term_create",
    ):
        assert local.get(url(name, town.two.pk)).status_code == 404
        assert local.post(url(name, town.two.pk), {"name": "某", "kind": "party_branch"}).status_code == 404
    for name, row in (("post_edit", post), ("post_end", post), ("term_edit", term), ("term_end", term)):
        assert local.post(url(name, row.pk), {"on": today().isoformat()}).status_code == 404
    for name, data in (
        ("unit_dissolve", {"successor_id": ""}), ("unit_move", {"parent_id": ""}), ("unit_remove", {}),
        ("unit_merge", {"other_ids": [str(town.two.pk)]}),
    ):  # fmt: skip
        assert local.post(url(name, town.one.pk), data).status_code in (403, 422)
    assert local.post(url("kind_create"), {"tree": "party", "label": "某", "order": "1"}).status_code == 403
    assert state(hongqi) == before


@pytest.mark.parametrize("name", ["people", "unit_as_of"])
def test_as_many_queries_for_three_units_as_for_one(name, office, hongqi, town, django_assert_num_queries):
    office.get(url(name))
    with CaptureQueriesContext(connection) as few:
        office.get(url(name))
    with tenant_scope(hongqi):
        for extra in ("丙支部", "丁支部"):
            services.create_unit(name=extra, kind="party_branch", parent_id=town.top.pk, actor=Actor.system())
    with django_assert_num_queries(len(few)):
        office.get(url(name))
