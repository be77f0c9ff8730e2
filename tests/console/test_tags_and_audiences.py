"""标签, and the form that says whom something is for, with its exact list."""

from __future__ import annotations

import re

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role
from jiceng.audit.models import AuditEntry
from jiceng.console.audience_forms import AudienceForm
from jiceng.kernel.clock import now
from jiceng.members import audiences, services
from jiceng.members.audiences import Clause, Definition
from jiceng.members.models import PersonTag, Tag
from modules.news.services import create_article
from tenants.context import tenant_scope

SYSTEM = Actor.system()


@pytest.fixture
def roster(hongqi, db):
    """Two branches; two people of the same name, one in each; one more in the first."""
    with tenant_scope(hongqi):
        first, second = (
            services.create_unit(name=name, kind="party_branch", actor=SYSTEM) for name in ("第一支部", "第二支部")
        )
        make = lambda name, unit, state: services.create_person(  # noqa: E731
            name=name, unit_id=unit.pk, body="party", state=state, actor=SYSTEM
        )
        return {
            "first": first, "second": second, "wang1": make("王芳", first, "full"), "wang2": make("王芳", second, "full"),
            "li": make("李明", first, "probationary"),
        }  # fmt: skip


@pytest.fixture
def desk(client_for, login, hongqi, people):
    return login(client_for(hongqi), people(hongqi).secretary)


def form_with(hongqi, people, initial=None, **data):
    posted = {f"audience-{name}": value for name, value in data.items()} or None
    return AudienceForm(
        posted, actor=Actor.for_user(people(hongqi).secretary), permission="news.write", initial=initial
    )  # fmt: skip


def preview_url(desk) -> str:
    return re.search(r'hx-post="([^"]+audience/[^"]+)"', desk.get("/console/news/new/").content.decode())[1]


def ask(desk, **data):
    posted = {f"audience-{name}": value for name, value in data.items()}
    return desk.post(preview_url(desk), posted, headers={"HX-Request": "true"})


def test_the_exact_list(desk, roster):
    page = ask(desk, scope="some", units=[str(roster["first"].pk)]).content.decode()
    assert "现在有 2 人，其中 0 人有账号" in page
    assert "李明" in page
    assert page.count("王芳") == 1
    whole = desk.post(preview_url(desk), {"audience-scope": "some", "audience-units": [str(roster["first"].pk)]})
    assert "李明" in whole.content.decode()
    assert "<html" in whole.content.decode()


def test_conditions_hold_together(desk, roster):
    page = ask(desk, scope="some", units=[str(roster["first"].pk)], identity="party:probationary").content.decode()
    assert "现在有 1 人" in page
    assert "王芳" not in page


def test_named_people_come_on_top(desk, roster):
    page = ask(desk, scope="some", units=[str(roster["second"].pk)], names="李明").content.decode()
    assert "现在有 2 人" in page


@pytest.mark.parametrize(
    ("names", "words"),
    [("王芳", "有 2 个“王芳”"), ("张三", "没有找到“张三”"), ("王芳 第三支部", "没有找到“王芳 第三支部”")],
)
def test_names_that_are_nobody_or_several(desk, roster, names, words):
    assert words in ask(desk, scope="some", names=names).content.decode()


def test_nothing_chosen(desk, roster):
    assert "请选择组织" in ask(desk, scope="some").content.decode()


def test_the_list_stays_within_reach(client_for, login, hongqi, people, roster):
    clerk = people(hongqi).stranger
    with tenant_scope(hongqi):
        assign_role(user=clerk, role="editor", actor=SYSTEM, unit_path=roster["first"].path)
    desk = login(client_for(hongqi), clerk)
    assert "李明" in ask(desk, scope="some", units=[str(roster["first"].pk)]).content.decode()
    assert ask(desk, scope="everyone").status_code == 403
    page = ask(desk, scope="some", units=[str(roster["second"].pk)]).content.decode()
    assert "王芳" not in page
    assert desk.post("/console/people/audience/?for=members.manage", {"audience-scope": "everyone"}).status_code == 404


def test_what_was_chosen_comes_back(hongqi, people, roster):
    with tenant_scope(hongqi):
        units = sorted(str(roster[name].pk) for name in ("first", "second"))
        definition = Definition(
            clauses=tuple(sorted([
                *(Clause(unit=unit, body="party", state="full") for unit in units), Clause(person=str(roster["li"].pk)),
            ]))
        )  # fmt: skip
        shown = form_with(hongqi, people, definition)
        given = {
            name: shown.initial[name] for name in ("scope", "units", "identity", "post", "role", "names")
        }  # fmt: skip
        again = form_with(hongqi, people, definition, **given)
        assert again.is_valid(), again.errors
        assert set(again.definition().clauses) == set(definition.clauses)


def test_what_cannot_be_shown_is_kept(hongqi, people, roster):
    with tenant_scope(hongqi):
        definition = Definition(clauses=(Clause(unit=str(roster["first"].pk)), Clause(role="editor")))
        shown = form_with(hongqi, people, definition)
        assert shown.initial["scope"] == "kept"
        again = form_with(hongqi, people, definition, scope="kept")
        assert again.is_valid()
        assert again.definition() == definition


def test_a_tag_from_beginning_to_end(hongqi, desk, roster):
    assert desk.post("/console/people/tags/", {"name": " 骨干 ", "note": "业务骨干"}).status_code == 302
    with tenant_scope(hongqi):
        tag = Tag.objects.get()
    home = f"/console/people/tags/{tag.pk}/"
    assert desk.post(f"{home}people/", {"names": "李明\n王芳 第二支部"}).status_code == 302
    assert "第二支部" in desk.get(home).content.decode()
    with tenant_scope(hongqi):
        definition = audiences.parse({"clauses": [{"tag": str(tag.pk)}]})
        assert audiences.count(definition, at=now()).people == 2
    assert ">2<" in desk.get("/console/people/tags/").content.decode()
    desk.post(f"{home}people/", {"person": str(roster["li"].pk)})
    assert desk.post(home, {"name": "先锋", "note": ""}).status_code == 302
    with tenant_scope(hongqi):
        assert Tag.objects.get().name == "先锋"
        assert [row.person for row in PersonTag.objects.all()] == [roster["wang2"]]
    assert desk.get(f"{home}remove/").status_code == 200
    assert desk.post(f"{home}remove/").status_code == 302
    with tenant_scope(hongqi):
        assert not Tag.objects.exists()
        done = list(AuditEntry.objects.filter(action__startswith="members.tag.").values_list("action", flat=True))
    assert sorted(done) == [f"members.tag.{deed}" for deed in ("changed", "created", "given", "removed", "taken")]


@pytest.mark.parametrize(("data", "status"), [({"name": ""}, 422), ({"name": "长" * 21}, 422), ({"name": "骨干"}, 409)])
def test_bad_tags(hongqi, desk, data, status):
    with tenant_scope(hongqi):
        services.create_tag(name="骨干", actor=SYSTEM, at=now())
    assert desk.post("/console/people/tags/", data).status_code == status
    with tenant_scope(hongqi):
        assert Tag.objects.count() == 1


def test_tags_are_given_within_reach_only(hongqi, people, roster):
    clerk = people(hongqi).stranger
    with tenant_scope(hongqi):
        tag = services.create_tag(name="骨干", actor=SYSTEM, at=now())
        assign_role(user=clerk, role="administrator", actor=SYSTEM, unit_path=roster["first"].path)
        everybody = [roster[name].pk for name in ("wang1", "wang2", "li")]
        assert services.give_tag(tag_id=tag.pk, person_ids=everybody, actor=Actor.for_user(clerk)) == 2
        assert not PersonTag.objects.filter(person=roster["wang2"]).exists()


def test_a_kept_audience_can_be_previewed_too(hongqi, people, roster, desk):
    with tenant_scope(hongqi):
        audience = {"clauses": [{"unit": str(roster["first"].pk)}, {"role": "editor"}]}
        fields = {"column": "releases", "title": "通知", "audience": audience}
        article = create_article(fields=fields, actor=SYSTEM, at=now())
    editor = desk.get(f"/console/news/{article.pk}/").content.decode()
    url = re.search(r'hx-post="([^"]+audience/[^"]+)"', editor)[1]
    page = desk.post(url, {"audience-scope": "kept"}, headers={"HX-Request": "true"}).content.decode()
    assert "现在有 2 人" in page


def test_the_state_is_said_in_words(hongqi, roster):
    with tenant_scope(hongqi):
        assert audiences.describe(Definition(clauses=(Clause(body="party", state="full"),))) == ["正式党员"]


def test_an_exact_unit_beats_a_similar_one(hongqi, people, roster):
    with tenant_scope(hongqi):
        similar = services.create_unit(name="红旗第一支部", kind="party_branch", actor=SYSTEM)
        services.create_person(name="王芳", unit_id=similar.pk, body="party", state="full", actor=SYSTEM)
        services.create_person(name="Anna Li", unit_id=similar.pk, body="party", state="full", actor=SYSTEM)
        form = form_with(hongqi, people, scope="some", names="王芳 第一支部\nAnna Li\nAnna Li 红旗第一支部")
        assert form.is_valid(), form.errors
        assert str(roster["wang1"].pk) in form.cleaned_data["names"]
        assert len(form.cleaned_data["names"]) == 2


def test_who_is_out_of_reach_is_not_named(hongqi, people, roster):
    clerk = people(hongqi).stranger
    with tenant_scope(hongqi):
        assign_role(user=clerk, role="editor", actor=SYSTEM, unit_path=roster["first"].path)
        definition = Definition(clauses=(Clause(person=str(roster["wang2"].pk)),))
        form = AudienceForm(actor=Actor.for_user(clerk), permission="news.write", initial=definition)
        assert form.initial["scope"] == "kept"
