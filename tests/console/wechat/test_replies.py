"""自动回复: in the order in which they are tried, with the tenant's own pages at hand."""

from __future__ import annotations

import pytest

from jiceng.audit.models import AuditEntry
from jiceng.wechat.models import ReplyRule
from tenants.context import tenant_scope

pytestmark = pytest.mark.django_db
RULE = {
    "trigger": "keyword",
    "words": "地址\r\n在哪\r\n\r\n地址",
    "text": "和平路 1 号",
    "position": "10",
    "is_on": "on",
    "version": "0",
}


def text(response) -> str:
    return response.content.decode()


def test_nothing_yet(desk):
    assert "先设一条“关注时”的欢迎语" in text(desk.get("/console/wechat/replies/"))


def test_grouped_in_order(desk, hongqi):
    with tenant_scope(hongqi):
        for trigger, position, words in (("keyword", 20, "后"), ("keyword", 5, "先"), ("follow", 1, "欢迎")):
            ReplyRule.objects.create(
                trigger=trigger, position=position, words=[words], text=words, is_on=trigger == "follow"
            )
    groups = desk.get("/console/wechat/replies/").context["groups"]
    assert [(label, [row.text for row in rows]) for label, rows in groups] == [
        ("关注时", ["欢迎"]),
        ("收到关键词", ["先", "后"]),
    ]
    page = text(desk.get("/console/wechat/replies/"))
    assert "停用" in page
    assert "启用" in page


@pytest.mark.parametrize("name", ["new", "edit"])
def test_own_pages_are_offered(desk, hongqi, name):
    with tenant_scope(hongqi):
        rule = ReplyRule.objects.create(trigger="keyword", words=["地址"], text="和平路")
    page = text(desk.get(f"/console/wechat/replies/{'new' if name == 'new' else rule.pk}/"))
    assert 'list="wx-pages"' in page
    assert '<option value="/news/">' in page
    assert ("删除这条" in page) is (name == "edit")


def test_words_come_one_to_a_line(desk, hongqi):
    assert desk.post("/console/wechat/replies/new/", RULE).status_code == 302
    with tenant_scope(hongqi):
        rule = ReplyRule.objects.get()
        assert rule.words == ["地址", "在哪"]
        assert AuditEntry.objects.filter(action="wechat.rule.saved").count() == 1
    assert "地址\n在哪</textarea>" in text(desk.get(f"/console/wechat/replies/{rule.pk}/"))


def test_only_for_one_account(desk, account, hongqi):
    desk.post("/console/wechat/replies/new/", {**RULE, "account": str(account.pk)})
    with tenant_scope(hongqi):
        assert ReplyRule.objects.get().account_id == account.pk
    bad = desk.post("/console/wechat/replies/new/", {**RULE, "account": "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e3f"})
    assert bad.status_code == 422


def test_what_is_gone_is_not_there(desk, account):
    assert desk.get(f"/console/wechat/replies/{account.pk}/").status_code == 404
    assert desk.post(f"/console/wechat/replies/{account.pk}/remove/").status_code == 404
