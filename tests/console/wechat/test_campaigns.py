"""微信推送: counted for a page at once, shown with reasons and codes, stopped and sent again."""

from __future__ import annotations

import re

import pytest

from jiceng.kernel.clock import now
from jiceng.wechat.models import Campaign, Lane, Push
from tenants.context import tenant_scope

pytestmark = pytest.mark.django_db
STATES = ("queued", "sending", "sent", "delivered", "unknown", "failed", "skipped")


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def make(account, branch, hongqi):
    """``make("sent", "failed")``: a campaign with a push in each state."""

    def build(*states, title="召开党员大会", key=None):
        with tenant_scope(hongqi):
            made = Campaign.objects.create(kind="notice", key=key, title=title, created_at=now())
            for number, state in enumerate(states):
                Push.objects.create(
                    campaign=made, person=branch.people[number % 3], account=account, channel="template", state=state,
                    key=f"{made.pk.hex[-12:]}{number}", due_at=now(), created_at=now(),
                )  # fmt: skip
            return made

    return build


class TestList:
    def test_figures(self, desk, make):
        made = make(*STATES)
        page = desk.get("/console/wechat/campaigns/")
        assert page.context["rows"] == [(made, {"total": 7, "reached": 2, "live": 2, "missed": 3})]

    def test_one_query_counts_a_page(self, desk, make, django_assert_max_num_queries):
        for number in range(5):
            make("sent", title=f"第 {number} 条")
        desk.get("/console/wechat/campaigns/")
        with django_assert_max_num_queries(30) as few:
            desk.get("/console/wechat/campaigns/")
        for number in range(20):
            make("sent", "failed", title=f"又一条 {number}")
        with django_assert_max_num_queries(len(few)):
            desk.get("/console/wechat/campaigns/")

    def test_search(self, desk, make):
        make("sent", title="召开党员大会"), make("sent", title="交党费")
        found = text(desk.get("/console/wechat/campaigns/?q=党费"))
        assert "交党费" in found
        assert "召开党员大会" not in found
        assert "没有找到" in text(desk.get("/console/wechat/campaigns/?q=%00没有"))
        assert "还没有推送" not in found

    def test_a_pause_is_told_in_words(self, desk, account, hongqi):
        with tenant_scope(hongqi):
            lane = {"paused_until": now().replace(year=2099), "pause_reason": "今天的条数用完了"}
            Lane.objects.update_or_create(account=account, channel="template", defaults=lane)
        assert f"{account.name} 模板消息 暂停发送：今天的条数用完了" in text(desk.get("/console/wechat/campaigns/"))


class TestOne:
    def test_reasons_and_codes(self, desk, make, hongqi):
        made = make("failed")
        with tenant_scope(hongqi):
            trail = [{"channel": "wecom", "reason": "no_identity"}]
            Push.objects.update(errcode=43004, detail="需要接收者关注", trail=trail)
        page = text(desk.get(f"/console/wechat/campaigns/{made.pk}/"))
        assert "需要接收者关注；企业微信：没有绑定" in page
        assert "错误码 43004" in page
        assert "王芳" in page

    @pytest.mark.parametrize(
        ("states", "is_live"), [(("queued", "sent"), True), (("sending",), True), (("sent", "failed"), False)]
    )
    def test_it_refreshes_while_something_is_on_its_way(self, desk, make, states, is_live):
        url = f"/console/wechat/campaigns/{make(*states).pk}/"
        part = text(desk.get(url, HTTP_HX_REQUEST="true"))
        assert part.startswith('<div class="stack" id="figures"')
        assert ('hx-trigger="every 3s"' in part) is is_live

    def test_by_state(self, desk, make):
        url = f"/console/wechat/campaigns/{make('sent', 'failed').pk}/"
        assert [row.state for row, _trail in desk.get(f"{url}?state=failed").context["rows"]] == ["failed"]
        assert len(desk.get(f"{url}?state=nothing").context["rows"]) == 2

    def test_what_is_unknown_goes_again_with_a_warning(self, desk, make, hongqi):
        url = f"/console/wechat/campaigns/{make('unknown', 'sent').pk}/"
        page = text(desk.get(url))
        assert "有人可能收到两次" in re.sub(r'data-confirm="[^"]*"', "", page)
        desk.post(f"{url}again/")
        with tenant_scope(hongqi):
            assert sorted(Push.objects.values_list("state", flat=True)) == ["queued", "sent"]
        assert desk.post(f"{url}again/").status_code == 409
        desk.post(f"{url}cancel/")
        assert f"{url}again/" not in text(desk.get(url))

    def test_unknown_address(self, desk, account):
        assert desk.get(f"/console/wechat/campaigns/{account.pk}/").status_code == 404
