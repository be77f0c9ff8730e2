"""The organisation's own page, its domains, its people, its audit trail, its dashboard."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from django.urls import reverse

from jiceng.access.actor import Actor
from jiceng.audit.models import AuditEntry
from jiceng.audit.services import record
from jiceng.console import figures
from jiceng.members.models import Person, Unit
from jiceng.members.services import create_person, create_unit
from jiceng.shell.trail import harmless, readable
from tenants.context import platform_scope, tenant_scope
from tenants.domains import challenge_record
from tenants.models import Domain, Tenant

URLCONF = "jiceng.config.urls_tenant"


def url(name: str, *args: object, module: str = "console") -> str:
    return reverse(f"console-{module}-{name}", urlconf=URLCONF, args=args)


@pytest.fixture
def office(client_for, login, hongqi, secretary):
    return login(client_for(hongqi), secretary)


def profile(tenant) -> tuple[str, str, str]:
    with platform_scope():
        return Tenant.objects.values_list("name", "theme", "zone").get(pk=tenant.id)


def domains(tenant) -> list[tuple[str, bool]]:
    with platform_scope():
        rows = Domain.objects.filter(tenant=tenant.id).order_by("domain").values_list("domain", "verified_at")
        return [(name, verified is not None) for name, verified in rows]


# --- Profile ----------------------------------------------------------------------------------------------------------
PROFILE = {"name": "红旗街道党工委", "theme": "blue", "zone": "Asia/Urumqi"}


def test_profile_counts_with_the_next_request(office, hongqi):
    office.post(url("organisation_edit"), PROFILE)
    assert profile(hongqi) == ("红旗街道党工委", "blue", "Asia/Urumqi")
    page = office.get(url("organisation_edit")).text
    assert "红旗街道党工委" in page
    assert 'data-accent="blue"' in page
    with tenant_scope(hongqi):
        entry = AuditEntry.objects.get(action="platform.profile.changed")
        assert set(entry.after) == {"name", "theme", "zone"}


def test_saved_unchanged_it_is_confirmed(office, hongqi):
    office.post(url("organisation_edit"), dict(zip(("name", "theme", "zone"), profile(hongqi), strict=True)))
    with tenant_scope(hongqi):
        entry = AuditEntry.objects.get(action__startswith="platform.profile.")
        assert (entry.action, entry.before, entry.after) == ("platform.profile.confirmed", {}, {})
        assert figures.is_organisation_set()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": "\u200b"}, {"name": "长" * 101}, {"name": "坏\x00名"}, {"theme": "red;}body{"},
        {"theme": "purple"}, {"zone": "Mars/Base"}, {"zone": ""},
    ],
)  # fmt: skip
def test_bad_profiles_are_refused(office, hongqi, changes):
    before = profile(hongqi)
    assert office.post(url("organisation_edit"), {**PROFILE, **changes}).status_code == 422
    assert profile(hongqi) == before


@pytest.mark.parametrize("who", ["editor", "member", "stranger"])
def test_others_change_no_profile_and_no_domain(who, request, client_for, login, hongqi):
    before = profile(hongqi), domains(hongqi)
    client = login(client_for(hongqi), request.getfixturevalue(who))
    assert client.post(url("organisation_edit"), PROFILE).status_code == 403
    assert client.post(url("domain_list"), {"domain": "dj.example.gov.cn"}).status_code == 403
    assert (profile(hongqi), domains(hongqi)) == before


# --- Domains ----------------------------------------------------------------------------------------------------------
def test_own_domain_serves_after_its_proof(office, client_for, hongqi, settings):
    office.post(url("domain_list"), {"domain": "DJ.Example.gov.cn."})
    with platform_scope():
        domain = Domain.objects.get(domain="dj.example.gov.cn")
    name, value = challenge_record(domain)
    page = office.get(url("domain_list")).text
    assert name in page
    assert value in page
    assert client_for(hongqi, host=domain.domain).get("/").status_code == 404
    settings.TXT_RESOLVER = "tests.console.resolver.nothing"
    assert "还没有查到" in office.post(url("domain_verify", domain.pk), follow=True).text
    settings.TXT_RESOLVER = "tests.console.resolver.everything"
    office.post(url("domain_verify", domain.pk))
    assert client_for(hongqi, host=domain.domain).get("/login/").status_code == 200
    office.post(url("domain_remove", domain.pk))
    assert client_for(hongqi, host=domain.domain).get("/login/").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "",
        "localhost",
        "127.0.0.1",
        "a",
        "x" * 300,
        "evil.jiceng.test",
        "jiceng.test",
        "http://a.cn",
        "*.a.cn",
        "a b.cn",
    ],
)
def test_bad_domains_are_refused(office, hongqi, name):
    before = domains(hongqi)
    assert office.post(url("domain_list"), {"domain": name}).status_code == 422
    assert domains(hongqi) == before


def test_domains_of_others_cannot_be_taken_or_touched(office, client_for, login, hongqi, dongfeng, people):
    other = login(client_for(dongfeng), people(dongfeng).secretary)
    other.post(url("domain_list"), {"domain": "df.example.edu.cn"})
    with platform_scope():
        foreign = Domain.objects.get(domain="df.example.edu.cn")
    before = domains(dongfeng)
    assert office.post(url("domain_list"), {"domain": "df.example.edu.cn"}).status_code == 409
    assert office.post(url("domain_verify", foreign.pk)).status_code == 404
    assert office.post(url("domain_remove", foreign.pk)).status_code == 404
    assert domains(dongfeng) == before


def test_the_platforms_address_cannot_be_removed(office, hongqi):
    with platform_scope():
        own = Domain.objects.get(domain=hongqi.host)
    before = domains(hongqi)
    assert office.post(url("domain_remove", own.pk)).status_code == 404
    assert domains(hongqi) == before


# --- People -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def tree(hongqi):
    with tenant_scope(hongqi):
        actor = Actor.system()
        top = create_unit(name="党委", kind="party_committee", actor=actor)
        branch = create_unit(name="第一支部", kind="party_branch", parent_id=top.pk, actor=actor)
        person = create_person(name="欧阳华", unit_id=branch.pk, actor=actor)
    return top, branch, person


def roster(tenant) -> tuple:
    with tenant_scope(tenant):
        return (
            sorted(Unit.objects.values_list("name", "path", "kind")),
            sorted(Person.objects.values_list("name", "unit__name", "title")),
        )


def test_people_are_found_while_typing(office, tree):
    def names(**query: str) -> list[str]:
        return [person.name for person in office.get(url("people", module="members"), query).context["page"].rows]

    top, _branch, _person = tree
    assert names(q="oyh") == names(q="ouyang") == names(q="欧阳") == names(unit=str(top.pk)) == ["欧阳华"]
    assert names(q="%") == []
    assert office.get(url("people", module="members"), {"unit": str(uuid.uuid4())}).status_code == 404
    assert office.get(url("people", module="members"), {"cursor": "nonsense"}).status_code == 400


def test_units_and_people_are_made_and_moved(office, hongqi, tree):
    top, branch, person = tree
    office.post(
        url("unit_create", module="members"), {"name": "第二支部", "kind": "party_branch", "parent_id": str(top.pk)}
    )
    office.post(url("unit_edit", branch.pk, module="members"), {"name": "第一党支部", "kind": "party_branch"})
    office.post(url("unit_move", branch.pk, module="members"), {"parent_id": ""})
    office.post(url("person_edit", person.pk, module="members"), {"name": "欧阳华", "title": "书记", "version": "1"})
    office.post(url("people_place", module="members"), {"ids": [str(person.pk)], "unit_id": str(top.pk)})
    office.post(url("person_create", module="members"), {"name": "张三", "unit_id": str(branch.pk), "title": ""})
    units, people = roster(hongqi)
    assert [name for name, _path, _kind in units] == ["党委", "第一党支部", "第二支部"]
    assert people == [("张三", "第一党支部", ""), ("欧阳华", "党委", "书记")]
    office.post(url("unit_remove", branch.pk, module="members"))
    assert len(roster(hongqi)[0]) == 3


def test_bad_input_changes_no_roster(office, hongqi, tree):
    top, branch, _person = tree
    before = roster(hongqi)
    attempts = [
        (url("unit_create", module="members"), {"name": "", "kind": "party_branch"}, 422),
        (url("unit_create", module="members"), {"name": "支部", "kind": "empire"}, 422),
        (url("unit_create", module="members"), {"name": "支部", "kind": "other", "parent_id": str(uuid.uuid4())}, 422),
        (url("unit_create", module="members"), {"name": "党委", "kind": "other"}, 409),
        (url("unit_move", top.pk, module="members"), {"parent_id": str(branch.pk)}, 422),
        (url("unit_remove", branch.pk, module="members"), {}, 409),
        (url("unit_edit", uuid.uuid4(), module="members"), {"name": "某", "kind": "other"}, 404),
        (url("person_create", module="members"), {"name": "长" * 51}, 422),
        (url("person_create", module="members"), {"name": "张三", "unit_id": "1 OR 1=1"}, 422),
    ]
    assert [office.post(path, data).status_code for path, data, _status in attempts] == [row[2] for row in attempts]
    assert roster(hongqi) == before


def test_readers_of_the_roster_change_nothing(client_for, login, hongqi, editor, tree):
    top, branch, person = tree
    client = login(client_for(hongqi), editor)
    before = roster(hongqi)
    assert client.post(url("unit_remove", branch.pk, module="members")).status_code == 403
    assert client.post(url("unit_edit", top.pk, module="members"), {"name": "某", "kind": "other"}).status_code == 403
    assert client.post(url("person_edit", person.pk, module="members"), {"name": "某"}).status_code == 403
    assert roster(hongqi) == before


def test_invited_person_gets_the_login(office, client_for, hongqi, tree):
    person = tree[2]
    page = office.post(
        url("person_invite", person.pk, module="members"), {"display_name": "欧阳华", "roles": ["member"], "days": "7"}
    )
    path = "/invite/" + page.context["link"].rpartition("/invite/")[2]
    password = "Qingshan-Lvshui-2036"
    visitor = client_for(hongqi)
    form = visitor.get(path).context["form"]
    answers = dict.fromkeys(form.fields, password) | {"username": "ouyang"}
    visitor.post(path, answers)
    with tenant_scope(hongqi):
        assert Person.objects.select_related("user").get(pk=person.pk).user.username == "ouyang"


# --- Audit trail ------------------------------------------------------------------------------------------------------
@pytest.fixture
def trail(hongqi):
    with tenant_scope(hongqi):
        for number in range(60):
            record(action="members.unit.created", actor=Actor.system("张三"), target_label=f"第{number}条")
        record(action="access.user.disabled", actor=Actor.system("李四"), target_label="=HYPERLINK(1)", note="@SUM(A1)")


def test_trail_is_filtered_and_paged(office, trail):
    def labels(**query: str) -> list[str]:
        return [entry.target_label for entry, *_rest in office.get(url("audit_list"), query).context["rows"]]

    assert labels(actor="李四") == ["=HYPERLINK(1)"]
    assert labels(action="access.user.disabled") == ["=HYPERLINK(1)"]
    assert labels(since="2999-01-01") == []
    first = office.get(url("audit_list"), {"actor": "张三"})
    older = labels(actor="张三", cursor=first.context["next"])
    seen = [entry.target_label for entry, *_rest in first.context["rows"]] + older
    assert seen == [f"第{number}条" for number in reversed(range(60))]


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"cursor": "' OR 1=1"}])
def test_broken_cursors_are_refused(office, trail, query):
    assert office.get(url("audit_list"), query).status_code == 400


@pytest.mark.parametrize(
    "query", [{"since": "2026-02-30"}, {"until": "9999-99-99"}, {"action": "'; --"}, {"actor": "\x00"}]
)
def test_broken_filters_are_told(office, trail, query):
    assert office.get(url("audit_list"), query).context["filters"].errors


def test_export_escapes_formulas_and_is_on_record(office, hongqi, trail):
    response = office.get(url("audit_export"), {"actor": "李四"})
    text = response.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1][1:5] == ["李四", "停用账号", "access.user.disabled", "'=HYPERLINK(1)"]
    assert rows[1][7] == "'@SUM(A1)"
    assert len(rows) == 2
    with tenant_scope(hongqi):
        assert AuditEntry.objects.get(action="audit.trail.exported").after == {"rows": 1}


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "　=1"])
def test_cells_that_could_be_formulas_are_quoted(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "张三", "a=1", "1-2"])
def test_other_cells_stay(cell):
    assert harmless(cell) == cell


def test_auditors_read_the_trail_and_nothing_else(client_for, login, hongqi):
    from tests.factories import make_user

    client = login(client_for(hongqi), make_user(hongqi, "shenji", "auditor", display_name="审计"))
    assert client.get(url("audit_list")).status_code == 200
    assert client.get(url("user_list")).status_code == 200
    assert client.get(url("key_list")).status_code == 403
    assert client.get(url("organisation_edit")).status_code == 403


def test_trail_of_another_tenant_is_never_seen(client_for, login, dongfeng, people, trail):
    page = login(client_for(dongfeng), people(dongfeng).secretary).get(url("audit_list"))
    assert "=HYPERLINK(1)" not in page.text
    assert "第1条" not in page.text


def test_states_are_shown_in_words():
    state = {
        "name": "党委",
        "scopes": ["a", "b"],
        "valid_to": None,
        "is_on": True,
        "expires_at": "2026-11-23T00:00:00+00:00",
    }
    assert readable(state) == {
        "名称": "党委", "权限范围": "a、b", "结束": "—", "is_on": "是", "到期": "2026-11-23 08:00",
    }  # fmt: skip


# --- Dashboard --------------------------------------------------------------------------------------------------------
def test_dashboard_counts_and_checks_off(office, hongqi, tree):
    overview = office.get(url("dashboard")).context["overview"]
    tiles = {tile.label: tile.value for tile in overview.tiles}
    assert (tiles["人员"], tiles["组织"]) == (1, 2)
    steps = {step.label: step.is_done for step in overview.steps}
    assert steps["填写单位名称，选择主题颜色"] is False
    assert steps["建立组织架构，录入人员"] is True
    office.post(url("organisation_edit"), PROFILE)
    steps = {step.label: step.is_done for step in office.get(url("dashboard")).context["overview"].steps}
    assert steps["填写单位名称，选择主题颜色"] is True


def test_dashboard_shows_editors_only_what_they_may_open(client_for, login, hongqi, editor):
    overview = login(client_for(hongqi), editor).get(url("dashboard")).context["overview"]
    assert {tile.label for tile in overview.tiles} <= {"人员", "组织", "已发布文章", "黄页条目", "招募中的志愿项目", "逾期的群众求助"}
    assert [chart.title for chart in overview.charts] == ["各组织人数"]


def test_modules_contribute_only_while_they_are_on(office):
    labels = lambda: {tile.label for tile in office.get(url("dashboard")).context["overview"].tiles}  # noqa: E731
    office.post(url("module_switch", "news"), {"on": "1"})
    assert "已发布文章" in labels()
    office.post(url("module_switch", "news"), {"on": "0"})
    assert "已发布文章" not in labels()
