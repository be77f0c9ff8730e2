"""WeChat through the API: accounts without secrets, bindings without ids at WeChat, pushes without names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access.models import Session
from jiceng.kernel.clock import now
from jiceng.wechat.manifest import BIND, MANAGE
from jiceng.wechat.models import Campaign, Identity, Lane, Push
from jiceng.wechat.services import pushing
from jiceng.wechat.simulator.seeds import SECRET
from tenants.context import tenant_scope
from tests.factories.people import make_api_key
from tests.wechat.conftest import connect, sim, world  # noqa: F401 -- fixtures
from tests.wechat.kit import bound, make_branch

pytestmark = pytest.mark.django_db


def caller(client_for, tenant, *scopes):
    client = client_for(tenant)
    headers = {"Authorization": f"Bearer {make_api_key(tenant, list(scopes))}"}

    def send(method, path, data=None):
        return getattr(client, method)(f"/api/v1{path}", data, content_type="application/json", headers=headers)

    return send


@pytest.fixture
def call(client_for, hongqi):
    return caller(client_for, hongqi, MANAGE, BIND)


@pytest.fixture
def account(connect):  # noqa: F811
    return connect()


@pytest.fixture
def tie(account, world, hongqi):  # noqa: F811
    """王芳's binding; 李强 and 赵敏 have none."""
    with tenant_scope(hongqi):
        return bound(account, world, make_branch().people[0], "p1")


@pytest.fixture
def campaign(tie, hongqi):
    """One push waits, one has failed."""
    with tenant_scope(hongqi):
        made = Campaign.objects.create(kind="notice", category="notices.todo", title="交党费", created_at=now())
        pushing.push_to_people(made, [(tie.person_id, None)], at=now())
        Push.objects.create(
            campaign=made, key="failed", state="failed", channel="custom", due_at=now(), created_at=now()
        )
        return made


class TestAccounts:
    def test_no_secret_is_told(self, call, account):
        answer = call("get", f"/wechat-accounts/{account.pk}")
        assert answer.json()["appid"] == account.appid
        assert answer.json()["paused"] == []
        for name in (
            "secret_sealed",
            "callback_sealed",
            "refresh_token_sealed",
            "route_key",
            SECRET,
            account.route_key,
        ):
            assert name not in answer.content.decode()
        assert call("get", "/wechat-accounts?state=disabled").json()["results"] == []

    def test_what_is_paused(self, call, account, hongqi):
        with tenant_scope(hongqi):
            for channel, hours in (("template", 1), ("custom", -1)):
                lane = {"paused_until": now() + timedelta(hours=hours), "pause_reason": "今天的次数用完了"}
                Lane.objects.update_or_create(account=account, channel=channel, defaults=lane)
        [row] = call("get", "/wechat-accounts").json()["results"]
        [pause] = row["paused"]
        assert (pause["channel"], pause["reason"]) == ("template", "今天的次数用完了")
        assert pause["until"].endswith("Z")

    def test_check(self, call, account):
        answer = call("post", f"/wechat-accounts/{account.pk}/check")
        assert answer.status_code == 200
        assert {"code", "label", "state", "words"} == set(answer.json()["check_result"][0])
        assert answer.json()["checked_at"]

    @pytest.mark.parametrize(("method", "path"), [("post", ""), ("patch", "/{id}"), ("delete", "/{id}")])
    def test_it_is_connected_at_the_desk_only(self, call, account, method, path):
        answer = call(method, f"/wechat-accounts{path}".format(id=account.pk), {"name": "别的"})
        assert answer.status_code == 405


class TestBindings:
    def test_who_has_bound(self, call, tie, account):
        answer = call("get", "/wechat-bindings")
        [row] = answer.json()["results"]
        assert (row["person_name"], row["account"], row["is_following"]) == ("王芳", str(account.pk), True)
        assert tie.openid not in answer.content.decode()
        assert call("get", f"/wechat-bindings/{tie.pk}").json() == row
        assert not {"openid", "unionid"} & set(row)

    def test_filters(self, call, tie, account):
        def count(query):
            return len(call("get", f"/wechat-bindings?{query}").json()["results"])

        assert (count(f"person={tie.person_id}"), count(f"account={account.pk}")) == (1, 1)
        assert (count(f"person={tie.pk}"), count(f"account={tie.pk}")) == (0, 0)
        assert call("get", "/wechat-bindings?openid=x").status_code == 400

    def test_untying_ends_what_was_open(self, call, tie, client_for, hongqi):
        with tenant_scope(hongqi):
            user = Identity.objects.select_related("person__user").get(pk=tie.pk).person.user
        client_for(hongqi).login_as(user)
        assert call("delete", f"/wechat-bindings/{tie.pk}").status_code == 204
        with tenant_scope(hongqi):
            assert Identity.objects.get(pk=tie.pk).person_id is None
            assert not Session.objects.filter(user=user).exists()
        assert call("delete", f"/wechat-bindings/{tie.pk}").status_code == 404


class TestCampaigns:
    def test_figures(self, call, campaign):
        [row] = call("get", "/wechat-campaigns?kind=notice&category=notices.todo").json()["results"]
        assert (row["title"], "figures" in row) == ("交党费", False)
        figures = call("get", f"/wechat-campaigns/{campaign.pk}").json()["figures"]
        assert figures == [
            {"state": "failed", "channel": "custom", "count": 1}, {"state": "queued", "channel": "template", "count": 1},
        ]  # fmt: skip

    def test_cancel(self, call, campaign, hongqi):
        answer = call("post", f"/wechat-campaigns/{campaign.pk}/cancel")
        assert answer.status_code == 200
        assert answer.json()["cancelled_at"]
        assert {row["state"] for row in answer.json()["figures"]} == {"failed", "cancelled"}
        again = call("post", f"/wechat-campaigns/{campaign.pk}/cancel")
        assert (again.status_code, again.json()["code"]) == (409, "wechat_campaign_over")
        assert again.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("scope", "refused"), [(BIND, ("accounts", "campaigns")), (MANAGE, ("bindings",)), ("members.read", ("accounts", "bindings", "campaigns"))]
)  # fmt: skip
def test_each_asks_for_its_permission(client_for, hongqi, scope, refused):
    call = caller(client_for, hongqi, scope)
    shut = [name for name in ("accounts", "bindings", "campaigns") if call("get", f"/wechat-{name}").status_code == 403]
    assert tuple(shut) == refused


def test_another_tenants_are_not_there(client_for, dongfeng, account, tie, campaign):
    call = caller(client_for, dongfeng, MANAGE, BIND)
    for name, row in (("accounts", account), ("bindings", tie), ("campaigns", campaign)):
        assert call("get", f"/wechat-{name}").json()["results"] == []
        assert call("get", f"/wechat-{name}/{row.pk}").status_code == 404
    assert call("post", f"/wechat-campaigns/{campaign.pk}/cancel").status_code == 404
    assert call("delete", f"/wechat-bindings/{tie.pk}").status_code == 404
