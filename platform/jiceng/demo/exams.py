"""The demonstration course's exam: five questions, open for two weeks."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.clock import now
from modules.study.models import Course, Exam
from modules.study.services import exams, papers, questions
from tenants.context import tenant_scope
from tenants.models import Tenant

QUESTIONS = (
    {"kind": "single", "text": "支部党员大会一般多久召开一次？", "options": ["每周", "每月", "每季度", "每年"], "answer": [2],
     "explanation": "见《支部工作条例》第十一条。", "points": 2},
    {"kind": "multiple", "text": "支部党员大会的表决可以采用哪些方式？", "options": ["举手", "口头", "无记名投票", "网上点赞"],
     "answer": [0, 1, 2], "points": 4},
    {"kind": "true_false", "text": "主题党日每月固定一天。", "answer": [0], "points": 2},
    {"kind": "fill", "text": "支部委员会一般每____召开一次，党小组会一般每____召开一次。", "answer": [["月"], ["月"]], "points": 4},
    {"kind": "short", "text": "您所在的支部怎样开好主题党日？请写两三句。", "reference": "主题明确、全员参与、事后落实。", "points": 8},
)  # fmt: skip


def ensure_exam(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        if not Exam.objects.exists():
            _make()


@transaction.atomic
def _make() -> None:
    author, at = Actor.for_user(User.objects.get(username="admin")), now() - timedelta(days=2)
    bank = questions.create_bank(name="组织生活题库", actor=author, at=at)
    made = [
        questions.create_question(bank_id=bank.pk, fields={**fields, "tags": ["组织生活"]}, actor=author, at=at)  # type: ignore[typeddict-item]
        for fields in QUESTIONS
    ]
    fields = {"title": "支部工作条例结业试卷", "shuffles_options": True, "partial_credit": "half"}
    paper = papers.create_paper(fields=fields, actor=author, at=at)  # type: ignore[arg-type]
    papers.add_questions(paper_id=paper.pk, question_ids=[question.pk for question in made], actor=author, at=at)
    exam = exams.create_exam(
        fields={
            "title": "支部工作条例结业考试", "words": "学完三个课时再考，可以考两次。", "paper_id": paper.pk,
            "course_id": Course.objects.get(title="支部工作条例导读").pk, "opens_at": at, "audience": {"everyone": True},
            "closes_at": now() + timedelta(days=14), "minutes": 30, "attempts_allowed": 2, "show_answers": "after_submit",
        },
        actor=author, at=at,
    )  # fmt: skip
    exams.publish_exam(exam_id=exam.pk, actor=author, at=at)
