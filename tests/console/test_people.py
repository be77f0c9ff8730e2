"""The console's pages about people: what they show to whom, and what their forms do."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.urls import reverse

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role
from jiceng.members import sealing, services
from jiceng.members.models import Disclosure, Membership, Person
from tenants.context import tenant_scope

URLCONF = "jiceng.config.urls_tenant"
PHONE, ID_NUMBER = "13800138000", "11010519491231002X"


def url(name: str, *args: object) -> str:
    return reverse(f"console-members-{name}", urlconf=URLCONF, args=args)


@pytest.fixture
def office(client_for, login, hongqi, secretary):
    return login(client_for(hongqi), secretary)


@pytest.fixture
def roster(hongqi) -> dict:
    """Two branches and a department; 张三 is in the first branch and the department, 李四 in the second branch."""
    with tenant_scope(hongqi):
        actor = Actor.system("系统")
        units = {
            name: services.create_unit(name=name, kind=kind, on=date(2020, 1, 1), actor=actor)
            for name, kind in (("一支部", "party_branch"), ("二支部", "party_branch"), ("综合科", "department"))
        }
        first = services.create_person(
            name="张三", unit_id=units["一支部"].pk, phone=PHONE, id_number=ID_NUMBER, title="委员", actor=actor
        )
        services.join(person=first, body="staff", unit_id=units["综合科"].pk, actor=actor)
        second = services.create_person(name="李四", unit_id=units["二支部"].pk, actor=actor)
    return {"units": units, "first": first, "second": second, "actor": actor}


@pytest.fixture
def branch_office(client_for, login, hongqi, member, roster):
    """Somebody who manages people of the first branch, and nothing else."""
    with tenant_scope(hongqi):
        codes = ["console.view", "members.read", "members.manage", "members.read_sensitive"]
        role = create_role(name="支部书记", permissions=codes, actor=roster["actor"])
        assign_role(user=member, role=role.code, unit_path=roster["units"]["一支部"].path, actor=roster["actor"])
    return login(client_for(hongqi), member)


def everything(tenant) -> tuple:
    with tenant_scope(tenant):
        return (
            list(
                Person.objects.order_by("pk").values_list(
                    "name", "title", "state", "version", "unit__name", "merged_into"
                )
            ),
            list(
                Membership.objects.order_by("pk").values_list("person__name", "body", "state", "unit__name", "version")
            ),
            Disclosure.objects.count(),
        )


# --- The list ---------------------------------------------------------------------------------------------------------
def test_list_masks_numbers_and_shows_what_people_belong_to(office, roster):
    page = office.get(url("people"))
    assert "138****8000" in page.text
    assert PHONE not in page.text
    marks = {row.person.name: [mark.label for mark in row.badges] for row in page.context["rows"]}
    assert marks == {"张三": ["正式党员", "在职"], "李四": ["正式党员"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": PHONE}, ["张三"]), ({"q": "8000"}, ["张三"]), ({"q": "ls"}, ["李四"]), ({"belonging": "staff"}, ["张三"]),
        ({"belonging": "party:full"}, ["李四", "张三"]), ({"belonging": "party:probationary"}, []),
        ({"state": "left"}, ["王五"]), ({"state": "all"}, ["李四", "王五", "张三"]), ({"unit": "二支部"}, ["李四"]),
        ({"unit": "综合科", "belonging": "party"}, []), ({"belonging": "empire"}, ["李四", "张三"]), ({"belonging": "none"}, []),
        ({"belonging": "none", "state": "all"}, ["王五"]),
    ],
    ids=str,
)  # fmt: skip
def test_list_is_filtered(office, hongqi, roster, query, found):
    with tenant_scope(hongqi):
        gone = services.create_person(name="王五", actor=roster["actor"])
        services.leave(person_id=gone.pk, on=date(2026, 1, 1), actor=roster["actor"])
    if "unit" in query:
        query = {**query, "unit": str(roster["units"][query["unit"]].pk)}
    assert [row.person.name for row in office.get(url("people"), query).context["rows"]] == found


def test_same_queries_for_one_and_three(office, hongqi, roster, django_assert_max_num_queries):
    counts = []
    office.get(url("people"))
    for more in ("王五", "赵六", "钱七"):
        with django_assert_max_num_queries(60) as seen:
            office.get(url("people"))
        counts.append(len(seen))
        with tenant_scope(hongqi):
            services.create_person(name=more, unit_id=roster["units"]["一支部"].pk, phone=PHONE, actor=roster["actor"])
    assert counts[0] == counts[-1]


def test_people_are_placed_together(office, hongqi, roster):
    ids = [str(roster[name].pk) for name in ("first", "second")]
    office.post(url("people_place"), {"ids": ids, "unit_id": str(roster["units"]["二支部"].pk)})
    with tenant_scope(hongqi):
        assert set(Membership.objects.filter(body="party").values_list("unit__name", flat=True)) == {"二支部"}
    before = everything(hongqi)
    assert office.post(url("people_place"), {"ids": ids}).status_code == 422
    assert office.post(url("people_place"), {"ids": ["x"], "unit_id": "x"}).status_code == 302
    assert everything(hongqi) == before


# --- One person -------------------------------------------------------------------------------------------------------
def test_page_tells_everything_and_no_full_number(office, hongqi, roster):
    with tenant_scope(hongqi):
        services.update_person(person_id=roster["first"].pk, values={"phone": "13900139000"}, actor=roster["actor"])
    text = office.get(url("person", roster["first"].pk)).text
    for shown in (
        "张三",
        "委员",
        "139****9000",
        "110***********002X",
        "一支部",
        "综合科",
        "正式党员",
        "138****8000",
        "录入资料",
    ):
        assert shown in text
    for hidden in (PHONE, "13900139000", ID_NUMBER):
        assert hidden not in text


def test_fields_are_saved_and_blank_numbers_stay(office, hongqi, roster):
    person = roster["first"]
    answer = office.post(
        url("person_edit", person.pk),
        {"name": "张三", "title": "书记", "birth_date": "1949-12-31", "ethnicity": "苗族", "phone": "", "version": "1"},
    )
    assert answer.status_code == 302
    with tenant_scope(hongqi):
        person.refresh_from_db()
        assert (person.title, person.ethnicity, person.version) == ("书记", "苗族", 2)
        assert (sealing.phone_of(person), sealing.id_number_of(person)) == (PHONE, ID_NUMBER)
    office.post(url("person_edit", person.pk), {"name": "张三", "clear": ["phone"], "version": "2"})
    with tenant_scope(hongqi):
        person.refresh_from_db()
        assert (sealing.phone_of(person), sealing.id_number_of(person)) == ("", ID_NUMBER)


def test_conflict_shows_the_news_keeps_the_input_and_can_be_settled(office, hongqi, roster):
    person = roster["first"]
    with tenant_scope(hongqi):
        services.update_person(
            person_id=person.pk, values={"title": "书记", "email": "a@example.com"}, actor=roster["actor"]
        )
    typed = {"name": "张三", "title": "副书记", "education": "本科", "email": "", "version": "1"}
    page = office.post(url("person_edit", person.pk), typed)
    assert page.status_code == 409
    assert page.context["conflicts"] == [("职务", "书记", "副书记"), ("电子邮箱", "a@example.com", "")]
    form = page.context["form"]
    shown = {code: form[code].value() for code in ("title", "education", "email")}
    assert shown == {"title": "副书记", "education": "本科", "email": "a@example.com"}
    office.post(url("person_edit", person.pk), {**typed, **shown, "version": page.context["version"]})
    with tenant_scope(hongqi):
        person.refresh_from_db()
        assert (person.title, person.education, person.email) == ("副书记", "本科", "a@example.com")


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""}, {"phone": "123"}, {"id_number": "110105194912310021"}, {"birth_date": "2026-02-30"},
        {"email": "x"}, {"gender": "x"}, {"version": "x"}, {"version": "9" * 30}, {"title": "长" * 61},
    ],
    ids=str,
)  # fmt: skip
def test_bad_values_change_nothing(office, hongqi, roster, values):
    before = everything(hongqi)
    answer = office.post(
        url("person_edit", roster["first"].pk), {"name": "张三", "title": "某", "version": "1", **values}
    )
    assert answer.status_code in (409, 422)
    assert everything(hongqi) == before


def test_a_new_person_belongs_at_once(office, hongqi, roster):
    answer = office.post(
        url("person_create"),
        {"name": "迪丽热巴·迪力木拉提", "unit_id": str(roster["units"]["一支部"].pk), "belonging": "party:probationary",
         "on": "2025-07-01", "phone": "139 0013 9000", "id_number": "", "gender": "female", "is_listed": "on"},
    )  # fmt: skip
    assert answer.status_code == 302
    with tenant_scope(hongqi):
        person = Person.objects.get(name="迪丽热巴·迪力木拉提")
        held = person.memberships.get()
        assert (held.body, held.state, held.started_on) == ("party", "probationary", date(2025, 7, 1))
        assert sealing.phone_of(person) == "13900139000"


def test_memberships_begin_change_and_end(office, hongqi, roster):
    person, units = roster["second"], roster["units"]
    office.post(url("membership_create", person.pk), {"belonging": "staff:regular", "unit_id": str(units["综合科"].pk)})
    with tenant_scope(hongqi):
        party, staff = person.memberships.get(body="party"), person.memberships.get(body="staff")
    office.post(
        url("membership_edit", person.pk, party.pk),
        {"state": "suspended", "unit_id": str(units["一支部"].pk), "note": "调动", "version": "1"},
    )
    office.post(url("membership_edit", person.pk, staff.pk), {"state": "left", "on": "2026-11-01", "version": "1"})
    with tenant_scope(hongqi):
        party.refresh_from_db()
        staff.refresh_from_db()
        assert (party.state, party.unit.name, staff.ended_on) == ("suspended", "一支部", date(2026, 11, 1))
    before = everything(hongqi)
    bad = [
        ({"state": "full", "version": "1"}, 409), ({"state": "applicant", "version": "2"}, 422),
        ({"state": "full", "on": "2999-01-01", "version": "2"}, 422), ({"state": "full"}, 422),
        ({"state": "full", "unit_id": str(units["综合科"].pk), "version": "2"}, 422),
    ]  # fmt: skip
    answers = [office.post(url("membership_edit", person.pk, party.pk), data).status_code for data, _status in bad]
    assert answers == [status for _data, status in bad]
    assert office.get(url("membership_edit", person.pk, staff.pk)).status_code == 404
    assert everything(hongqi) == before


def test_leaving_and_coming_back(office, hongqi, roster):
    person = roster["first"]
    assert office.post(url("person_leave", person.pk), {"state": "left", "on": "2999-01-01"}).status_code == 422
    office.post(url("person_leave", person.pk), {"state": "left", "on": "2026-11-01", "reason": "调出"})
    assert "已离开" in office.get(url("person", person.pk)).text
    office.post(url("person_return", person.pk))
    with tenant_scope(hongqi):
        person.refresh_from_db()
        assert (person.state, person.memberships.filter(ended_on=None).count()) == ("active", 0)


def test_a_change_is_taken_back(office, hongqi, roster):
    person = roster["first"]
    with tenant_scope(hongqi):
        services.update_person(person_id=person.pk, values={"title": "书记"}, actor=roster["actor"])
        change, other = person.changes.get(version=2), roster["second"].changes.get()
    assert office.post(url("change_undo", person.pk, other.pk)).status_code == 404
    office.post(url("change_undo", person.pk, change.pk))
    with tenant_scope(hongqi):
        person.refresh_from_db()
        assert person.title == "委员"
    assert office.post(url("change_undo", person.pk, change.pk)).status_code == 404


# --- Full numbers -----------------------------------------------------------------------------------------------------
def test_numbers_are_shown_once_for_a_reason(office, hongqi, roster):
    where = url("person_reveal", roster["first"].pk)
    assert PHONE not in office.get(where).text
    assert office.post(where, {"fields_wanted": ["phone"], "reason": "看"}).status_code == 422
    page = office.post(where, {"fields_wanted": ["phone"], "reason": "电话核对参会"})
    assert PHONE in page.text
    assert ID_NUMBER not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    with tenant_scope(hongqi):
        assert Disclosure.objects.values_list("fields", "reason").get() == ("phone", "电话核对参会")
    assert "电话核对参会" in office.get(url("person", roster["first"].pk)).text


def test_numbers_are_not_shown_on_an_old_login(office, hongqi, roster):
    with office.scope():
        session = office.session
        session["jc_proved_at"] = 0
        session.save()
    answer = office.post(
        url("person_reveal", roster["first"].pk), {"fields_wanted": ["phone"], "reason": "电话核对参会"}
    )
    assert answer.status_code == 302
    with tenant_scope(hongqi):
        assert not Disclosure.objects.exists()


# --- Duplicates -------------------------------------------------------------------------------------------------------
def test_duplicates_are_found_and_merged(office, hongqi, roster):
    with tenant_scope(hongqi):
        other = services.create_person(name="张叁", phone=PHONE, title="书记", actor=roster["actor"])
    keep = roster["first"]
    assert "张叁" in office.get(url("duplicate_list")).text
    where = url("person_merge", keep.pk, other.pk)
    assert PHONE not in office.get(where).text
    before = everything(hongqi)
    assert office.post(where, {"version": "1", "other_version": "1"}).status_code == 422
    choices = {"name": "keep", "title": "other", "is_listed": "keep"}
    assert office.post(where, {**choices, "version": "7", "other_version": "1"}).status_code == 409
    assert everything(hongqi) == before
    office.post(where, {**choices, "version": "1", "other_version": "1"})
    with tenant_scope(hongqi):
        keep.refresh_from_db()
        assert (keep.name, keep.title) == ("张三", "书记")
    answer = office.get(url("person", other.pk))
    assert (answer.status_code, answer.url) == (302, url("person", keep.pk))


# --- Whose word it takes ----------------------------------------------------------------------------------------------
def pages_of(person: Person, roster: dict) -> list[tuple[str, dict]]:
    membership = person.memberships.get(body="party").pk
    unit = str(roster["units"]["一支部"].pk)
    return [
        (url("person_edit", person.pk), {"name": "某", "version": "1"}),
        (url("person_leave", person.pk), {"state": "left", "on": "2026-01-01"}),
        (url("person_return", person.pk), {}),
        (url("person_invite", person.pk), {"display_name": "某", "roles": ["member"], "days": "7"}),
        (url("membership_create", person.pk), {"belonging": "union:member", "unit_id": unit}),
        (url("membership_edit", person.pk, membership), {"state": "left", "version": "1"}),
        (url("change_undo", person.pk, person.changes.get().pk), {}),
        (url("person_merge", person.pk, roster["first"].pk), {"version": "1", "other_version": "2"}),
    ]


def test_within_ones_reach_and_not_beyond(branch_office, hongqi, roster):
    assert [row.person.name for row in branch_office.get(url("people")).context["rows"]] == ["张三"]
    assert branch_office.get(url("person", roster["first"].pk)).status_code == 200
    before = everything(hongqi)
    with tenant_scope(hongqi):
        attempts = pages_of(roster["second"], roster)
    assert {branch_office.post(path, data).status_code for path, data in attempts} == {404}
    reveal = {"fields_wanted": ["phone"], "reason": "电话核对参会"}
    assert branch_office.post(url("person_reveal", roster["second"].pk), reveal).status_code == 404
    assert branch_office.get(url("person", roster["second"].pk)).status_code == 404
    others = str(roster["units"]["二支部"].pk)
    assert (
        branch_office.post(url("people_place"), {"ids": [str(roster["first"].pk)], "unit_id": others}).status_code
        == 422
    )
    assert branch_office.post(url("person_create"), {"name": "某", "unit_id": others}).status_code == 422
    assert branch_office.post(url("person_create"), {"name": "某"}).status_code == 403
    assert (
        branch_office.post(url("person_leave", roster["first"].pk), {"state": "left", "on": "2026-11-01"}).status_code
        == 403
    )
    assert everything(hongqi) == before


def test_readers_change_nothing(client_for, login, hongqi, editor, roster):
    client = login(client_for(hongqi), editor)
    assert client.get(url("person", roster["first"].pk)).status_code == 200
    assert "修改资料" not in client.get(url("person", roster["first"].pk)).text
    before = everything(hongqi)
    with tenant_scope(hongqi):
        attempts = pages_of(roster["second"], roster)
    assert {client.post(path, data).status_code for path, data in attempts} == {403}
    assert client.get(url("person_reveal", roster["first"].pk)).status_code == 403
    assert everything(hongqi) == before


def test_people_of_another_tenant_do_not_exist(client_for, login, dongfeng, people, roster):
    client = login(client_for(dongfeng), people(dongfeng).secretary)
    for person_id in (roster["first"].pk, uuid.uuid4()):
        assert client.get(url("person", person_id)).status_code == 404
        assert client.post(url("person_edit", person_id), {"name": "某", "version": "1"}).status_code == 404


def test_a_role_is_given_within_the_unit(office, hongqi, roster, member):
    person = roster["first"]
    where = url("role_give", person.pk)
    assert office.get(where).status_code == 404
    with tenant_scope(hongqi):
        services.link_user(person_id=person.pk, user_id=member.pk, actor=roster["actor"])
        path = roster["units"]["一支部"].path
    office.post(where, {"role": "editor", "unit_path": path})
    text = office.get(url("person", person.pk)).text
    assert "编辑" in text
    with tenant_scope(hongqi):
        assert member.assignments.filter(role__code="editor", unit_path=path).exists()
