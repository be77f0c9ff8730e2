"""Projects, shifts, signing up, the waiting list, cancelling."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.events.models import OutboxMessage
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Forbidden
from jiceng.notices.models import Entry, Notice
from modules.volunteering import errors, tasks
from modules.volunteering.models import Project, Shift, SignUp
from modules.volunteering.services import projects, reminding, shifts, signing
from tenants.context import tenant_scope
from tests.factories.news import MONDAY

from . import kit

HOUR, DAY = kit.HOUR, kit.DAY


@pytest.fixture(autouse=True)
def scope(hongqi, volunteering_on):
    with tenant_scope(hongqi):
        yield


@pytest.fixture
def unit():
    return kit.make_unit("第三支部")


def event_names() -> list[str]:
    return sorted(
        OutboxMessage.objects.filter(name__startswith="volunteering.", kind="event").values_list("name", flat=True)
    )


class TestProjects:
    def test_drafted_published_closed(self, actors):
        project = kit.make_project(publish=False)
        with pytest.raises(errors.ProjectNotPublished):
            projects.close_project(project_id=project.pk, actor=actors.secretary, at=MONDAY)
        projects.publish_project(project_id=project.pk, actor=actors.secretary, at=MONDAY)
        with pytest.raises(errors.ProjectNotDraft):
            projects.publish_project(project_id=project.pk, actor=actors.secretary, at=MONDAY)
        closed = projects.close_project(project_id=project.pk, actor=actors.secretary, at=MONDAY)
        with pytest.raises(errors.ProjectEnded):
            projects.update_project(project_id=project.pk, fields={"title": "x"}, actor=actors.secretary, at=MONDAY)
        assert (closed.state, Project.objects.get().title) == ("closed", "清洁家园")
        assert event_names() == ["volunteering.project.published"]

    def test_a_project_without_a_shift_ahead_stays_a_draft(self):
        project = kit.make_project(publish=False)
        with pytest.raises(errors.ProjectEmpty):
            projects.publish_project(project_id=project.pk, actor=kit.SYSTEM, at=kit.START)
        assert Project.objects.get().is_draft

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"title": ""}, "/title"), ({"title": "长" * 61}, "/title"), ({"title": "a\x00b"}, "/title"),
            ({"title": "x", "text": "大" * 5001}, "/text"), ({"title": "x", "category": "none"}, "/category"),
            ({"title": "x", "team_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4a31"}, "/team_id"),
            ({"title": "x", "organiser_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4a31"}, "/organiser_id"),
        ],
    )  # fmt: skip
    def test_bad_input_names_the_field_and_keeps_nothing(self, actors, fields, pointer):
        with pytest.raises(errors.ProjectInvalid) as caught:
            projects.create_project(fields=fields, actor=actors.secretary, at=MONDAY)
        assert [fault.pointer for fault in caught.value.fields] == [pointer]
        assert not Project.objects.exists()

    def test_two_editors(self, actors):
        project = kit.make_project()
        projects.update_project(
            project_id=project.pk, fields={"title": "甲"}, version=2, actor=actors.secretary, at=MONDAY
        )
        with pytest.raises(errors.ProjectStale):
            projects.update_project(
                project_id=project.pk, fields={"title": "乙"}, version=2, actor=actors.editor, at=MONDAY
            )
        assert Project.objects.get().title == "甲"

    def test_members_and_other_units_do_not_manage(self, actors, unit):
        project = kit.make_project(unit_id=unit.pk)
        other = kit.secretary_of(kit.make_unit("第二支部"), "书记乙", "shujiyi")
        for actor in (actors.member, actors.stranger, other):
            with pytest.raises((Forbidden, errors.ProjectMissing)):
                projects.cancel_project(project_id=project.pk, reason="雨", actor=actor, at=MONDAY)
        with pytest.raises(Forbidden):
            projects.create_project(fields={"title": "x"}, actor=actors.member, at=MONDAY)
        assert Project.objects.get().is_published

    def test_cancelling_ends_sign_ups_and_tells_everybody_once(self, unit):
        project = kit.make_project()
        second = kit.make_shift(project, start=kit.START + DAY)
        person, silent = kit.make_person("甲", unit, login="jia"), kit.make_person("乙", unit)
        for shift in (kit.shift_of(project), second):
            kit.join(shift, person)
        kit.join(second, silent)
        with pytest.raises(errors.ProjectInvalid):
            projects.cancel_project(project_id=project.pk, reason=" ", actor=kit.SYSTEM, at=MONDAY)
        assert Project.objects.get().is_published
        projects.cancel_project(project_id=project.pk, reason="暴雨预警", actor=kit.SYSTEM, at=MONDAY)
        assert set(SignUp.objects.values_list("state", flat=True)) == {"cancelled"}
        notice = Notice.objects.get()
        assert ("暴雨预警" in notice.text, Entry.objects.filter(user=person.user).count()) == (True, 1)
        with pytest.raises(errors.ShiftCancelled):
            kit.join(second, kit.make_person("丙", unit))
        assert SignUp.objects.count() == 3
        assert list(Shift.objects.values_list("joined_count", flat=True)) == [0, 0]

    def test_nobody_signed_up_nobody_told(self):
        project = kit.make_project()
        projects.cancel_project(project_id=project.pk, reason="雨", actor=kit.SYSTEM, at=MONDAY)
        assert not Notice.objects.exists()


class TestShifts:
    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"starts_at": MONDAY - HOUR}, "/starts_at"), ({"ends_at": kit.START}, "/ends_at"),
            ({"ends_at": kit.START + 25 * HOUR}, "/ends_at"), ({"capacity": 0}, "/capacity"), ({"capacity": True}, "/capacity"),
            ({"closes_at": kit.END}, "/closes_at"), ({"meeting_point": "东" * 101}, "/meeting_point"),
            ({"starts_at": None}, "/starts_at"), ({"starts_at": "明天"}, "/starts_at"),
        ],
    )  # fmt: skip
    def test_bad_shifts_are_refused(self, fields, pointer):
        project = kit.make_project(publish=False)
        given = {"starts_at": kit.START, "ends_at": kit.END, "capacity": 3, **fields}
        with pytest.raises(errors.ShiftInvalid) as caught:
            shifts.create_shift(project_id=project.pk, fields=given, actor=kit.SYSTEM, at=MONDAY)
        assert pointer in [fault.pointer for fault in caught.value.fields]
        assert Shift.objects.count() == 1

    def test_moving_tells_and_more_room_lets_in(self, unit):
        shift = kit.open_shift(capacity=1)
        first, second = kit.make_person("甲", unit, login="jia"), kit.make_person("乙", unit, login="yi")
        kit.join(shift, first)
        kit.join(shift, second)
        changed = {"starts_at": kit.START + HOUR, "ends_at": kit.END + HOUR, "capacity": 2}
        shifts.update_shift(shift_id=shift.pk, fields=changed, actor=kit.SYSTEM, at=MONDAY)
        assert kit.states(shift) == [(1, "joined"), (2, "joined")]
        titles = sorted(Notice.objects.values_list("title", flat=True))
        assert titles == ["候补成功，您已报名：清洁家园", "志愿服务有变动：清洁家园"]
        with pytest.raises(errors.ShiftInvalid):
            shifts.update_shift(shift_id=shift.pk, fields={"capacity": 1}, actor=kit.SYSTEM, at=MONDAY)
        assert Shift.objects.get().capacity == 2

    def test_one_shift_is_cancelled_alone(self, unit):
        project = kit.make_project()
        first, second = kit.shift_of(project), kit.make_shift(project, start=kit.START + DAY)
        person = kit.make_person("甲", unit, login="jia")
        kit.join(first, person)
        kit.join(second, person)
        shifts.cancel_shift(shift_id=first.pk, reason="场地占用", actor=kit.SYSTEM, at=MONDAY)
        assert sorted(SignUp.objects.values_list("state", flat=True)) == ["cancelled", "joined"]
        with pytest.raises(errors.ShiftCancelled):
            shifts.update_shift(shift_id=first.pk, fields={"capacity": 9}, actor=kit.SYSTEM, at=MONDAY)
        assert Notice.objects.count() == 1


class TestSigningUp:
    def test_full_means_waiting_and_withdrawing_lets_the_first_in(self, unit):
        shift = kit.open_shift(capacity=1)
        people = [
            kit.make_person(name, unit, login=login) for name, login in (("甲", "jia"), ("乙", "yi"), ("丙", "bing"))
        ]
        for person in people:
            signing.sign_up(shift_id=shift.pk, actor=kit.actor_of(person), at=MONDAY)
        assert kit.states(shift) == [(1, "joined"), (2, "waiting"), (3, "waiting")]
        signing.withdraw(shift_id=shift.pk, actor=kit.actor_of(people[0]), at=MONDAY)
        assert kit.states(shift) == [(1, "withdrawn"), (2, "joined"), (3, "waiting")]
        shift.refresh_from_db()
        assert (shift.joined_count, shift.waiting_count) == (1, 1)
        assert list(Entry.objects.values_list("user__username", flat=True)) == ["yi"]
        signing.sign_up(shift_id=shift.pk, actor=kit.actor_of(people[0]), at=MONDAY)
        assert kit.states(shift) == [(2, "joined"), (3, "waiting"), (4, "waiting")]
        assert event_names().count("volunteering.signup.created") == 4
        assert event_names().count("volunteering.signup.cancelled") == 1

    def test_events_name_person_and_login(self, unit):
        shift = kit.open_shift()
        person = kit.make_person("甲", unit)
        row = kit.join(shift, person)
        payload = OutboxMessage.objects.get(name="volunteering.signup.created").payload
        assert payload == {
            "shift_id": str(shift.pk), "sign_up_id": str(row.pk), "person_id": str(person.pk), "user_id": "", "is_waiting": False,
        }  # fmt: skip

    def refused(self, error, shift, actor, at=MONDAY):
        before = kit.states(shift)
        with pytest.raises(error) as caught:
            signing.sign_up(shift_id=shift.pk, actor=actor, at=at)
        assert caught.value.detail.endswith("。")
        shift.refresh_from_db()
        assert (kit.states(shift), shift.last_number) == (before, len(before))

    def test_overlapping_shifts(self, helper, actors):
        project = kit.make_project()
        kit.join(kit.shift_of(project), helper)
        overlapping = kit.make_shift(project, start=kit.START + HOUR)
        self.refused(errors.SignUpOverlaps, overlapping, actors.member)
        adjacent = kit.make_shift(project, start=kit.END)
        signing.sign_up(shift_id=adjacent.pk, actor=actors.member, at=MONDAY)
        assert SignUp.objects.count() == 2

    def test_waiting_counts_as_being_there(self, helper, actors, unit):
        project = kit.make_project(capacity=1)
        shift = kit.shift_of(project)
        kit.join(shift, kit.make_person("甲", unit))
        signing.sign_up(shift_id=shift.pk, actor=actors.member, at=MONDAY)
        self.refused(errors.SignUpOverlaps, kit.make_shift(project, start=kit.START + HOUR), actors.member)

    def test_twice_closed_past_and_not_on_the_roster(self, helper, actors):
        shift = kit.open_shift()
        self.refused(errors.NotOnRoster, shift, actors.stranger)
        self.refused(errors.ShiftStarted, shift, actors.member, at=kit.START)
        signing.sign_up(shift_id=shift.pk, actor=actors.member, at=MONDAY)
        self.refused(errors.SignUpTwice, shift, actors.member)

    def test_after_the_closing_time_organisers_still_add(self, helper, actors, unit):
        project = kit.make_project(publish=False)
        Shift.objects.all().delete()
        shift = kit.make_shift(project, closes_at=MONDAY + HOUR)
        projects.publish_project(project_id=project.pk, actor=kit.SYSTEM, at=MONDAY)
        self.refused(errors.SignUpClosed, shift, actors.member, at=MONDAY + HOUR)
        kit.join(shift, kit.make_person("甲", unit), at=MONDAY + 2 * HOUR)
        assert SignUp.objects.count() == 1

    def test_organisers_add_who_comes_without_signing_up(self, unit):
        shift = kit.open_shift(capacity=1)
        kit.join(shift, kit.make_person("甲", unit), at=kit.START + HOUR)
        with pytest.raises(errors.ShiftFull):
            kit.join(shift, kit.make_person("乙", unit), at=kit.START + HOUR)
        shift.refresh_from_db()
        assert (kit.states(shift), shift.last_number, shift.waiting_count) == ([(1, "joined")], 1, 0)

    def test_drafts_and_closed_projects(self, helper, actors):
        draft = kit.shift_of(kit.make_project(publish=False))
        self.refused(errors.ShiftMissing, draft, actors.member)
        project = kit.make_project("乙")
        projects.close_project(project_id=project.pk, actor=kit.SYSTEM, at=MONDAY)
        self.refused(errors.SignUpNotOpen, kit.shift_of(project), actors.member)

    def test_members_do_not_sign_others_up_or_out(self, helper, actors, unit):
        shift, other = kit.open_shift(), kit.make_person("甲", unit)
        with pytest.raises(errors.ShiftMissing):
            signing.sign_up(shift_id=shift.pk, person_id=other.pk, actor=actors.member, at=MONDAY)
        row = kit.join(shift, other)
        with pytest.raises(errors.ShiftMissing):
            signing.withdraw(shift_id=shift.pk, sign_up_id=row.pk, actor=actors.member, at=MONDAY)
        assert kit.states(shift) == [(1, "joined")]

    def test_withdrawing_ends_at_the_beginning(self, helper, actors):
        shift = kit.open_shift()
        signing.sign_up(shift_id=shift.pk, actor=actors.member, at=MONDAY)
        with pytest.raises(errors.ShiftStarted):
            signing.withdraw(shift_id=shift.pk, actor=actors.member, at=kit.START)
        assert kit.states(shift) == [(1, "joined")]
        signing.withdraw(shift_id=shift.pk, actor=actors.member, at=kit.START - HOUR)
        with pytest.raises(errors.SignUpMissing):
            signing.withdraw(shift_id=shift.pk, actor=actors.member, at=kit.START - HOUR)


class TestReminders:
    def test_planned_once_and_sent_once(self, unit):
        shift = kit.open_shift()
        planned = OutboxMessage.objects.filter(name="volunteering.remind_shift")
        assert sorted(planned.values_list("deliveries__due_at", flat=True)) == [shift.starts_at - 2 * HOUR]
        person = kit.make_person("甲", unit, login="jia")
        kit.join(shift, person)
        facts = {"shift_id": shift.pk, "starts_at": shift.starts_at.isoformat(), "name": "hours"}
        assert reminding.remind_of_shift(**facts, at=kit.START - 2 * HOUR)
        assert not reminding.remind_of_shift(**facts, at=kit.START - HOUR)
        assert Entry.objects.filter(user=person.user).count() == 1

    def test_the_task_does_it_by_its_own_clock(self, unit):
        shift = kit.open_shift(start=now() + DAY)
        kit.join(shift, kit.make_person("甲", unit, login="jia"), at=now())
        tasks.remind_shift(shift_id=str(shift.pk), starts_at=shift.starts_at.isoformat(), name="hours")
        tasks.purge()
        assert Notice.objects.get().category == "volunteering.reminder"

    def test_moved_begun_or_cancelled_shifts_remind_nobody(self, unit):
        shift = kit.open_shift(start=kit.START + timedelta(days=7))
        kit.join(shift, kit.make_person("甲", unit, login="jia"))
        facts = {"shift_id": shift.pk, "name": "day"}
        assert not reminding.remind_of_shift(**facts, starts_at=kit.START.isoformat(), at=MONDAY)
        assert not reminding.remind_of_shift(**facts, starts_at=shift.starts_at.isoformat(), at=shift.starts_at)
        shifts.cancel_shift(shift_id=shift.pk, reason="雨", actor=kit.SYSTEM, at=MONDAY)
        assert not reminding.remind_of_shift(**facts, starts_at=shift.starts_at.isoformat(), at=MONDAY)
        assert Notice.objects.filter(category="volunteering.reminder").count() == 0
