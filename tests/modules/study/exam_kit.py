"""Question banks, papers and exams for tests. Call within a tenant's scope."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from jiceng.access.actor import Actor
from jiceng.members.models import Person
from modules.study.models import Attempt, AttemptItem, Exam, Paper, Question, QuestionBank
from modules.study.services import attempts, exam_delivery, exams, papers, questions
from tests.factories.news import MONDAY

from . import kit

SYSTEM = kit.SYSTEM
NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"
PHONE, DESK = "phone", "desk"
HOUR = timedelta(hours=1)
SINGLE = {
    "kind": "single",
    "text": "党员大会多久召开一次？",
    "options": ["每月", "每季度", "每年"],
    "answer": [1],
    "points": 2,
}
MULTIPLE = {
    "kind": "multiple",
    "text": "三会一课包括？",
    "options": ["党员大会", "党课", "茶话会"],
    "answer": [0, 1],
    "points": 4,
}
TRUE = {"kind": "true_false", "text": "主题党日每月固定一天。", "answer": [0], "points": 1}
FILL = {"kind": "fill", "text": "大会由____召集，每____一次。", "answer": [["书记", "支部书记"], ["季度"]], "points": 3}
SHORT = {"kind": "short", "text": "怎样开好组织生活会？", "reference": "会前、会中、会后。", "points": 10}


def make_bank(name: str = "党章题库", **fields: Any) -> QuestionBank:
    return questions.create_bank(name=name, actor=SYSTEM, at=MONDAY, **fields)


def make_question(bank: QuestionBank, fields: dict[str, Any], **more: Any) -> Question:
    return questions.create_question(bank_id=bank.pk, fields={**fields, **more}, actor=SYSTEM, at=MONDAY)  # type: ignore[typeddict-item]


def make_paper(*asked: dict[str, Any], bank: QuestionBank | None = None, **fields: Any) -> Paper:
    """A fixed paper of the given questions (one of each kind that is scored by machine where none is given)."""
    bank = bank or make_bank()
    ids = [make_question(bank, one).pk for one in asked or (SINGLE, MULTIPLE, TRUE, FILL)]
    paper = papers.create_paper(fields={"title": "结业试卷", **fields}, actor=SYSTEM, at=MONDAY)  # type: ignore[typeddict-item]
    papers.add_questions(paper_id=paper.pk, question_ids=ids, actor=SYSTEM, at=MONDAY)
    return paper


def make_exam(paper: Paper | None = None, *, publish: bool = True, **fields: Any) -> Exam:
    """Open from ``MONDAY`` for a week, for everybody, sixty minutes, one attempt, unless ``fields`` say otherwise."""
    given = {
        "title": "结业考试", "paper_id": (paper or make_paper()).pk, "opens_at": MONDAY,
        "closes_at": MONDAY + timedelta(days=7), "minutes": 60, "attempts_allowed": 1, **fields,
    }  # fmt: skip
    exam = exams.create_exam(fields=given, actor=SYSTEM, at=MONDAY)  # type: ignore[typeddict-item]
    if publish:
        exam = exams.publish_exam(exam_id=exam.pk, actor=SYSTEM, at=MONDAY)
        exam_delivery.deliver_exam(exam_id=exam.pk, at=MONDAY)
    return exam


def start(exam: Exam, actor: Actor, *, at: datetime = MONDAY, terminal: str = PHONE) -> Attempt:
    return attempts.start_attempt(exam_id=exam.pk, terminal=terminal, actor=actor, at=at)


def answer(
    attempt: Attempt, number: int, given: Any, actor: Actor, *, at: datetime = MONDAY, terminal: str = PHONE, sequence: int | None = None
) -> AttemptItem:  # fmt: skip
    return attempts.save_answer(
        attempt_id=attempt.pk, number=number, answer=given, terminal=terminal, sequence=sequence, actor=actor, at=at
    )


def hand_in(attempt: Attempt, actor: Actor, *, at: datetime = MONDAY, terminal: str = PHONE) -> Attempt:
    return attempts.hand_in(attempt_id=attempt.pk, terminal=terminal, actor=actor, at=at)


def take(exam: Exam, actor: Actor, *given: Any, at: datetime = MONDAY) -> Attempt:
    """Begin, answer in order, hand in."""
    attempt = start(exam, actor, at=at)
    for number, one in enumerate(given, start=1):
        if one is not None:
            answer(attempt, number, one, actor, at=at)
    return hand_in(attempt, actor, at=at)


def make_learners(count: int, unit: Any = None) -> list[tuple[Person, Actor]]:
    unit = unit or kit.make_unit("第一支部")
    people = [kit.make_person(f"考生{NAMES[number]}", unit, login=f"kaosheng{number}") for number in range(count)]
    return [(person, kit.actor_of(person)) for person in people]


ALL_RIGHT = ([1], [0, 1], [0], ["支部书记", "季度"])
