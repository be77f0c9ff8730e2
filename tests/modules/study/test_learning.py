"""Learning: counted by the server's clock, on any terminal, finished once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.events.models import OutboxMessage
from jiceng.kernel import module_settings
from jiceng.kernel.clock import local_zone
from modules.study import errors
from modules.study.models import Attention, Enrolment, HoursEntry, Note, Progress
from modules.study.selectors import courses as reads
from modules.study.selectors import learning
from modules.study.services import courses, notes, outline
from modules.study.services import learning as services
from tenants.context import tenant_scope
from tests.factories.news import MONDAY

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def film(learner):
    """A lesson of 100 seconds, 90 of them needed."""
    return kit.lessons_of(kit.make_course(kit.video(seconds=100), rule="time"))[0]


def watch(lesson, actor, at, watched=15, position=0):
    return services.report_time(lesson_id=lesson.pk, position=position, watched=watched, actor=actor, at=at)


def read(lesson, actor, at=MONDAY):
    services.open_lesson(lesson_id=lesson.pk, actor=actor, at=at)
    return services.confirm_lesson(lesson_id=lesson.pk, actor=actor, at=at)


def events(name):
    return [message.payload for message in OutboxMessage.objects.filter(name=name).order_by("id")]


class TestTime:
    def test_watching_to_the_end(self, film, actors, learner):
        services.open_lesson(lesson_id=film.pk, actor=actors.member, at=MONDAY)
        for step in range(1, 7):
            row = watch(film, actors.member, MONDAY + step * 15 * SECOND, position=step * 15)
        assert (row.effective_seconds, row.position_seconds, row.completed_at) == (90, 90, MONDAY + 90 * SECOND)
        assert events("study.lesson.completed") == [{
            "lesson_id": str(film.pk), "course_id": str(film.chapter.course_id), "person_id": str(learner.pk),
            "user_id": str(learner.user_id),
        }]  # fmt: skip

    def test_claims_beyond_the_clock_do_not_count(self, film, actors):
        services.open_lesson(lesson_id=film.pk, actor=actors.member, at=MONDAY)
        row = watch(film, actors.member, MONDAY + SECOND, watched=10**6)
        assert row.effective_seconds == 1
        for _again in range(50):
            row = watch(film, actors.member, MONDAY + SECOND, watched=10**6)
        assert (row.effective_seconds, row.completed_at) == (1, None)

    def test_a_night_away_is_no_learning(self, film, actors):
        services.open_lesson(lesson_id=film.pk, actor=actors.member, at=MONDAY)
        row = watch(film, actors.member, MONDAY + timedelta(hours=8), watched=8 * 3600)
        assert row.effective_seconds == 40

    def test_two_terminals_share_one_clock(self, film, actors, learner):
        other = kit.lessons_of(kit.make_course(kit.video("另一课", seconds=100), rule="time"))[0]
        for lesson in (film, other):
            services.open_lesson(lesson_id=lesson.pk, actor=actors.member, at=MONDAY)
        for step in range(1, 5):
            watch(film, actors.member, MONDAY + step * 15 * SECOND)
            watch(other, actors.member, MONDAY + step * 15 * SECOND)
        total = sum(Progress.objects.filter(person=learner).values_list("effective_seconds", flat=True))
        assert total == 60

    def test_a_clock_set_back_counts_nothing(self, film, actors):
        services.open_lesson(lesson_id=film.pk, actor=actors.member, at=MONDAY)
        watch(film, actors.member, MONDAY + MINUTE)
        before = Attention.objects.get().counted_until
        row = watch(film, actors.member, MONDAY - timedelta(days=1))
        assert row.effective_seconds == 15
        assert Attention.objects.get().counted_until == before

    def test_no_more_than_a_day_allows(self, film, actors, learner):
        values = {"daily_effective_hours": 1}
        module_settings.write("study", values, expected_version=0, changed_by="test")
        services.open_lesson(lesson_id=film.pk, actor=actors.member, at=MONDAY)
        Attention.objects.filter(person=learner).update(day_seconds=3590)
        row = watch(film, actors.member, MONDAY + 15 * SECOND)
        assert row.effective_seconds == 10
        tomorrow = MONDAY + timedelta(days=1)
        assert watch(film, actors.member, tomorrow).effective_seconds == 25

    def test_not_opened_is_not_begun(self, film, actors):
        with pytest.raises(errors.LessonMissing):
            watch(film, actors.member, MONDAY)
        assert not Progress.objects.exists()

    def test_any_terminal_resumes(self, film, actors, learner):
        services.open_lesson(lesson_id=film.pk, actor=actors.member, at=MONDAY)
        watch(film, actors.member, MONDAY + 15 * SECOND, position=42)
        again = services.open_lesson(lesson_id=film.pk, actor=kit.fresh(actors.member), at=MONDAY + MINUTE)
        assert again.position_seconds == 42
        assert [row.lesson for row in learning.shelf(learner).running] == [film]

    def test_saying_so_is_not_enough(self, film, actors):
        services.open_lesson(lesson_id=film.pk, actor=actors.member, at=MONDAY)
        with pytest.raises(errors.LessonNotReady):
            services.confirm_lesson(lesson_id=film.pk, actor=actors.member, at=MONDAY + timedelta(hours=1))
        assert Progress.objects.get().completed_at is None


class TestOrder:
    def test_one_after_the_other(self, actors, learner):
        course = kit.make_course(in_order=True)
        first, second, third = kit.lessons_of(course)
        with pytest.raises(errors.LessonLocked):
            services.open_lesson(lesson_id=second.pk, actor=actors.member, at=MONDAY)
        assert not Enrolment.objects.exists()
        read(first, actors.member)
        states = [step.state for step in reads.outline(course, learner).steps]
        assert states == ["done", "current", "locked"]
        read(second, actors.member)
        read(third, actors.member)
        assert Enrolment.objects.get().completed_at == MONDAY

    def test_optional_lessons_hold_nobody_up(self, actors, learner):
        course = kit.make_course(in_order=True, publish=False)
        first, second, _third = kit.lessons_of(course)
        outline.change_lesson(lesson_id=first.pk, fields={"is_required": False}, actor=kit.SYSTEM, at=MONDAY)
        courses.publish_course(course_id=course.pk, actor=kit.SYSTEM, at=MONDAY)
        services.open_lesson(lesson_id=second.pk, actor=actors.member, at=MONDAY)
        assert reads.outline(course, learner).needed == 2

    def test_reading_takes_the_time_asked_for(self, actors, learner):
        lesson = kit.lessons_of(kit.make_course(kit.text(), needed_seconds=60))[0]
        services.open_lesson(lesson_id=lesson.pk, actor=actors.member, at=MONDAY)
        with pytest.raises(errors.LessonNotReady):
            services.confirm_lesson(lesson_id=lesson.pk, actor=actors.member, at=MONDAY + 59 * SECOND)
        assert services.confirm_lesson(lesson_id=lesson.pk, actor=actors.member, at=MONDAY + MINUTE).completed_at


class TestCompleting:
    def test_once_and_for_good(self, actors, learner):
        course = kit.make_course()
        for lesson in kit.lessons_of(course):
            read(lesson, actors.member)
            read(lesson, actors.member, MONDAY + MINUTE)
        assert len(events("study.lesson.completed")) == 3
        assert events("study.course.completed") == [{
            "course_id": str(course.pk), "title": course.title, "person_id": str(learner.pk),
            "user_id": str(learner.user_id),
        }]  # fmt: skip
        outline.add_lesson(
            chapter_id=kit.lessons_of(course)[0].chapter_id, fields={"material_id": kit.text("后来").pk},
            actor=kit.SYSTEM, at=MONDAY,
        )  # fmt: skip
        assert Enrolment.objects.get().completed_at == MONDAY

    def test_class_hours_are_credited_once(self, actors, learner):
        course = kit.make_course(class_hours="1.5")
        for _again in range(2):
            for lesson in kit.lessons_of(course):
                read(lesson, actors.member)
        entry = HoursEntry.objects.get()
        assert (entry.person, str(entry.hours), entry.kind, entry.label, entry.date) == (
            learner, "1.5", "online", course.title, MONDAY.astimezone(local_zone()).date(),
        )  # fmt: skip
        assert entry.unit == learner.unit

    def test_courses_without_class_hours_credit_none(self, actors, learner):
        for lesson in kit.lessons_of(kit.make_course()):
            read(lesson, actors.member)
        assert not HoursEntry.objects.exists()

    def test_a_lesson_somebody_has_opened_stays(self, actors, learner):
        course = kit.make_course()
        lesson = kit.lessons_of(course)[0]
        services.open_lesson(lesson_id=lesson.pk, actor=actors.member, at=MONDAY)
        with pytest.raises(errors.LessonInUse):
            outline.remove_lesson(lesson_id=lesson.pk, actor=kit.SYSTEM, at=MONDAY)
        assert len(kit.lessons_of(course)) == 3

    def test_opening_is_enough_where_it_is_said(self, actors, learner):
        lesson = kit.lessons_of(kit.make_course(kit.text(), rule="open"))[0]
        assert services.open_lesson(lesson_id=lesson.pk, actor=actors.member, at=MONDAY).completed_at == MONDAY

    def test_without_a_place_on_the_roster_nothing_is_kept(self, actors):
        lesson = kit.lessons_of(kit.make_course())[0]
        with pytest.raises(errors.NotOnRoster):
            services.open_lesson(lesson_id=lesson.pk, actor=actors.member, at=MONDAY)
        assert not Enrolment.objects.exists()

    def test_closed_courses_are_for_those_who_are_asked(self, actors, learner):
        course = kit.make_course(is_open=False)
        lesson = kit.lessons_of(course)[0]
        with pytest.raises(errors.CourseMissing):
            services.open_lesson(lesson_id=lesson.pk, actor=actors.member, at=MONDAY)
        assert list(learning.offered(learner)) == []
        kit.assign(course)
        assert services.open_lesson(lesson_id=lesson.pk, actor=actors.member, at=MONDAY).lesson == lesson

    def test_nothing_of_another_tenant(self, actors, learner, dongfeng):
        with tenant_scope(dongfeng):
            foreign = kit.lessons_of(kit.make_course())[0]
        with pytest.raises(errors.LessonMissing):
            services.open_lesson(lesson_id=foreign.pk, actor=actors.member, at=MONDAY)


class TestNotes:
    def test_kept_for_oneself(self, film, actors, learner):
        note = notes.write_note(lesson_id=film.pk, text=" 要点 ", position=500, actor=actors.member, at=MONDAY)
        assert (note.text, note.position_seconds, note.clock) == ("要点", 100, "1:40")
        other = kit.actor_of(kit.make_person("成员乙", login="chengyuanyi"))
        with pytest.raises(errors.NoteMissing):
            notes.delete_note(note_id=note.pk, actor=other)
        assert list(learning.notes_of(learner)) == [note]

    @pytest.mark.parametrize("text", ["", "  ", "\x00", "长" * 1001])
    def test_refused(self, film, actors, text):
        with pytest.raises(errors.CourseInvalid):
            notes.write_note(lesson_id=film.pk, text=text, actor=actors.member, at=MONDAY)
        assert Note.objects.count() == 0
