"""Assignments: whom they reach, when they are done, and with what measure people are reminded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.kernel.errors import Forbidden
from jiceng.notices.models import Entry, Notice
from jiceng.workflow.models import Todo
from modules.study import errors
from modules.study.models import Assignee, Assignment, Course
from modules.study.selectors import assignments as reads
from modules.study.services import assignments, delivering
from modules.study.services import learning as services
from tests.factories.news import MONDAY

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
DAY = timedelta(days=1)


def only(unit):
    return {"clauses": [{"unit": str(unit.pk)}]}


def finish(course, actor, at=MONDAY):
    for lesson in kit.lessons_of(course):
        services.open_lesson(lesson_id=lesson.pk, actor=actor, at=at)
        services.confirm_lesson(lesson_id=lesson.pk, actor=actor, at=at)


def open_todos():
    return list(Todo.objects.filter(kind="study.assignment", state="open").values_list("user_id", flat=True))


@pytest.fixture
def other(branch):
    """Of another branch."""
    return kit.make_person("成员乙", kit.make_unit("第二支部"), login="chengyuanyi")


def test_the_audience_is_asked_once(learner, other, branch):
    course = kit.make_course()
    made = kit.assign(course, audience=only(branch), due_at=MONDAY + 7 * DAY, words="请按时学习")
    assert delivering.deliver_assignment(assignment_id=made.pk, at=MONDAY) is None
    assert list(Assignee.objects.values_list("person", flat=True)) == [learner.pk]
    todo = Todo.objects.get(kind="study.assignment")
    assert (todo.user_id, todo.title, todo.url, todo.due_at) == (
        learner.user_id, course.title, f"/study/courses/{course.pk}/", MONDAY + 7 * DAY,
    )  # fmt: skip
    assert list(Entry.objects.filter(notice__category="study.assignment").values_list("user", flat=True)) == [
        learner.user_id
    ]


def test_done_by_learning(learner, actors):
    course = kit.make_course()
    made = kit.assign(course)
    assert open_todos() == [learner.user_id]
    finish(course, actors.member)
    assert Assignee.objects.get(person=learner).completed_at == MONDAY
    assert open_todos() == []
    assert reads.figures_of(made, at=MONDAY).percent == 100


def test_who_had_learned_it_before_is_through(learner, actors):
    course = kit.make_course()
    finish(course, actors.member)
    kit.assign(course, at=MONDAY + DAY)
    assert Assignee.objects.get(person=learner).completed_at == MONDAY
    assert open_todos() == []


def test_those_without_a_login_are_on_the_list(learner, branch):
    kit.make_person("没有账号", branch)
    made = kit.assign(kit.make_course())
    figures = reads.figures_of(made, at=MONDAY)
    assert (figures.people, figures.done, figures.unreachable) == (2, 0, 1)
    assert open_todos() == [learner.user_id]


def test_a_single_paper_becomes_a_course_of_one_lesson(learner, actors):
    paper = kit.text("上级文件")
    made = assignments.create_assignment(fields={"material_id": paper.pk}, actor=kit.SYSTEM, at=MONDAY)
    again = assignments.create_assignment(fields={"material_id": paper.pk}, actor=kit.SYSTEM, at=MONDAY)
    assert made.course == again.course
    assert [lesson.material for lesson in kit.lessons_of(made.course)] == [paper]
    assert not made.course.is_open
    delivering.deliver_assignment(assignment_id=made.pk, at=MONDAY)
    finish(made.course, actors.member)
    assert Assignee.objects.get(assignment=made).completed_at == MONDAY


class TestReminding:
    def test_only_those_behind_and_with_measure(self, learner, actors, other):
        course = kit.make_course()
        made = kit.assign(course)
        finish(course, actors.member)
        assert assignments.remind_behind(assignment_id=made.pk, actor=kit.SYSTEM, at=MONDAY) == 1
        sent = Entry.objects.filter(notice__category="study.reminder").values_list("user", flat=True)
        assert list(sent) == [other.user_id]
        with pytest.raises(errors.RemindedLately):
            assignments.remind_behind(assignment_id=made.pk, actor=kit.SYSTEM, at=MONDAY + timedelta(hours=23))
        for day in (1, 2):
            assignments.remind_behind(assignment_id=made.pk, actor=kit.SYSTEM, at=MONDAY + day * DAY)
        with pytest.raises(errors.RemindedEnough):
            assignments.remind_behind(assignment_id=made.pk, actor=kit.SYSTEM, at=MONDAY + 3 * DAY)
        assert Notice.objects.filter(category="study.reminder").count() == 3

    def test_nobody_behind(self, learner, actors):
        course = kit.make_course()
        made = kit.assign(course)
        finish(course, actors.member)
        with pytest.raises(errors.NobodyBehind):
            assignments.remind_behind(assignment_id=made.pk, actor=kit.SYSTEM, at=MONDAY)


class TestChanging:
    def test_another_deadline_moves_the_todos(self, learner):
        made = kit.assign(kit.make_course(), due_at=MONDAY + DAY)
        assignments.move_deadline(assignment_id=made.pk, due_at=MONDAY + 9 * DAY, actor=kit.SYSTEM, at=MONDAY)
        assert Todo.objects.get(kind="study.assignment").due_at == MONDAY + 9 * DAY

    def test_cancelled_it_leaves_the_inbox(self, learner, actors):
        course = kit.make_course()
        made = kit.assign(course)
        assignments.cancel_assignment(assignment_id=made.pk, actor=kit.SYSTEM, at=MONDAY)
        assert open_todos() == []
        with pytest.raises(errors.AssignmentClosed):
            assignments.remind_behind(assignment_id=made.pk, actor=kit.SYSTEM, at=MONDAY)
        finish(course, actors.member)
        assert Assignee.objects.get().completed_at is None

    def test_cancelled_before_the_worker_came(self, learner):
        made = kit.assign(kit.make_course(), deliver=False)
        assignments.cancel_assignment(assignment_id=made.pk, actor=kit.SYSTEM, at=MONDAY)
        assert delivering.deliver_assignment(assignment_id=made.pk, at=MONDAY) is None
        assert not Assignee.objects.exists()


class TestRefusals:
    def test_a_secretary_asks_the_own_branch_only(self, learner, other, branch):
        actor = kit.secretary_of(branch, "书记甲", "shujijia")
        course = kit.make_course()
        for audience in (None, only(other.unit)):
            with pytest.raises(errors.AssignmentInvalid):
                kit.assign(course, actor=actor, audience=audience)
        assert not Assignment.objects.exists()
        made = kit.assign(course, actor=actor, audience=only(branch))
        assert made.unit == branch
        stranger = kit.secretary_of(other.unit, "书记乙", "shujiyi")
        assert list(reads.managed(stranger)) == []
        with pytest.raises(Forbidden):
            assignments.cancel_assignment(assignment_id=made.pk, actor=stranger, at=MONDAY)
        with pytest.raises(errors.AssignmentMissing):
            assignments.export_people(assignment_id=made.pk, actor=stranger)
        assert Assignment.objects.get().is_open

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"due_at": MONDAY - DAY}, "/due_at"),
            ({"title": "长" * 101}, "/title"),
            ({"words": "长" * 301}, "/words"),
            ({"course_id": None}, "/course_id"),
            ({"audience": {"clauses": []}}, "/audience"),
        ],
    )
    def test_refused_with_the_field(self, learner, fields, pointer):
        course = kit.make_course()
        with pytest.raises(errors.AssignmentInvalid) as caught:
            kit.assign(course, **{"course_id": course.pk, **fields})
        assert [fault.pointer for fault in caught.value.fields] == [pointer]
        assert not Assignment.objects.exists()

    def test_drafts_cannot_be_assigned(self, learner):
        with pytest.raises(errors.AssignmentInvalid):
            kit.assign(kit.make_course(publish=False))
        assert not Assignment.objects.exists()
        assert Course.objects.count() == 1

    def test_a_member_may_not(self, learner, actors):
        with pytest.raises(Forbidden):
            kit.assign(kit.make_course(), actor=actors.member)
        assert not Assignment.objects.exists()


def test_export_is_recorded_and_complete(learner, other, branch, actors):
    from jiceng.audit.models import AuditEntry

    course = kit.make_course()
    made = kit.assign(course)
    finish(course, actors.member)
    _assignment, rows = assignments.export_people(assignment_id=made.pk, actor=kit.SYSTEM)
    assert {row[0]: row[3] for row in rows} == {"成员甲": "3/3", "成员乙": "0/3"}
    assert AuditEntry.objects.filter(action="study.assignment.exported").count() == 1
