"""Out of the inbox: each delivery sent, put off, or left out for a recorded reason."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.cache import cache

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.audit.models import AuditEntry
from jiceng.events.models import Delivery as Work
from jiceng.kernel.module_settings import write as write_settings
from jiceng.notices import selectors, services
from jiceng.notices.channels import Answer, Result
from jiceng.notices.channels.email import EmailChannel
from jiceng.notices.errors import NothingToRetry
from jiceng.notices.models import Delivery, DeliveryState, SkipReason
from jiceng.notices.services.delivering import WAITS
from jiceng.notices.times import Shift
from jiceng.workflow.services import close_todos, put_todo

from .test_sending import send, wishes

pytestmark = pytest.mark.usefixtures("in_hongqi", "with_email")
DAY = datetime(2031, 5, 6, 3, 0, tzinfo=UTC)  # 11:00 local, a Tuesday
NIGHT = datetime(2031, 5, 6, 15, 0, tzinfo=UTC)  # 23:00 local
MORNING = datetime(2031, 5, 6, 23, 0, tzinfo=UTC)  # 07:00 local, the next day


@pytest.fixture
def with_email(in_hongqi, people):
    """E-mail is on, and the member has an address."""
    write_settings("notices", {"email_enabled": True}, expected_version=0, changed_by="测试")
    User.objects.filter(pk=people.member.pk).update(email="member@example.test")


def outcome(notice):
    return list(Delivery.objects.filter(entry__notice=notice).values_list("entry__user__username", "state", "reason"))


def test_sent_by_day(people):
    notice = send([people.member.pk, people.editor.pk], at=DAY, title="请看", text="要点", url="/news/1/")
    assert services.deliver_due(at=DAY) == 1
    assert sorted(outcome(notice)) == [("bianji", "skipped", "no_address"), ("chengyuan", "sent", "")]
    [letter] = mail.outbox
    assert letter.to == ["member@example.test"]
    assert letter.subject.startswith("请看 - ")
    assert "要点" in letter.body
    assert "/news/1/" in letter.body
    assert "://" in letter.body
    assert services.deliver_due(at=DAY) == 0


def test_the_worker_is_woken_when_it_is_due(people):
    send([people.member.pk], at=NIGHT)
    assert list(Work.objects.filter(message__name="notices.deliver").values_list("due_at", flat=True)) == [MORNING]
    assert services.deliver_due(at=NIGHT) == 0
    assert services.deliver_due(at=MORNING) == 1
    assert len(mail.outbox) == 1


def test_what_waited_together_arrives_together(people):
    first, second = (send([people.member.pk], at=NIGHT, title=title) for title in ("一", "二"))
    services.deliver_due(at=MORNING)
    [letter] = mail.outbox
    assert letter.subject.startswith("2 条新消息")
    assert "一" in letter.body
    assert "二" in letter.body
    assert outcome(first) == [("chengyuan", "sent", "")]
    assert outcome(second) == [("chengyuan", "skipped", "in_digest")]


def test_own_times_hold(people):
    shift = Shift(1, time(9), time(12))
    services.save_wishes(user=people.member, wishes=wishes(shifts=[shift]), at=DAY)
    notice = send([people.member.pk], at=DAY)
    assert Delivery.objects.get(entry__notice=notice).due_at == DAY + timedelta(hours=1)
    services.save_wishes(user=people.member, wishes=wishes(pace="daily"), at=DAY)
    assert Delivery.objects.get(entry__notice=notice).due_at == DAY + timedelta(hours=7)
    assert Work.objects.filter(message__name="notices.deliver", due_at=DAY + timedelta(hours=7)).exists()


def _mute(people):
    services.save_wishes(user=people.member, wishes=wishes(muted=["news.article"]), at=DAY)


def _no_email(people):
    services.save_wishes(user=people.member, wishes=wishes(uses_email=False), at=DAY)


def _no_address(people):
    User.objects.filter(pk=people.member.pk).update(email="")


def _read(people):
    services.mark_all_read(user=people.member, at=DAY)


def _disable(people):
    User.objects.filter(pk=people.member.pk).update(is_active=False)


def _switch_off(people):
    write_settings("notices", {"email_enabled": False}, expected_version=1, changed_by="测试")
    cache.delete("module-settings:notices")  # what the commit would do


def _withdraw(people):
    services.withdraw(source="news.article:1", at=DAY)


BEFORE = {
    "muted": (_mute, SkipReason.MUTED),
    "unwanted": (_no_email, SkipReason.UNWANTED),
    "no address": (_no_address, SkipReason.NO_ADDRESS),
}
AFTER = {
    "read already": (_read, SkipReason.READ_ALREADY), "disabled": (_disable, SkipReason.USER_DISABLED),
    "channel off": (_switch_off, SkipReason.CHANNEL_OFF), "withdrawn": (_withdraw, SkipReason.WITHDRAWN),
    "address gone": (_no_address, SkipReason.NO_ADDRESS),
}  # fmt: skip


@pytest.mark.parametrize("name", BEFORE)
def test_why_it_was_never_planned(people, name):
    happens, reason = BEFORE[name]
    happens(people)
    notice = send([people.member.pk], at=DAY)
    services.deliver_due(at=DAY)
    assert outcome(notice) == [("chengyuan", "skipped", reason)]
    assert mail.outbox == []


@pytest.mark.parametrize("name", AFTER)
def test_why_it_was_not_sent_in_the_end(people, name):
    happens, reason = AFTER[name]
    notice = send([people.member.pk], at=DAY)
    happens(people)
    services.deliver_due(at=DAY)
    assert outcome(notice) == [("chengyuan", "skipped", reason)]
    assert mail.outbox == []
    assert Delivery.objects.get().finished_at == DAY


def test_no_word_about_what_is_done(people):
    put_todo(owner="news.document:1", kind="news.sign", title="签收", url="/news/", at=DAY, user_id=people.member.pk)
    notice = send([people.member.pk], at=NIGHT, category="notices.todo", source="news.document:1")
    close_todos(owner="news.document:1", actor=Actor.system(), at=NIGHT)
    services.deliver_due(at=MORNING)
    assert outcome(notice) == [("chengyuan", "skipped", SkipReason.DONE)]


@pytest.fixture
def answers(monkeypatch):
    """What the mail server says next; the keys it was given."""
    said: list[Result] = []
    keys: list[str] = []

    def push(self, messages):
        keys.extend(message.key for message in messages)
        return [said[-1] for _message in messages]

    monkeypatch.setattr(EmailChannel, "push", push)
    return said, keys


def test_trying_again_and_giving_up(people, actors, answers):
    said, keys = answers
    said.append(Result(Answer.LATER, "SMTP 451"))
    notice = send([people.member.pk], at=DAY)
    at = DAY
    for wait in (*WAITS, timedelta()):
        assert services.deliver_due(at=at - timedelta(seconds=1)) == 0
        assert services.deliver_due(at=at) == 1
        at += wait
    row = Delivery.objects.get(entry__notice=notice)
    assert (row.state, row.attempts, row.detail) == (DeliveryState.FAILED, len(WAITS) + 1, "SMTP 451")
    assert len(set(keys)) == 1
    assert services.deliver_due(at=at + timedelta(days=9)) == 0

    assert services.retry_failed(notice_id=notice.pk, actor=actors.secretary, at=at) == 1
    assert AuditEntry.objects.filter(action="notices.notice.retried").count() == 1
    said.append(Result(Answer.SENT))
    services.deliver_due(at=at)
    assert outcome(notice) == [("chengyuan", "sent", "")]
    with pytest.raises(NothingToRetry):
        services.retry_failed(notice_id=notice.pk, actor=actors.secretary, at=at)


def test_refused_for_good(people, answers):
    said, _keys = answers
    said.append(Result(Answer.REFUSED, "SMTP 550"))
    notice = send([people.member.pk], at=DAY)
    services.deliver_due(at=DAY)
    assert outcome(notice) == [("chengyuan", "skipped", SkipReason.REFUSED)]
    assert selectors.figures(notice).deliveries == {("email", "skipped", "refused"): 1}
