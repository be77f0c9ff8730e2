"""Members write in WeChat, staff answer, and nothing gets lost between the two."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role
from jiceng.kernel.clock import now
from jiceng.notices.models import Entry
from jiceng.wechat import selectors
from jiceng.wechat.errors import ConversationClosed, ConversationUnknown, ReplyInvalid
from jiceng.wechat.models import Conversation, ConversationState, InboundMessage, Push, PushState, TemplateBinding
from jiceng.wechat.services import conversations, handling, rules, sending
from jiceng.workflow.models import Todo, TodoState
from tenants.context import tenant_scope
from tests.support.client import HostClient

from .kit import SYSTEM, bound, make_branch
from .test_signing_in import sign_in

pytestmark = pytest.mark.django_db
OFFICIAL = "wxdemo0000000001"


@pytest.fixture
def stage(world, connect, hongqi):
    account = connect()
    with tenant_scope(hongqi):
        branch = make_branch()
        bound(account, world, branch.people[0], "p1")
        yield account, branch


def handle_all():
    for message in InboundMessage.objects.filter(handled_at=None).order_by("received_at"):
        handling.handle(message_id=message.pk, at=now())


def write(world, words="请问党费怎么交？", player="p1"):
    said = world.send_text(player, OFFICIAL, words)
    handle_all()
    return said


def answer(conversation, words="每月十日前交给组织委员。", actor=SYSTEM):
    return conversations.answer(conversation_id=conversation.pk, text=words, actor=actor, at=now())


def push(account, channel="custom", at=None):
    claimed = sending.claim(account_id=account.pk, channel=channel, at=at or now())
    sending.send_claimed(account.pk, channel, claimed)


def test_a_question_waits_for_staff_and_the_answer_comes_in_the_chat(stage, world, people, hongqi):
    account, branch = stage
    secretary = people(hongqi).stranger
    assign_role(user=secretary, role="secretary", unit_path=branch.unit.path, actor=SYSTEM)
    assert write(world) == "您的留言已收到，工作人员会尽快回复您。"
    assert write(world, "急") == ""  # acknowledged once
    conversation = Conversation.objects.get()
    assert [remark.text for remark in conversation.remarks.all()] == ["请问党费怎么交？", "急"]
    todo = Todo.objects.get(state=TodoState.OPEN)
    assert todo.title == "请回复王芳的咨询"
    assert list(Entry.objects.filter(notice__category="wechat.asked").values_list("user__username", flat=True)) == ["luren"]
    answer(conversation, actor=Actor.for_user(secretary))
    push(account)
    assert world.chat("p1", OFFICIAL)[-1].content["text"] == "每月十日前交给组织委员。"
    conversation.refresh_from_db()
    assert conversation.state == ConversationState.ANSWERED
    assert Todo.objects.get(pk=todo.pk).state == TodoState.DONE
    assert Push.objects.get().state == PushState.SENT


def test_after_48_hours_a_template_brings_the_answer(stage, world):
    account, _branch = stage
    write(world)
    conversation = Conversation.objects.get()
    type(conversation.identity).objects.update(message_until=now() - timedelta(seconds=1), event_left=0)
    answer(conversation)
    push(account, "template")
    [card] = world.deliveries(channel="template")
    assert card.content["fields"][0] == ["事项", "您的咨询有新回复"]
    assert card.content["url"].endswith(f"/wechat/talks/{conversation.pk}/")


def test_where_wechat_says_the_window_is_shut_the_answer_takes_the_template(stage, world):
    account, _branch = stage
    write(world)
    world.advance(49 * 3600)
    world.revoke_tokens()
    answer(Conversation.objects.get())
    push(account)
    push(account, "template")
    assert len(world.deliveries(channel="template")) == 1
    assert Push.objects.get().trail[-1] == {"channel": "custom", "reason": "no_window"}


def test_where_no_way_is_open_the_answer_waits_in_the_inbox(stage, world):
    _account, branch = stage
    TemplateBinding.objects.all().delete()
    write(world)
    conversation = Conversation.objects.get()
    type(conversation.identity).objects.update(message_until=None, message_left=0, event_left=0)
    answer(conversation)
    assert Push.objects.get().state == PushState.SKIPPED
    entry = Entry.objects.get(user=branch.people[0].user)
    assert entry.notice.title == "您的咨询有新回复"


def test_the_sixth_answer_does_not_go_into_a_window_of_five(stage, world):
    account, _branch = stage
    write(world)
    conversation = Conversation.objects.get()
    type(conversation.identity).objects.update(event_left=0)
    world.tie("p1", OFFICIAL).event_left = 0
    for number in range(6):
        answer(conversation, f"第{number}条")
        push(account)
    push(account, "template")
    assert len(world.deliveries(channel="custom")) == 5
    assert len(world.deliveries(channel="template")) == 1


def test_a_keyword_is_answered_by_itself_and_bothers_nobody(stage, world):
    rules.save_rule(values={"trigger": "keyword", "words": ["地址"], "is_exact": False, "text": "和平路 1 号"}, actor=SYSTEM)
    rules.save_rule(values={"trigger": "default", "words": [], "text": "请稍候"}, actor=SYSTEM)
    assert write(world, "你们的地址？") == "和平路 1 号"
    assert Conversation.objects.count() == 0
    assert write(world, "别的事") == "请稍候"
    assert Conversation.objects.count() == 1


def test_an_article_as_answer_to_a_menu_key(stage, world):
    values = {"trigger": "click", "words": ["GUIDE"], "title": "办事指南", "text": "点开查看", "url": "/news/"}
    rules.save_rule(values=values, actor=SYSTEM)
    world.click("p1", OFFICIAL, "GUIDE")
    shown = world.chat("p1", OFFICIAL)[-1].content
    assert shown["title"] == "办事指南"
    assert shown["url"].startswith("http")
    assert shown["url"].endswith("/news/")


def test_pictures_and_voices_have_their_place(stage, world):
    tie = world.tie("p1", OFFICIAL)
    world.push(tie, {"MsgType": "image", "PicUrl": "http://mmbiz.example/1", "MediaId": "m1", "MsgId": "77"})
    world.push(tie, {"MsgType": "voice", "MediaId": "m2", "Recognition": "我想报名", "MsgId": "78"})
    handle_all()
    assert [(remark.text, remark.media_id) for remark in Conversation.objects.get().remarks.all()] == [
        ("［图片］", "m1"), ("［语音］我想报名", "m2"),
    ]  # fmt: skip


def test_staff_see_their_own_units_and_strangers_go_to_who_answers_everywhere(stage, world, people, hongqi):
    _account, branch = stage
    other = make_branch("第二党支部", ("孙丽",))
    user = people(hongqi).stranger
    assign_role(user=user, role="secretary", unit_path=other.unit.path, actor=SYSTEM)
    write(world)
    write(world, "我还没有绑定", "p3")
    foreign = Conversation.objects.get(person=branch.people[0])
    actor = Actor.for_user(user)
    assert list(selectors.conversations_for(actor)) == []
    with pytest.raises(ConversationUnknown):
        answer(foreign, actor=actor)
    assert foreign.remarks.count() == 1
    assert selectors.conversations_for(Actor.for_user(people(hongqi).secretary)).count() == 2


@pytest.mark.parametrize("words", ["", "   ", "字" * 601, "a\x00b"])
def test_bad_answers_change_nothing(stage, world, words):
    from jiceng.kernel.errors import Invalid

    write(world)
    conversation = Conversation.objects.get()
    with pytest.raises((ReplyInvalid, Invalid)):
        answer(conversation, words)
    assert (conversation.remarks.count(), Push.objects.count()) == (1, 0)


def test_a_closed_conversation_is_closed_and_the_next_word_opens_another(stage, world):
    write(world)
    first = Conversation.objects.get()
    conversations.close(conversation_id=first.pk, actor=SYSTEM, at=now())
    with pytest.raises(ConversationClosed):
        answer(first)
    write(world, "还有一个问题")
    assert Conversation.objects.count() == 2


def test_the_member_reads_and_continues_on_the_phone(stage, world, hongqi):
    write(world)
    conversation = Conversation.objects.get()
    answer(conversation)
    browser, other = HostClient(hongqi), HostClient(hongqi)
    sign_in(browser, "p1")
    page = browser.get(f"/wechat/talks/{conversation.pk}/").content.decode()
    assert "每月十日前交给组织委员。" in page
    assert browser.post(f"/wechat/talks/{conversation.pk}/", {"text": "明白了，谢谢"}).status_code == 302
    assert conversation.remarks.count() == 3
    assert other.get(f"/wechat/talks/{conversation.pk}/").status_code == 302
