"""微信咨询: who waits, what was said, and what became of each answer."""

from __future__ import annotations

import pytest

from jiceng.kernel.clock import now
from jiceng.wechat.models import Conversation, Identity, Push, Remark
from jiceng.wechat.services import conversations
from tenants.context import tenant_scope
from tests.wechat.kit import SYSTEM

pytestmark = pytest.mark.django_db
POLLS = 'hx-trigger="every 5s"'


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def url(talk) -> str:
    return f"/console/wechat/conversations/{talk.pk}/"


class TestList:
    def test_a_row(self, desk, talk, account):
        page = text(desk.get("/console/wechat/conversations/"))
        for shown in ("王芳", "第一党支部", account.name, "&lt;b&gt;请问&lt;/b&gt;", "等待"):
            assert shown in page

    def test_tabs_keep_the_search(self, desk, talk):
        page = desk.get("/console/wechat/conversations/?q=王芳%26x")
        assert page.context["tabs"][1]["url"] == "?show=answered&q=%E7%8E%8B%E8%8A%B3%26x"
        assert "没有找到" in text(page)

    def test_nothing_waits(self, desk, account):
        assert "都回复完了" in text(desk.get("/console/wechat/conversations/"))
        assert desk.get("/console/wechat/conversations/?show=x&cursor=x").status_code == 200

    def test_a_stranger_has_no_name(self, desk, talk, hongqi):
        with tenant_scope(hongqi):
            Conversation.objects.update(person=None)
        assert "未绑定的关注者" in text(desk.get("/console/wechat/conversations/"))


class TestThread:
    def test_it_asks_again_only_while_there_is_something_to_wait_for(self, desk, url, hongqi):
        assert POLLS in text(desk.get(url))
        desk.post(url, {"text": "请到一楼"})
        assert POLLS in text(desk.get(url))
        with tenant_scope(hongqi):
            Push.objects.update(state="sent")
        assert POLLS not in text(desk.get(url))

    @pytest.mark.parametrize(
        ("state", "said"),
        [
            ("delivered", "已用客服消息送达"), ("sent", "已用客服消息发出"), ("sending", "正在发送"), ("unknown", "不能确定是否送达"),
            ("failed", "没有送到微信（回复超时；企业微信：没有绑定）"),
            ("skipped", "没有送到微信（回复超时；企业微信：没有绑定）"), ("cancelled", "已取消推送"),
        ],
    )  # fmt: skip
    def test_what_became_of_an_answer(self, desk, url, hongqi, state, said):
        desk.post(url, {"text": "请到一楼"})
        with tenant_scope(hongqi):
            trail = [{"channel": "wecom", "reason": "no_identity"}]
            Push.objects.update(state=state, channel="custom", detail="回复超时", trail=trail)
        page = text(desk.get(url, HTTP_HX_REQUEST="true"))
        assert said in page
        if state in ("delivered", "sent"):
            assert "没有绑定" not in page

    def test_which_way_is_open(self, desk, url, hongqi):
        assert "现在回复会直接出现在对方的聊天里" in text(desk.get(url))
        with tenant_scope(hongqi):
            Identity.objects.update(message_until=None, event_until=None)
        assert "超过 48 小时" in text(desk.get(url))

    def test_pictures_and_markup(self, desk, url, talk, hongqi):
        with tenant_scope(hongqi):
            conversations.hear(identity=talk.identity, facts={"MsgType": "image", "MediaId": "secret-media"}, at=now())
        page = text(desk.get(url))
        assert "［图片］" in page
        assert "<b>请问</b>" not in page
        assert "secret-media" not in page

    @pytest.mark.parametrize("given", ["", "   ", "长" * 601, "\x00"])
    def test_bad_answers(self, desk, url, hongqi, given):
        assert desk.post(url, {"text": given}).status_code == 422
        with tenant_scope(hongqi):
            assert Remark.objects.filter(side="staff").count() == 0

    def test_what_is_closed_stays_so(self, desk, url, talk, hongqi):
        with tenant_scope(hongqi):
            conversations.close(conversation_id=talk.pk, actor=SYSTEM, at=now())
        page = text(desk.get(url))
        assert "这次咨询已办结" in page
        assert POLLS not in page
        assert desk.post(url, {"text": "还有一句"}).status_code == 409
        with tenant_scope(hongqi):
            assert Remark.objects.count() == 1

    def test_another_branch_does_not_see_it(self, other_desk, url, talk, hongqi):
        assert "王芳" not in text(other_desk.get("/console/wechat/conversations/?show=all"))
        assert other_desk.get(url).status_code == 404
        assert other_desk.post(url, {"text": "你好"}).status_code == 404
        assert other_desk.post(f"{url}close/").status_code == 404
        with tenant_scope(hongqi):
            assert Conversation.objects.get().state == "waiting"
