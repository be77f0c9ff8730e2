"""From a notice to a phone: the plan, the limits, what errors mean, and workers that die."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from jiceng.notices import services as notices
from jiceng.notices.models import Delivery, Notice
from jiceng.wechat import channel
from jiceng.wechat.gateway.policy import RETRY_WAITS_SECONDS
from jiceng.wechat.models import Account, Campaign, Channel, Identity, Lane, Push, PushState, TemplateBinding
from jiceng.wechat.services import campaigns, lanes, rendering, reports, sending
from tenants.context import tenant_scope

from .kit import SYSTEM, bound, make_branch

pytestmark = pytest.mark.django_db
TEMPLATE = "/api.weixin.qq.com/cgi-bin/message/template/send"
DAY = datetime(2031, 5, 6, 3, 0, tzinfo=UTC)  # 11:00 local


@pytest.fixture
def stage(world, connect, hongqi, clock):
    """Three members with WeChat at one account, in the tenant's scope, at eleven in the morning."""
    account = connect()
    with tenant_scope(hongqi), clock(DAY):
        world.shift = DAY.timestamp() - __import__("time").time()
        branch = make_branch()
        players = list(world.people)
        rows = [bound(account, world, person, player) for person, player in zip(branch.people, players, strict=False)]
        yield account, branch, rows


def tell(branch, *, at=DAY, **more):
    """A notice to everybody of the branch, handed over to WeChat."""
    users = [person.user_id for person in branch.people if person.user_id]
    fields = {"category": "wechat.trouble", "title": "召开支部党员大会", "text": "周五下午三点，三楼会议室", "url": "/news/1/", "source": "t:1", **more}
    notice = notices.send(users=users, at=at, **fields)
    notices.deliver_due(at=at)
    return notice


def push_all(account, *, channel="template", at=DAY):
    claimed = sending.claim(account_id=account.pk, channel=channel, at=at)
    if claimed:
        sending.send_claimed(account.pk, channel, claimed)
    return len(claimed)


def states():
    return sorted(Push.objects.values_list("state", flat=True))


def told():
    return sorted(Delivery.objects.filter(channel="wechat").values_list("state", "reason"))


def test_a_notice_reaches_everybody_by_template(stage, world):
    account, branch, _rows = stage
    tell(branch)
    assert told() == [("handed", "")] * 3
    assert push_all(account) == 3
    assert told() == [("sent", "")] * 3
    shown = world.deliveries(channel="template")
    assert len(shown) == 3
    assert shown[0].content["fields"] == [["事项", "召开支部党员大会"], ["时间", "2031年5月6日 11:00"], ["说明", "周五下午三点，三楼会议室"]]
    assert shown[0].content["url"].endswith("/news/1/")
    assert Campaign.objects.count() == 1


def test_the_plan_prefers_wecom_and_records_why_others_were_passed(stage, world, connect_wecom):
    account, branch, _rows = stage
    wecom = connect_wecom()
    bound(wecom, world, branch.people[0], "p1")
    Identity.objects.filter(account=account, person=branch.people[1]).update(is_following=False)
    tell(branch)
    rows = {push.person.name: push for push in Push.objects.select_related("person")}
    assert [rows[name].channel for name in ("王芳", "李强", "赵敏")] == ["wecom", "", "template"]
    assert rows["李强"].state == PushState.SKIPPED
    assert {(step["channel"], step["reason"]) for step in rows["李强"].trail} == {
        ("wecom", "no_identity"), ("template", "not_following"), ("subscription", "no_template"), ("custom", "not_following"),
    }  # fmt: skip
    assert ("skipped", "no_way") in told()
    assert "没有关注" in Delivery.objects.get(state="skipped", reason="no_way").detail
    assert push_all(wecom, channel="wecom") == 1
    assert world.deliveries(channel="wecom")[0].content["title"] == "召开支部党员大会"


def test_not_following_flips_and_takes_the_next_way(stage, world):
    account, branch, rows = stage
    world.tie("p1", account.appid).follows = False
    tell(branch)
    push_all(account)
    assert states() == ["sent", "sent", "skipped"]
    assert Identity.objects.get(pk=rows[0].pk).is_following is False
    world.follow("p1", account.appid)
    assert Identity.objects.get(pk=rows[0].pk).is_following is True


def test_an_open_window_is_used_when_there_is_no_template(stage, world):
    account, branch, _rows = stage
    TemplateBinding.objects.all().delete()
    world.send_text("p1", account.appid, "你好")
    tell(branch)
    assert push_all(account, channel="custom") == 1
    [message] = world.deliveries(channel="custom")
    assert message.content["text"].startswith("召开支部党员大会\n")
    assert Identity.objects.get(openid=message.openid).message_left == 4


def test_a_subscription_is_used_once_for_each_consent(stage, world):
    account, branch, rows = stage
    template = world.accounts[account.appid].templates[0]["template_id"]
    TemplateBinding.objects.update(channel="subscription")
    Identity.objects.filter(pk=rows[0].pk).update(offers={template: 1})
    world.tie("p1", account.appid).offers[template] = 1
    tell(branch)
    push_all(account, channel="subscription")
    assert states() == ["sent", "skipped", "skipped"]
    assert Identity.objects.get(pk=rows[0].pk).offers == {}
    assert len(world.deliveries(channel="subscription")) == 1


@pytest.mark.parametrize(("keyword", "value", "expected"), [
    ("thing1", "一" * 21, "一" * 19 + "…"), ("thing1", "一" * 20, "一" * 20), ("thing1", "a\nb\r\nc", "a b c"), ("thing1", "好😀好", "好 好"),
    ("phrase2", "非常重要的事情", "非常重要…"), ("time3", "2031年5月6日 11:00", "2031年5月6日 11:00"), ("thing1", "", "-"),
    ("character_string4", "x" * 40, "x" * 31 + "…"), ("unknown9", "一" * 30, "一" * 19 + "…"),
])  # fmt: skip
def test_template_fields_fit(keyword, value, expected):
    assert rendering.field(keyword, value) == expected


class TestErrors:
    @pytest.mark.parametrize(("errcode", "state", "seconds"), [(-1, "queued", 1), (45011, "queued", 61), (45009, "queued", 13 * 3600 + 60)])
    def test_waiting(self, stage, world, errcode, state, seconds):
        account, branch, _rows = stage
        tell(branch)
        world.fault("template/send", errcode=errcode, times=1)
        push_all(account)
        row = Push.objects.exclude(errcode=0).filter(attempts__lte=1).order_by("id").first()
        assert (row.state, row.due_at) == (state, DAY + timedelta(seconds=seconds))

    @pytest.mark.parametrize("errcode", [45009, 40164, 48001])
    def test_the_breaker_opens_at_once(self, stage, world, errcode, people):
        account, branch, _rows = stage
        assert people  # an administrator to be told
        tell(branch)
        world.fault("template/send", errcode=errcode, times=1000)
        push_all(account)
        assert world.calls[TEMPLATE] == 1
        assert states() == ["queued"] * 3
        assert sending.claim(account_id=account.pk, channel="template", at=DAY + timedelta(seconds=5)) == []
        assert world.calls[TEMPLATE] == 1
        lane = Lane.objects.get(account=account, channel="template")
        assert lane.paused_until > DAY + timedelta(minutes=5)
        assert lane.pause_reason

    def test_midnight_in_shanghai_ends_a_days_quota(self, stage, world):
        account, branch, _rows = stage
        tell(branch)
        world.fault("template/send", errcode=45009, times=1)
        push_all(account)
        assert push_all(account, at=datetime(2031, 5, 6, 15, 59, tzinfo=UTC)) == 0
        assert push_all(account, at=datetime(2031, 5, 6, 16, 2, tzinfo=UTC)) == 3
        assert states() == ["sent"] * 3

    def test_a_wrong_template_tells_the_administrator_and_goes_another_way(self, stage, world, people, hongqi):
        account, branch, _rows = stage
        assert people(hongqi).secretary
        TemplateBinding.objects.update(template_id="tmpl-unknown-000")
        tell(branch)
        push_all(account)
        assert states() == ["failed"] * 3
        assert Notice.objects.filter(key__startswith="wechat-trouble").count() == 1

    def test_retries_end(self, stage, world):
        account, branch, _rows = stage
        tell(branch)
        world.fault("template/send", errcode=-1, times=1000)
        at = DAY
        for _try in range(len(RETRY_WAITS_SECONDS) + 1):
            push_all(account, at=at)
            at += timedelta(minutes=11)
        assert states() == ["failed"] * 3
        assert told() == [("failed", "")] * 3

    def test_an_answer_that_never_came_is_asked_again_with_the_same_key(self, stage, world):
        """The message went out and the answer was lost: the key keeps it from being shown twice."""
        account, branch, _rows = stage
        tell(branch)
        world.fault("template/send", after=True, http=502, times=3)
        push_all(account)
        assert states() == ["queued"] * 3
        push_all(account, at=DAY + timedelta(seconds=2))
        assert states() == ["sent"] * 3
        assert len(world.deliveries(channel="template")) == 3

    def test_without_a_key_it_is_unknown_and_not_sent_again(self, stage, world):
        account, branch, _rows = stage
        TemplateBinding.objects.all().delete()
        world.send_text("p1", account.appid, "你好")
        tell(branch)
        world.fault("custom/send", after=True, http=502)
        push_all(account, channel="custom")
        assert Push.objects.filter(channel="custom").get().state == PushState.UNKNOWN
        assert push_all(account, channel="custom", at=DAY + timedelta(hours=1)) == 0
        assert len(world.deliveries(channel="custom")) == 1
        assert ("unknown", "") in told()
        campaign = Campaign.objects.get()
        assert campaigns.send_unknown_again(campaign_id=campaign.pk, actor=SYSTEM, at=DAY) == 1

    def test_wecoms_partial_failure_is_told_for_each(self, stage, world, connect_wecom):
        _account, branch, _rows = stage
        wecom = connect_wecom()
        for person, player in zip(branch.people, ("p1", "p2", "p3"), strict=True):
            bound(wecom, world, person, player)
        world.people["p2"].userid = "gone"
        tell(branch)
        assert push_all(wecom, channel="wecom") == 3
        assert world.calls["/qyapi.weixin.qq.com/cgi-bin/message/send"] == 1
        rows = {push.person.name: (push.state, push.channel) for push in Push.objects.select_related("person")}
        assert rows == {"王芳": ("sent", "wecom"), "李强": ("queued", "template"), "赵敏": ("sent", "wecom")}


class TestDeath:
    def test_before_anything_left(self, stage, world):
        """Claimed, committed, killed: after the lease it goes out, once."""
        account, branch, _rows = stage
        tell(branch)
        claimed = sending.claim(account_id=account.pk, channel="template", at=DAY)
        assert len(claimed) == 3
        assert sending.claim(account_id=account.pk, channel="template", at=DAY + timedelta(seconds=60)) == []
        assert push_all(account, at=DAY + timedelta(seconds=121)) == 3
        assert len(world.deliveries(channel="template")) == 3
        assert states() == ["sent"] * 3

    def test_after_all_had_left(self, stage, world):
        """Sent, then killed before the outcome was stored: the same keys again, and nothing is shown twice."""
        from jiceng.wechat.services.transmitting import transmit

        account, branch, _rows = stage
        tell(branch)
        transmit(sending.claim(account_id=account.pk, channel="template", at=DAY), channel="template")
        push_all(account, at=DAY + timedelta(seconds=121))
        assert world.calls[TEMPLATE] == 6
        assert len(world.deliveries(channel="template")) == 3

    def test_wecom_sends_the_same_call_again(self, stage, world, connect_wecom):
        from jiceng.wechat.services.transmitting import transmit

        _account, branch, _rows = stage
        wecom = connect_wecom()
        for person, player in zip(branch.people, ("p1", "p2", "p3"), strict=True):
            bound(wecom, world, person, player)
        tell(branch)
        transmit(sending.claim(account_id=wecom.pk, channel="wecom", at=DAY), channel="wecom")
        tell(branch, title="另一件事", source="t:2", url="/news/2/")
        push_all(wecom, channel="wecom", at=DAY + timedelta(seconds=121))
        assert len(world.deliveries(channel="wecom")) == 6

    def test_where_no_key_helps_it_is_unknown(self, stage, world):
        account, branch, _rows = stage
        TemplateBinding.objects.all().delete()
        world.send_text("p1", account.appid, "你好")
        tell(branch)
        sending.claim(account_id=account.pk, channel="custom", at=DAY)
        push_all(account, channel="custom", at=DAY + timedelta(seconds=121))
        assert Push.objects.filter(channel="custom").get().state == PushState.UNKNOWN
        assert world.deliveries(channel="custom") == []


class TestReports:
    def test_success_and_block(self, stage, world):
        account, branch, _rows = stage
        tell(branch)
        push_all(account)
        one, other, _third = Push.objects.order_by("id")
        reports.report(account, msgid=one.msgid, status="success", at=DAY)
        reports.report(account, msgid=other.msgid, status="failed:user block", at=DAY)
        assert states() == ["delivered", "failed", "sent"]
        assert ("failed", "") in told()

    def test_a_report_before_our_own_commit(self, stage, world):
        account, branch, _rows = stage
        tell(branch)
        from jiceng.wechat.services.transmitting import transmit

        claimed = sending.claim(account_id=account.pk, channel="template", at=DAY)
        results = transmit(claimed, channel="template")
        reports.report(account, msgid=results[claimed[0]].msgid, status="success", at=DAY)
        sending.finish(account_id=account.pk, channel="template", results=results, at=DAY)
        assert states() == ["delivered", "sent", "sent"]


class TestLimits:
    def test_the_bucket_holds_the_rate(self, stage):
        account, _branch, _rows = stage
        lane = Lane(account=account, channel=Channel.TEMPLATE)
        sent, at = 0, DAY
        for _second in range(60):
            count = lanes.refill(lane, at=at)
            lanes.spend(lane, count)
            sent += count
            at += timedelta(seconds=1)
        assert 59 * 30 <= sent <= 60 * 30 + 30 * lanes.BURST_SECONDS

    def test_the_day_turns_over_in_shanghai(self, stage):
        account, _branch, _rows = stage
        lane = Lane(account=account, channel=Channel.TEMPLATE, day=lanes.day_of(DAY), day_count=95_000)
        assert lanes.refill(lane, at=datetime(2031, 5, 6, 15, 59, tzinfo=UTC)) == 0
        assert lanes.refill(lane, at=datetime(2031, 5, 6, 16, 0, tzinfo=UTC)) > 0
        assert lane.day_count == 0

    def test_urgent_ones_go_first(self, stage, world, monkeypatch):
        account, branch, _rows = stage
        monkeypatch.setattr(sending, "SLICE", 1)
        tell(branch)
        tell(branch, category="wechat.asked", source="t:9", title="紧急")
        push_all(account)
        assert world.deliveries(channel="template")[0].content["fields"][0][1] == "紧急"


class TestStopping:
    def test_cancelled_ones_do_not_go(self, stage, world):
        account, branch, _rows = stage
        tell(branch)
        campaign = Campaign.objects.get()
        assert campaigns.cancel(campaign_id=campaign.pk, actor=SYSTEM, at=DAY) == 3
        assert push_all(account) == 0
        assert told() == [("skipped", "cancelled")] * 3
        assert world.deliveries(channel="template") == []

    def test_withdrawn_notices_do_not_go(self, stage, world):
        account, branch, _rows = stage
        tell(branch)
        notices.withdraw(source="t:1", at=DAY)
        assert push_all(account) == 0
        assert told() == [("skipped", "withdrawn")] * 3

    def test_what_was_read_meanwhile_is_not_pushed(self, stage, world):
        account, branch, _rows = stage
        notice = tell(branch)
        notice.entries.filter(user=branch.people[0].user).update(read_at=DAY)
        assert push_all(account) == 2
        assert ("skipped", "read_already") in told()

    def test_an_account_that_goes_leaves_other_ways(self, stage, world, connect_wecom):
        account, branch, _rows = stage
        tell(branch)
        Account.objects.filter(pk=account.pk).update(state="unauthorized")
        assert push_all(account) == 0
        assert states() == ["skipped"] * 3
        assert world.calls[TEMPLATE] == 0


def test_switched_off_or_unwanted(stage):
    from jiceng.kernel.module_settings import write as write_settings

    assert channel.WeChatChannel().is_on()
    write_settings("wechat", {"push_enabled": False}, expected_version=0, changed_by="测试")
    cache.delete("module-settings:wechat")
    assert not channel.WeChatChannel().is_on()


def test_statements_do_not_grow_with_people(stage, django_assert_max_num_queries):
    _account, branch, _rows = stage
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(people):
        users = [person.user_id for person in people]
        notices.send(category="wechat.trouble", title="x", url="/", source=f"n:{len(people)}", users=users, at=DAY)
        with CaptureQueriesContext(connection) as seen:
            notices.deliver_due(at=DAY)
        return len(seen)

    count(branch.people[:2])  # the lane is made once
    assert count(branch.people[:1]) == count(branch.people)
