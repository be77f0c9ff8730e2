"""Members say what is wrong; editors decide; nobody floods."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache

from jiceng.events.models import OutboxMessage
from jiceng.events.received import ReceivedEvent
from jiceng.kernel import module_settings
from jiceng.kernel.errors import Forbidden
from jiceng.members.models import Person
from jiceng.notices.models import Entry as InboxEntry
from jiceng.points.models import Entry as PointsEntry
from jiceng.points.services import awarding
from jiceng.workflow.models import Todo
from modules.yellowpages import errors
from modules.yellowpages.models import Correction, Entry, Favourite
from modules.yellowpages.services import corrections
from tests.factories.news import MONDAY

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")


def propose(entry, actor, at=MONDAY, **fields):
    given = fields or {"phone": "010-87654321"}
    return corrections.propose_correction(entry_id=entry.pk, fields=given, actor=actor, at=at)


def test_accepted_it_is_in_the_entry_and_answered(actors):
    entry = kit.make()
    made = propose(entry, actors.member, phone="（010）87654321", address="胜利街 2 号")
    assert Todo.objects.get(kind="yellowpages.correction").permission == "yellowpages.manage"
    corrections.accept_correction(correction_id=made.pk, answer="谢谢", actor=actors.editor, at=MONDAY)
    entry = Entry.objects.get()
    assert (entry.address, [line.number for line in entry.lines.all()]) == ("胜利街 2 号", ["010-87654321"])
    assert Todo.objects.get(kind="yellowpages.correction").state == "done"
    assert [row.user_id for row in InboxEntry.objects.filter(notice__category="yellowpages.answer")] == [
        actors.member.user.pk
    ]
    with pytest.raises(errors.CorrectionAnswered):
        corrections.decline_correction(correction_id=made.pk, answer="x", actor=actors.editor, at=MONDAY)


def test_accepted_it_is_worth_a_point(actors):
    module_settings.write("points", {"is_on": True}, expected_version=0, changed_by="t")
    cache.clear()
    entry = kit.make("机关食堂")
    member = Person.objects.create(name="成员", user=actors.member.user)
    accepted, declined = propose(entry, actors.member), propose(entry, actors.editor)
    corrections.accept_correction(correction_id=accepted.pk, answer="", actor=actors.editor, at=MONDAY)
    corrections.decline_correction(correction_id=declined.pk, answer="不是这个号码", actor=actors.editor, at=MONDAY)
    for message in OutboxMessage.objects.filter(name__startswith="yellowpages.correction"):
        awarding.receive(
            ReceivedEvent(message.pk, message.name, message.payload, message.actor_id, message.created_at)
        )
    entries = [(row.person, row.points, row.subject, row.label) for row in PointsEntry.objects.all()]
    assert entries == [(member, 1, str(accepted.pk), "黄页纠错被采纳：机关食堂")]


def test_closed_for_good(actors):
    entry = kit.make()
    made = propose(entry, actors.member, is_closed=True)
    corrections.accept_correction(correction_id=made.pk, answer="", actor=actors.editor, at=MONDAY)
    assert not Entry.objects.get().is_listed


def test_declined_with_a_reason_nothing_changes(actors):
    entry = kit.make()
    made = propose(entry, actors.member)
    with pytest.raises(errors.EntryInvalid):
        corrections.decline_correction(correction_id=made.pk, answer=" ", actor=actors.editor, at=MONDAY)
    corrections.decline_correction(correction_id=made.pk, answer="已核对，号码没有变", actor=actors.editor, at=MONDAY)
    assert [line.number for line in entry.lines.all()] == ["010-12345678"]
    assert Correction.objects.get().state == "declined"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"phone": ""}, errors.CorrectionEmpty),
        ({"words": "\x00"}, errors.EntryInvalid),
        ({"words": "长" * 301}, errors.EntryInvalid),
        ({"phone": "不知道"}, errors.EntryInvalid),
    ],
)
def test_refused(actors, fields, error):
    entry = kit.make()
    with pytest.raises(error):
        propose(entry, actors.member, **fields)
    assert not Correction.objects.exists()


def test_no_flood(actors):
    entry = kit.make()
    propose(entry, actors.member)
    with pytest.raises(errors.CorrectionWaiting):
        propose(entry, actors.member)
    for number in range(9):
        propose(kit.make(f"店{number}"), actors.member)
    with pytest.raises(errors.TooManyCorrections):
        propose(kit.make("店十"), actors.member)
    assert Correction.objects.count() == 10
    assert propose(kit.make("店十一"), actors.member, at=MONDAY + timedelta(days=2)).pk


def test_programs_do_not_correct():
    entry = kit.make()
    with pytest.raises(Forbidden):
        propose(entry, kit.SYSTEM)


def test_favourites(actors):
    entry = kit.make()
    for is_on, count in ((True, 1), (True, 1), (False, 0), (False, 0)):
        corrections.set_favourite(entry_id=entry.pk, is_on=is_on, actor=actors.member)
        assert Favourite.objects.count() == count
