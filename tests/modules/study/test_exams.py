"""Exams: publishing, taking, time, two terminals, scores."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from jiceng.events.models import OutboxMessage
from jiceng.notices.models import Entry as InboxEntry
from jiceng.workflow.models import Todo
from modules.study import errors
from modules.study.models import (
    Attempt,
    AttemptItem,
    AttemptState,
    Candidate,
    Enrolment,
    ExamState,
    Question,
    VoidedQuestion,
)
from modules.study.selectors import attempts as attempt_reads
from modules.study.selectors import exams as reads
from modules.study.selectors import results
from modules.study.services import attempts, exam_care, exam_delivery, exams, papers, questions
from modules.study.services import learning as lessons
from modules.study.services.scoring import worth
from tests.factories.news import MONDAY

from . import exam_kit as sit
from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
SYSTEM = kit.SYSTEM
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def member(learner, actors):
    return actors.member


def passed_events():
    return list(OutboxMessage.objects.filter(name="study.exam.passed").values_list("payload", flat=True))


class TestPublishing:
    def test_the_audience_is_told_once(self, learner, branch):
        other = kit.make_person("成员乙", kit.make_unit("第二支部"), login="yi")
        exam = sit.make_exam(audience={"clauses": [{"unit": str(branch.pk)}]})
        assert exam_delivery.deliver_exam(exam_id=exam.pk, at=MONDAY) is None
        assert list(Candidate.objects.values_list("person", "is_asked")) == [(learner.pk, True)]
        todo = Todo.objects.get(kind="study.exam")
        assert (todo.user_id, todo.url, todo.due_at) == (learner.user_id, f"/study/exams/{exam.pk}/", exam.closes_at)
        assert InboxEntry.objects.filter(notice__category="study.exam").count() == 1
        with pytest.raises(errors.ExamMissing):
            reads.get_exam(exam_id=exam.pk, person=other)

    def test_an_empty_paper_is_no_exam(self):
        paper = papers.create_paper(fields={"title": "空"}, actor=SYSTEM, at=MONDAY)
        with pytest.raises(errors.PaperEmpty):
            sit.make_exam(paper)
        assert exams.Exam.objects.get().state == ExamState.DRAFT

    def test_rules_that_ask_for_too_much_are_refused(self):
        bank = sit.make_bank()
        for text in ("甲？", "乙？", "丙？"):
            sit.make_question(bank, sit.SINGLE, text=text)
        paper = papers.create_paper(fields={"title": "随机", "mode": "random"}, actor=SYSTEM, at=MONDAY)
        rule = {"bank_id": bank.pk, "count": 2, "points": 2}
        papers.add_rule(paper_id=paper.pk, fields=rule, actor=SYSTEM, at=MONDAY)
        papers.add_rule(paper_id=paper.pk, fields={**rule, "kind": "single"}, actor=SYSTEM, at=MONDAY)
        with pytest.raises(errors.QuestionsTooFew):
            sit.make_exam(paper)  # three questions, two rules of two that overlap

    def test_a_published_paper_is_frozen(self):
        paper = sit.make_paper()
        sit.make_exam(paper)
        item = paper.items.first()
        for change in (
            lambda: papers.remove_part(paper_id=paper.pk, part_id=item.pk, actor=SYSTEM, at=MONDAY),
            lambda: papers.set_points(paper_id=paper.pk, part_id=item.pk, points=9, actor=SYSTEM, at=MONDAY),
            lambda: papers.update_paper(paper_id=paper.pk, fields={"title": "x"}, actor=SYSTEM, at=MONDAY),
        ):
            with pytest.raises(errors.PaperFrozen):
                change()
        assert (paper.items.count(), paper.items.first().points) == (4, Decimal("2.0"))

    def test_a_course_has_one_exam_at_a_time(self):
        course = kit.make_course()
        sit.make_exam(course_id=course.pk)
        with pytest.raises(errors.CourseHasExam):
            sit.make_exam(sit.make_paper(bank=sit.make_bank("二")), course_id=course.pk)

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"closes_at": MONDAY}, "/closes_at"),
            ({"minutes": 0}, "/minutes"),
            ({"pass_percent": 101}, "/pass_percent"),
            ({"title": ""}, "/title"),
            ({"title": "考\x00试"}, "/title"),
            ({"opens_at": "昨天"}, "/opens_at"),
            ({"second_limit": "-1"}, "/second_limit"),
            ({"show_answers": "always"}, "/show_answers"),
            ({"course_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a31"}, "/course_id"),
            ({"paper_id": None}, "/paper_id"),
        ],
    )
    def test_faults_are_named(self, fields, pointer):
        with pytest.raises(errors.ExamInvalid) as refused:
            sit.make_exam(**fields)
        assert pointer in [fault.pointer for fault in refused.value.fields]
        assert not exams.Exam.objects.exists()


class TestTaking:
    def test_the_whole_way(self, member, learner):
        exam = sit.make_exam(audience={"everyone": True})
        attempt = sit.take(exam, member, *sit.ALL_RIGHT)
        assert (attempt.state, attempt.score, attempt.percent, attempt.is_passed) == ("final", 10, 100, True)
        candidate = Candidate.objects.get(person=learner)
        assert (candidate.best_percent, candidate.passed_at) == (100, MONDAY)
        assert [event["score_percent"] for event in passed_events()] == [100]
        assert Todo.objects.get(kind="study.exam", user=learner.user).state == "done"

    def test_handing_in_twice_scores_once(self, member):
        exam = sit.make_exam()
        attempt = sit.take(exam, member, *sit.ALL_RIGHT)
        again = sit.hand_in(attempt, member, at=MONDAY + MINUTE)
        assert (again.submitted_at, again.score) == (MONDAY, 10)
        assert len(passed_events()) == 1
        with pytest.raises(errors.AttemptOver):
            sit.answer(attempt, 1, [0], member)
        assert AttemptItem.objects.get(number=1).answer == [1]

    def test_two_terminals_at_once(self, member):
        exam = sit.make_exam()
        attempt = sit.start(exam, member, terminal=sit.PHONE)
        sit.answer(attempt, 1, [1], member)
        assert sit.start(exam, member, terminal=sit.DESK) == attempt
        with pytest.raises(errors.HeldElsewhere):
            sit.answer(attempt, 2, [0], member, terminal=sit.DESK)
        with pytest.raises(errors.HeldElsewhere):
            sit.hand_in(attempt, member, terminal=sit.DESK)
        attempts.continue_here(attempt_id=attempt.pk, terminal=sit.DESK, actor=member, at=MONDAY)
        sit.answer(attempt, 2, [0, 1], member, terminal=sit.DESK)
        with pytest.raises(errors.HeldElsewhere):
            sit.answer(attempt, 1, [0], member, terminal=sit.PHONE)
        done = sit.hand_in(attempt, member, terminal=sit.DESK)
        assert (done.score, AttemptItem.objects.get(number=1).answer) == (6, [1])

    def test_answers_that_come_late_change_nothing(self, member):
        attempt = sit.start(sit.make_exam(), member)
        sit.answer(attempt, 1, [1], member, sequence=7)
        sit.answer(attempt, 1, [0], member, sequence=6)
        sit.answer(attempt, 1, [0], member, sequence=7)
        assert AttemptItem.objects.get(number=1).answer == [1]
        sit.answer(attempt, 1, [2], member, sequence=8)
        assert AttemptItem.objects.get(number=1).answer == [2]

    def test_time_is_the_servers(self, member):
        exam = sit.make_exam(minutes=30)
        attempt = sit.start(exam, member)
        assert attempt.deadline_at == MONDAY + 30 * MINUTE
        sit.answer(attempt, 1, [1], member, at=MONDAY + 29 * MINUTE)
        with pytest.raises(errors.AnswerLate):
            sit.answer(attempt, 2, [0, 1], member, at=MONDAY + 31 * MINUTE)
        assert attempts.hand_in_due(attempt_id=attempt.pk, at=MONDAY + 31 * MINUTE)
        attempt.refresh_from_db()
        assert (attempt.score, attempt.was_timed_out, attempt.submitted_at) == (2, True, MONDAY + 30 * MINUTE)
        assert AttemptItem.objects.get(number=2).answer is None
        assert not attempts.hand_in_due(attempt_id=attempt.pk, at=MONDAY + 32 * MINUTE)

    def test_nobody_gains_time_by_beginning_late(self, member):
        exam = sit.make_exam(closes_at=MONDAY + 40 * MINUTE)
        attempt = sit.start(exam, member, at=MONDAY + 30 * MINUTE)
        assert attempt.deadline_at == MONDAY + 40 * MINUTE

    def test_the_window_is_kept(self, member):
        exam = sit.make_exam()
        with pytest.raises(errors.NotYetOpen):
            sit.start(exam, member, at=MONDAY - MINUTE)
        with pytest.raises(errors.ExamOver):
            sit.start(exam, member, at=exam.closes_at)
        assert not Attempt.objects.exists()

    def test_attempts_are_counted_and_the_best_one_is_kept(self, member):
        exam = sit.make_exam(attempts_allowed=2)
        sit.take(exam, member, *sit.ALL_RIGHT)
        sit.take(exam, member, [0])
        with pytest.raises(errors.NoAttemptLeft):
            sit.start(exam, member)
        assert (Candidate.objects.get().best_percent, Attempt.objects.count()) == (100, 2)
        assert len(passed_events()) == 1

    def test_an_attempt_that_ran_out_is_handed_in_before_the_next(self, member):
        exam = sit.make_exam(attempts_allowed=2, minutes=10)
        first = sit.start(exam, member)
        sit.answer(first, 1, [1], member)
        second = sit.start(exam, member, at=MONDAY + DAY)
        first.refresh_from_db()
        assert (first.state, first.score, second.number) == ("final", 2, 2)

    @pytest.mark.parametrize(
        ("number", "given"),
        [
            (1, [9]), (1, [-1]), (1, ["1"]), (1, [True]), (1, [0, 1]), (1, {"a": 1}), (1, "1"), (2, [0] * 9),
            (4, ["书记", "季度", "多"]), (4, [1, 2]), (4, ["书\x00记"]), (4, ["长" * 201]), (4, ["长" * 10_000_000]),
        ],
    )  # fmt: skip
    def test_what_is_no_answer_is_refused(self, member, number, given):
        attempt = sit.start(sit.make_exam(), member)
        with pytest.raises(errors.AnswerInvalid):
            sit.answer(attempt, number, given, member)
        assert not AttemptItem.objects.exclude(answer=None).exists()

    def test_an_answer_can_be_taken_back(self, member):
        attempt = sit.start(sit.make_exam(), member)
        sit.answer(attempt, 1, [1], member)
        sit.answer(attempt, 1, [], member)
        assert attempt_reads.sheet_of(attempt).missing == (1, 2, 3, 4)

    def test_other_peoples_attempts_are_nobodys_business(self, member, branch):
        attempt = sit.start(sit.make_exam(), member)
        stranger = kit.actor_of(kit.make_person("成员乙", branch, login="yi"))
        for reach in (
            lambda: sit.answer(attempt, 1, [1], stranger),
            lambda: sit.hand_in(attempt, stranger),
            lambda: attempts.continue_here(attempt_id=attempt.pk, terminal="x", actor=stranger, at=MONDAY),
        ):
            with pytest.raises(errors.AttemptMissing):
                reach()
        assert Attempt.objects.get().is_running

    def test_who_is_not_on_the_roster_cannot_take_it(self, actors):
        with pytest.raises(errors.NotOnRoster):
            sit.start(sit.make_exam(), actors.stranger)

    def test_random_papers_draw_once_for_each_attempt(self, member):
        bank = sit.make_bank()
        for number in range(30):
            sit.make_question(bank, sit.SINGLE, text=f"第{number}问？")
        paper = papers.create_paper(
            fields={"title": "随机", "mode": "random", "shuffles_options": True}, actor=SYSTEM, at=MONDAY
        )
        papers.add_rule(
            paper_id=paper.pk, fields={"bank_id": bank.pk, "count": 8, "points": 2}, actor=SYSTEM, at=MONDAY
        )
        exam = sit.make_exam(paper, attempts_allowed=2)
        drawn = []
        for _round in range(2):
            attempt = sit.start(exam, member)
            items = attempt_reads.sheet_of(attempt).items
            drawn.append([item.version_id for item in items])
            assert len(set(drawn[-1])) == 8
            for item in items:
                sit.answer(attempt, item.number, [1], member)
            assert sit.hand_in(attempt, member).percent == 100  # places are the question's, whatever the page showed
        assert drawn[0] != drawn[1]


class TestScoring:
    @pytest.mark.parametrize(
        ("fields", "given", "credit", "points"),
        [
            (sit.SINGLE, [1], "none", "2"), (sit.SINGLE, [0], "none", "0"), (sit.SINGLE, None, "none", "0"),
            (sit.MULTIPLE, [0, 1], "none", "4"), (sit.MULTIPLE, [0], "none", "0"), (sit.MULTIPLE, [0], "half", "2"),
            (sit.MULTIPLE, [0, 2], "half", "0"), (sit.MULTIPLE, [0, 1, 2], "half", "0"),
            (sit.FILL, ["书 记", "季度"], "none", "3"), (sit.FILL, ["支部书记", "月"], "none", "1.5"),
            (sit.FILL, ["ｓ", ""], "none", "0"), (sit.FILL, ["", "季度"], "none", "1.5"),
        ],
    )  # fmt: skip
    def test_points(self, fields, given, credit, points):
        question = sit.make_question(sit.make_bank(), fields)
        version = sit.questions.reads.current_of(question)
        assert worth(version, given, Decimal(fields["points"]), credit).awarded == Decimal(points)

    def test_widths_and_case_make_no_difference(self):
        question = sit.make_question(sit.make_bank(), sit.FILL, text="填____", answer=[["COVID-19"]])
        version = sit.questions.reads.current_of(question)
        assert worth(version, ["ｃｏｖｉｄ－19 "], Decimal(3), "none").is_right

    def test_the_pass_mark_is_exact(self, member):
        exam = sit.make_exam(pass_percent=60)
        attempt = sit.take(exam, member, [1], [0, 1])  # 6 of 10
        assert (attempt.percent, attempt.is_passed) == (60, True)

    def test_below_it_is_failed_and_told_once(self, member):
        exam = sit.make_exam(pass_percent=61)
        attempt = sit.take(exam, member, [1], [0, 1])
        assert not attempt.is_passed
        assert OutboxMessage.objects.filter(name="study.exam.failed").count() == 1
        assert not passed_events()


class TestCourse:
    def test_a_course_waits_for_its_exam(self, member, learner):
        course = kit.make_course(kit.text(), class_hours="2")
        exam = sit.make_exam(course_id=course.pk)
        lesson = kit.lessons_of(course)[0]
        lessons.open_lesson(lesson_id=lesson.pk, actor=member, at=MONDAY)
        lessons.confirm_lesson(lesson_id=lesson.pk, actor=member, at=MONDAY)
        assert Enrolment.objects.get().completed_at is None
        sit.take(exam, member, *sit.ALL_RIGHT, at=MONDAY + MINUTE)
        assert Enrolment.objects.get().completed_at == MONDAY + MINUTE

    def test_an_exam_alone_is_no_course(self, member):
        course = kit.make_course(kit.text())
        exam = sit.make_exam(course_id=course.pk)
        sit.take(exam, member, *sit.ALL_RIGHT)
        assert Enrolment.objects.get().completed_at is None


class TestCare:
    def test_more_time_for_who_needs_it(self, member, learner):
        exam = sit.make_exam(closes_at=MONDAY + 40 * MINUTE, minutes=30)
        attempt = sit.start(exam, member)
        candidate = Candidate.objects.get()
        exam_care.extend(
            exam_id=exam.pk, candidate_id=candidate.pk, actor=SYSTEM, at=MONDAY,
            fields={"extra_minutes": 15, "until_at": MONDAY + 60 * MINUTE, "reason": "视力不便"},
        )  # fmt: skip
        attempt.refresh_from_db()
        assert attempt.deadline_at == MONDAY + 45 * MINUTE
        assert not attempts.hand_in_due(attempt_id=attempt.pk, at=MONDAY + 31 * MINUTE)
        sit.answer(attempt, 1, [1], member, at=MONDAY + 44 * MINUTE)
        exam_delivery.finish_exam(exam_id=exam.pk, at=MONDAY + 41 * MINUTE)
        exam.refresh_from_db()
        assert exam.state == ExamState.PUBLISHED
        assert reads.seat_of(exam, learner, at=MONDAY + 50 * MINUTE).phase == "open"
        exam_delivery.finish_exam(exam_id=exam.pk, at=MONDAY + 61 * MINUTE)
        exam.refresh_from_db()
        assert exam.state == ExamState.CLOSED
        assert Attempt.objects.get().score == 2

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"extra_minutes": 5, "reason": ""}, "/reason"),
            ({"extra_minutes": -5, "reason": "x"}, "/extra_minutes"),
            ({"until_at": MONDAY, "reason": "x"}, "/until_at"),
        ],
    )
    def test_extensions_without_sense_are_refused(self, member, fields, pointer):
        exam = sit.make_exam()
        sit.start(exam, member)
        candidate = Candidate.objects.get()
        with pytest.raises(errors.ExamInvalid) as refused:
            exam_care.extend(exam_id=exam.pk, candidate_id=candidate.pk, fields=fields, actor=SYSTEM, at=MONDAY)
        assert [fault.pointer for fault in refused.value.fields] == [pointer]
        candidate.refresh_from_db()
        assert (candidate.extra_minutes, candidate.until_at) == (0, None)

    def test_a_voided_question_gives_everybody_its_points(self, member, learner):
        exam = sit.make_exam(pass_percent=70)
        attempt = sit.take(exam, member, [1], [0], [0], ["书记", "季度"])  # without the multiple one: 6 of 10
        assert not attempt.is_passed
        question = Question.objects.get(kind="multiple")
        exam_care.void_question(exam_id=exam.pk, question_id=question.pk, reason="选项有误", actor=SYSTEM, at=MONDAY)
        found = exam_care.attempts_to_rescore(exam.pk)
        assert found == [attempt.pk]
        exam_care.rescore(attempt_id=attempt.pk, at=MONDAY + DAY)
        attempt.refresh_from_db()
        assert (attempt.score, attempt.is_passed, attempt.scored_at) == (10, True, MONDAY)
        assert Candidate.objects.get().passed_at == MONDAY + DAY
        assert exam_care.attempts_to_rescore(exam.pk) == []
        with pytest.raises(errors.AlreadyVoided):
            exam_care.void_question(exam_id=exam.pk, question_id=question.pk, reason="再", actor=SYSTEM, at=MONDAY)
        assert VoidedQuestion.objects.count() == 1

    def test_who_hands_in_later_has_the_points_too(self, member):
        exam = sit.make_exam()
        attempt = sit.start(exam, member)
        question = Question.objects.get(kind="multiple")
        exam_care.void_question(exam_id=exam.pk, question_id=question.pk, reason="选项有误", actor=SYSTEM, at=MONDAY)
        assert sit.hand_in(attempt, member).score == 4

    def test_closing_early_hands_in_what_was_saved(self, member):
        exam = sit.make_exam()
        attempt = sit.start(exam, member)
        sit.answer(attempt, 1, [1], member)
        exams.close_exam(exam_id=exam.pk, actor=SYSTEM, at=MONDAY + MINUTE)
        exam_delivery.finish_exam(exam_id=exam.pk, at=MONDAY + MINUTE)
        attempt.refresh_from_db()
        assert (attempt.state, attempt.score) == ("final", 2)
        with pytest.raises(errors.ExamOver):
            sit.start(sit_again := exam, member, at=MONDAY + 2 * MINUTE)
        assert sit_again.attempts.count() == 1

    def test_withdrawing_takes_everything_back(self, member, learner):
        exam = sit.make_exam(audience={"everyone": True})
        attempt = sit.start(exam, member)
        exams.withdraw_exam(exam_id=exam.pk, actor=SYSTEM, at=MONDAY)
        attempt.refresh_from_db()
        assert attempt.state == AttemptState.CANCELLED
        assert not Todo.objects.filter(kind="study.exam", state="open").exists()
        with pytest.raises(errors.ExamWithdrawn):
            reads.get_exam(exam_id=exam.pk, person=learner)
        with pytest.raises(errors.ExamWithdrawn):
            sit.answer(attempt, 1, [1], member)

    def test_a_published_exam_is_not_edited(self):
        exam = sit.make_exam()
        with pytest.raises(errors.ExamStateWrong):
            exams.update_exam(exam_id=exam.pk, fields={"minutes": 5}, actor=SYSTEM, at=MONDAY)
        exam.refresh_from_db()
        assert exam.minutes == 60

    def test_retired_questions_stay_in_published_exams(self, member):
        exam = sit.make_exam()
        questions.retire_question(question_id=Question.objects.get(kind="single").pk, actor=SYSTEM, at=MONDAY)
        assert sit.take(exam, member, *sit.ALL_RIGHT).score == 10


class TestResults:
    def test_wrong_answers_are_shown_when_the_exam_says_so(self, member, learner):
        exam = sit.make_exam(show_answers="after_submit")
        hidden = sit.make_exam(sit.make_paper(bank=sit.make_bank("二")), show_answers="never")
        for one in (exam, hidden):
            sit.take(one, member, [0])
        found = list(attempt_reads.wrong_answers(learner))
        assert {item.attempt.exam_id for item in found} == {exam.pk}
        assert len(found) == 4

    def test_analysis_by_a_worked_example(self, branch):
        exam = sit.make_exam(sit.make_paper(sit.SINGLE, sit.TRUE))
        for place, (_person, actor) in enumerate(sit.make_learners(12, branch)):
            sit.take(exam, actor, [1] if place < 6 else [2], [0] if place < 9 else None)
        lines = {line.version.question.kind: line for line in results.analysis(exam)}
        single = lines["single"]
        assert (single.asked, single.percent, single.discrimination) == (12, 50, 1.0)
        assert [(letter, share) for letter, _text, share, _right in single.options] == [("A", 0), ("B", 50), ("C", 50)]
        assert lines["true_false"].percent == 75

    def test_figures(self, member, learner, branch):
        kit.make_person("成员乙", branch, login="yi")
        exam = sit.make_exam(audience={"clauses": [{"unit": str(branch.pk)}]})
        sit.take(exam, member, *sit.ALL_RIGHT)
        found = results.figures(exam)
        assert (found.asked, found.begun, found.passed, found.mean) == (2, 1, 1, 100)
        assert [row[5] for row in results.table_of(exam)] == ["未参加", "合格"] or [
            row[5] for row in results.table_of(exam)
        ] == ["合格", "未参加"]
