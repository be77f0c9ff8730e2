"""The module catalogue: seen by every known caller, switched by administrators only, explained."""

from __future__ import annotations

import pytest

NEWS = "/api/v1/modules/news"


@pytest.fixture
def administrator(client_for, api_key, hongqi):
    return client_for(hongqi, key=api_key(hongqi, ["console.manage_modules"]))


@pytest.fixture
def anybody(client_for, api_key, hongqi):
    return client_for(hongqi, key=api_key(hongqi, ["news.read"]))


def switch(client, enabled, url: str = NEWS):
    return client.patch(url, {"enabled": enabled}, content_type="application/json")


def test_the_catalogue(anybody):
    from jiceng.kernel.registry import registry

    rows = anybody.get("/api/v1/modules").json()["results"]
    assert [row["code"] for row in rows] == [manifest.code for manifest in registry.modules]
    news = next(row for row in rows if row["code"] == "news")
    assert news == anybody.get(NEWS).json()
    assert set(news) == {
        "code", "name", "category", "summary", "audiences", "service_types", "needs", "state", "enabled",
    }  # fmt: skip


def test_switching_takes_effect_with_the_next_request(administrator, anybody, refused):
    assert switch(administrator, True).json()["enabled"] is True
    assert anybody.get("/api/v1/news/articles").status_code == 200
    off = switch(administrator, False).json()
    assert (off["state"], off["enabled"]) == ("off", False)
    refused(anybody.get("/api/v1/news/articles"), 403, "module_disabled")
    assert switch(administrator, True).json()["state"] == "on"


def test_switching_is_audited(administrator, hongqi):
    from jiceng.audit.models import AuditEntry
    from tenants.context import tenant_scope

    switch(administrator, True)
    with tenant_scope(hongqi):
        entries = AuditEntry.objects.filter(action="platform.module.switched", target="news")
        assert entries.filter(actor_kind="api_key").count() == 1


@pytest.mark.parametrize("role", ["member", "editor", "stranger"])
def test_others_do_not_switch(client_for, people, hongqi, role, refused):
    client = client_for(hongqi).login_as(getattr(people(hongqi), role))
    before = client.get(NEWS).json()
    refused(switch(client, not before["enabled"]), 403, "forbidden")
    assert client.get(NEWS).json() == before


def test_keys_without_the_scope_do_not_switch(anybody, refused):
    before = anybody.get(NEWS).json()
    refused(switch(anybody, not before["enabled"]), 403, "forbidden")
    assert anybody.get(NEWS).json() == before


def test_an_administrator_may(client_for, secretary, hongqi):
    assert switch(client_for(hongqi).login_as(secretary), True).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"enabled": "true"}, {"enabled": 1}, {"enabled": None}, {"enabled": True, "plan": "x"}]
)
def test_other_bodies(administrator, refused, body):
    before = administrator.get(NEWS).json()
    refused(administrator.patch(NEWS, body, content_type="application/json"), 400, "invalid")
    assert administrator.get(NEWS).json() == before


def test_modules_that_are_none(administrator, refused):
    for url in ("/api/v1/modules/nothing", "/api/v1/modules/nothing/why"):
        refused(administrator.get(url), 404, "module_unknown")
    refused(switch(administrator, True, "/api/v1/modules/nothing"), 404, "module_unknown")
    refused(switch(administrator, False, "/api/v1/modules/access"), 409, "module_always_on")


def test_a_module_that_the_plan_lacks(administrator, hongqi, refused):
    from tenants.context import platform_scope
    from tenants.models import Plan

    with platform_scope():
        Plan.objects.update(modules=["other"])
    refused(switch(administrator, True), 403, "module_unavailable")
    why = administrator.get(f"{NEWS}/why").json()
    assert (why["state"], why["enabled"]) == ("unavailable", False)
    assert why["reasons"]


def test_one_tenants_switch_leaves_the_other_alone(administrator, client_for, api_key, dongfeng):
    neighbour = client_for(dongfeng, key=api_key(dongfeng, ["news.read"]))
    before = neighbour.get(NEWS).json()
    switch(administrator, not before["enabled"])
    assert neighbour.get(NEWS).json() == before
