"""Members' steps tick themselves from what happened."""

from __future__ import annotations

import uuid

import pytest

from jiceng.events.models import OutboxMessage
from jiceng.kernel import clock
from jiceng.members.models import Person
from modules.guide import errors
from modules.guide.models import StepDone
from modules.guide.selectors import progress as reads
from modules.guide.services import progress

pytestmark = pytest.mark.usefixtures("in_hongqi")
LESSON = "study.lesson.completed"


@pytest.fixture
def entry(member):
    """The member on the roster."""
    return Person.objects.create(name="王芳", pinyin="wang fang", search_key="wangfang wf", user=member)


def tick(name, actor_id="", **payload):
    progress.tick_by_event(name=name, payload=payload, actor_id=actor_id, at=clock.now())


def told():
    return [row.payload["step"] for row in OutboxMessage.objects.filter(name="guide.step.completed")]


def codes(actor):
    return {shown.step.code: shown.is_done for shown in reads.checklist(actor).steps}


def test_events_tick_for_whom_they_are_about(actors, member, entry):
    assert not any(codes(actors.member).values())
    tick("wechat.identity.bound", person_id=str(entry.pk), identity_id=str(uuid.uuid4()))
    tick(LESSON, person_id=str(entry.pk), user_id="")
    tick("news.activity.signed_up", user_id=str(member.pk))
    assert codes(actors.member) == {"bind": True, "profile": False, "lesson": True, "sign_up": True}
    assert sorted(told()) == ["bind", "lesson", "sign_up"]
    assert not any(codes(actors.editor).values())


def test_the_same_again_counts_once(member):
    tick(LESSON, user_id=str(member.pk))
    tick("news.lesson.completed", user_id=str(member.pk))
    assert StepDone.objects.count() == 1 and told() == ["lesson"]


def test_a_profile_that_somebody_else_changed_is_not_ones_own_step(member, editor, entry):
    tick("members.person.updated", actor_id=str(editor.pk), person_id=str(entry.pk), fields="name")
    tick("members.person.updated", actor_id="system", person_id=str(entry.pk), fields="name")
    assert not StepDone.objects.exists()
    tick("members.person.updated", actor_id=str(member.pk), person_id=str(entry.pk), fields="email")
    assert [row.step for row in StepDone.objects.filter(user=member)] == ["profile"]


@pytest.mark.parametrize("payload", [
    {"user_id": ""}, {"user_id": "nobody"}, {"user_id": str(uuid.uuid4())}, {"person_id": str(uuid.uuid4()), "user_id": ""}, {},
])  # fmt: skip
def test_events_about_nobody_with_a_login_change_nothing(payload):
    tick(LESSON, **payload)
    assert not StepDone.objects.exists() and told() == []


def test_a_locked_out_user_gets_nothing(member):
    member.is_active = False
    member.save(update_fields=["is_active"])
    tick(LESSON, user_id=str(member.pk))
    assert not StepDone.objects.exists()


def test_saying_so_leaves_the_list_and_earns_nothing_until_it_is_true(actors, member):
    progress.tick_by_hand(code="lesson", actor=actors.member, at=clock.now())
    progress.tick_by_hand(code="lesson", actor=actors.member, at=clock.now())
    assert codes(actors.member)["lesson"] and told() == []
    tick(LESSON, user_id=str(member.pk))
    tick(LESSON, user_id=str(member.pk))
    assert told() == ["lesson"] and StepDone.objects.get().cause == LESSON


@pytest.mark.parametrize("code", ["", "never", "write"])
def test_steps_that_one_does_not_have_are_refused(actors, code):
    with pytest.raises(errors.StepMissing):
        progress.tick_by_hand(code=code, actor=actors.member, at=clock.now())
    assert not StepDone.objects.exists()


def test_the_list_follows_roles(actors):
    assert "write" in codes(actors.editor) and "write" not in codes(actors.member)


def test_the_list_asks_once(actors, django_assert_num_queries):
    codes(actors.member)  # reads the roles
    with django_assert_num_queries(1):
        codes(actors.member)
    assert reads.home_card(actor=actors.member)["next"].step.code == "bind"


def test_the_card_goes_once_all_is_done(actors):
    for code in codes(actors.member):
        progress.tick_by_hand(code=code, actor=actors.member, at=clock.now())
    assert reads.home_card(actor=actors.member) is None and reads.checklist(actors.member).is_complete
