"""Switching modules and changing their settings from the console."""

from __future__ import annotations

import pytest
from django.urls import reverse

from jiceng.audit.models import AuditEntry
from jiceng.kernel.models import ModuleSetting
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tenants.models import ModuleActivation, Plan

URLCONF = "jiceng.config.urls_tenant"
SWITCH = reverse("console-console-module_switch", urlconf=URLCONF, args=["news"])
LIST = reverse("console-console-module_list", urlconf=URLCONF)
SETTINGS = reverse("console-console-settings_edit", urlconf=URLCONF, args=["news"])
# The other fields as the form shows them at first, and what they stand for.
REST = {"comments_need_approval": "on", "sensitive_words": "", "reminders_per_article": "3"}
KEPT = {"comments_need_approval": True, "sensitive_words": [], "reminders_per_article": 3}
RESTORE = reverse("console-console-settings_restore", urlconf=URLCONF, args=["news"])
HISTORY = reverse("console-console-settings_history", urlconf=URLCONF, args=["news"])


@pytest.fixture
def office(client_for, login, hongqi, secretary):
    """The administrator's browser."""
    return login(client_for(hongqi), secretary)


def wishes(tenant) -> dict[str, bool]:
    with platform_scope():
        return dict(ModuleActivation.objects.filter(tenant=tenant.id).values_list("module", "is_on"))


def versions(tenant) -> list[tuple[int, dict]]:
    with tenant_scope(tenant):
        return list(ModuleSetting.objects.order_by("version").values_list("version", "values"))


# --- The switch -------------------------------------------------------------------------------------------------------
def test_switching_shows_and_hides_the_entry_at_once(office, hongqi):
    office.post(SWITCH, {"on": "1"})
    assert modules.why(hongqi.id, "news").enabled
    assert "/console/news/" in office.get(LIST).text
    response = office.post(SWITCH, {"on": "0"}, follow=True)
    assert not modules.why(hongqi.id, "news").enabled
    assert "/console/news/" not in response.text
    assert "已关闭“新闻聚焦”" in response.text
    assert office.get("/console/news/").status_code == 404


def test_switch_is_audited_with_its_author(office, hongqi):
    office.post(SWITCH, {"on": "0"})
    office.post(SWITCH, {"on": "1"})
    with tenant_scope(hongqi):
        entry = AuditEntry.objects.filter(action="platform.module.switched").first()
        assert (entry.actor_name, entry.before, entry.after) == ("书记", {"state": "off"}, {"state": "on"})


@pytest.mark.parametrize("data", [{}, {"on": "2"}, {"on": "true"}, {"on": ""}])
def test_malformed_switch_changes_nothing(office, hongqi, data):
    before = wishes(hongqi)
    assert office.post(SWITCH, data).status_code == 302
    assert wishes(hongqi) == before


@pytest.mark.parametrize("code", ["console", "access", "members"])
def test_platform_parts_cannot_be_switched_off(office, hongqi, code):
    before = wishes(hongqi)
    url = reverse("console-console-module_switch", urlconf=URLCONF, args=[code])
    assert office.post(url, {"on": "0", "cascade": "on"}).status_code == 409
    assert wishes(hongqi) == before


def test_unknown_module_is_not_found(office):
    url = reverse("console-console-module_switch", urlconf=URLCONF, args=["nothing"])
    assert office.post(url, {"on": "1"}).status_code == 404
    assert office.get(reverse("console-console-module_detail", urlconf=URLCONF, args=["nothing"])).status_code == 404


def test_module_outside_the_plan_cannot_be_switched_on(office, hongqi):
    with platform_scope():
        Plan.objects.filter(pk=hongqi.plan).update(modules=["nothing"])
    before = wishes(hongqi)
    assert office.post(SWITCH, {"on": "1"}).status_code == 403
    assert wishes(hongqi) == before
    page = office.get(LIST).text
    assert "套餐未包含" in page
    assert "不包含这个模块" in page


@pytest.mark.parametrize("who", ["editor", "member", "stranger"])
def test_others_cannot_switch(who, request, client_for, login, hongqi):
    before = wishes(hongqi)
    client = login(client_for(hongqi), request.getfixturevalue(who))
    assert client.post(SWITCH, {"on": "0"}).status_code == 403
    assert client.post(SETTINGS, {"stage": "save", "version": "0", "articles_per_page": "7", **REST}).status_code == 403
    assert client.post(RESTORE, {"version": "0", "expected": "0"}).status_code == 403
    assert wishes(hongqi) == before
    assert versions(hongqi) == []


def test_dependants_are_asked_about_before_they_are_switched_off(office, hongqi, dependent_module):
    office.post(SWITCH, {"on": "1"})
    url = reverse("console-console-module_switch", urlconf=URLCONF, args=[dependent_module])
    office.post(url, {"on": "1"})
    response = office.post(SWITCH, {"on": "0"}, follow=True)
    assert "“读书会”依赖它，也会一并关闭" in response.text
    assert modules.why(hongqi.id, "news").enabled
    office.post(SWITCH, {"on": "0", "cascade": "on"})
    assert not modules.why(hongqi.id, "news").enabled
    assert not modules.why(hongqi.id, dependent_module).enabled
    assert wishes(hongqi)[dependent_module] is False


def test_needs_are_switched_on_along(office, hongqi, dependent_module):
    office.post(SWITCH, {"on": "0"})
    url = reverse("console-console-module_switch", urlconf=URLCONF, args=[dependent_module])
    response = office.post(url, {"on": "1"}, follow=True)
    assert "“新闻聚焦”也会一并开启" in response.text
    office.post(url, {"on": "1", "cascade": "on"})
    assert modules.why(hongqi.id, "news").enabled
    assert modules.why(hongqi.id, dependent_module).enabled


@pytest.fixture
def dependent_module(monkeypatch) -> str:
    """A module that needs news, only declared."""
    from jiceng.kernel import registry
    from jiceng.kernel.manifest import Manifest
    from jiceng.kernel.registry import Registry

    added = Manifest(code="bookclub", name="读书会", category="special", summary="测试", needs=("news",))
    extended = Registry((*registry.load().manifests, added))
    monkeypatch.setattr(registry, "load", lambda: extended)
    return "bookclub"


# --- The catalogue ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("group", "headings"),
    [
        ("category", ["核心服务", "生活服务", "平台"]),
        ("audience", ["党", "工", "青", "妇", "群众"]),
        ("service", ["信息推送", "教育培训", "资源整合"]),
    ],
)
def test_catalogue_is_grouped_three_ways(office, group, headings):
    page = office.get(LIST, {"group": group})
    assert [shown.label for shown in page.context["groups"]] == headings


def test_unknown_grouping_falls_back(office):
    assert office.get(LIST, {"group": "'; --"}).context["grouping"] == "category"


# --- Settings ---------------------------------------------------------------------------------------------------------
def test_form_is_generated_with_bounds_and_help(office):
    page = office.get(SETTINGS)
    form = page.context["form"]
    assert [field.name for field in form.visible_fields()] == [
        "show_read_count", "articles_per_page", "comments_need_approval", "sensitive_words", "reminders_per_article",
    ]  # fmt: skip
    assert "可填 5 到 50。" in page.text
    assert "在手机文章页显示已读人数。" in page.text


def test_preview_shows_the_difference_and_writes_nothing(office, hongqi):
    page = office.post(SETTINGS, {"stage": "preview", "version": "0", "articles_per_page": "20", **REST})
    assert page.status_code == 200
    assert page.context["before"] == {"显示阅读人数": "是", "每页文章数": "10"}
    assert page.context["after"] == {"显示阅读人数": "否", "每页文章数": "20"}
    assert versions(hongqi) == []


def test_saved_settings_are_a_new_version_with_its_author(office, hongqi):
    response = office.post(SETTINGS, {"stage": "save", "version": "0", "articles_per_page": "20", **REST}, follow=True)
    assert "第 1 版" in response.text
    assert versions(hongqi) == [(1, {"show_read_count": False, "articles_per_page": 20, **KEPT})]
    with tenant_scope(hongqi):
        entry = AuditEntry.objects.get(action="platform.settings.changed")
        assert (entry.actor_name, entry.target) == ("书记", "news")
        assert entry.before == {"show_read_count": True, "articles_per_page": 10}
        assert entry.after == {"show_read_count": False, "articles_per_page": 20}


@pytest.mark.parametrize(
    "value", ["4", "51", "-1", "1.5", "NaN", "1e9", "", "十", "9" * 400, "<script>", "5; DROP TABLE"]
)
@pytest.mark.parametrize("stage", ["preview", "save"])
def test_values_out_of_bounds_are_refused(office, hongqi, stage, value):
    response = office.post(SETTINGS, {"stage": stage, "version": "0", "articles_per_page": value, **REST})
    assert response.status_code == 422
    assert "articles_per_page" in response.context["form"].errors
    assert versions(hongqi) == []


@pytest.mark.parametrize("stage", ["preview", "save", "edit", ""])
def test_unknown_keys_are_refused(office, hongqi, stage):
    data = {"stage": stage, "version": "0", "articles_per_page": "20", **REST, "is_admin": "1"}
    assert office.post(SETTINGS, data).status_code == 400
    assert versions(hongqi) == []


def test_somebody_faster_is_noticed(office, hongqi):
    office.post(SETTINGS, {"stage": "save", "version": "0", "articles_per_page": "20", **REST})
    stale = {"version": "0", "articles_per_page": "30", **REST}
    preview = office.post(SETTINGS, {"stage": "preview", **stale})
    assert preview.context["is_stale"]
    assert 'value="save"' not in preview.text
    assert office.post(SETTINGS, {"stage": "save", **stale}).status_code == 409
    assert [number for number, _values in versions(hongqi)] == [1]


def test_old_versions_can_be_restored(office, hongqi):
    office.post(SETTINGS, {"stage": "save", "version": "0", "articles_per_page": "20", **REST, "show_read_count": "on"})
    office.post(SETTINGS, {"stage": "save", "version": "1", "articles_per_page": "30", **REST})
    office.post(RESTORE, {"version": "1", "expected": "2"})
    office.post(RESTORE, {"version": "0", "expected": "3"})
    assert [values["articles_per_page"] for _number, values in versions(hongqi)] == [20, 30, 20, 10]
    assert [row["version"].version for row in office.get(HISTORY).context["versions"]] == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("data", "status"),
    [({"version": "9", "expected": "1"}, 404), ({"version": "1", "expected": "0"}, 409), ({"version": "x"}, 302)],
)
def test_restoring_nonsense_changes_nothing(office, hongqi, data, status):
    office.post(SETTINGS, {"stage": "save", "version": "0", "articles_per_page": "20", **REST})
    assert office.post(RESTORE, data).status_code == status
    assert len(versions(hongqi)) == 1


def test_other_tenants_settings_stay(office, hongqi, dongfeng):
    office.post(SETTINGS, {"stage": "save", "version": "0", "articles_per_page": "20", **REST})
    assert len(versions(hongqi)) == 1
    assert versions(dongfeng) == []
