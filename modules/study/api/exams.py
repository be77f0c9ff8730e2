"""/api/v1/study/: question banks, papers, exams and results."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, ReadViewSet, WriteViewSet, command
from jiceng.kernel.clock import now

from ..models import Attempt, AttemptState, Exam, ExamState, Paper, PaperMode, Question, QuestionBank, QuestionKind
from ..selectors import exams, papers, questions, results
from ..serializers.exams import (
    BankInput,
    BankRow,
    ExamInput,
    ExamRow,
    PaperInput,
    PaperQuestionsInput,
    PaperRow,
    PaperRuleInput,
    QuestionInput,
    QuestionRow,
    QuestionUpdate,
    ResultRow,
)
from ..services import exams as exam_services
from ..services import papers as paper_services
from ..services import questions as services


class BankFilters(Filters):
    q = fields.CharField(source="name__icontains", max_length=50, help_text=_("名称中的文字"))


class BankViewSet(WriteViewSet[QuestionBank]):
    noun = _("题库")
    serializer_class = BankRow
    input_class = BankInput
    filters = BankFilters
    orderings = ("-created_at", "name")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[QuestionBank]:
        return questions.banks(self.actor)

    def create_item(self, data: dict[str, Any]) -> QuestionBank:
        return self._fresh(services.create_bank(**data, actor=self.actor, at=now()))

    def update_item(self, item: QuestionBank, data: dict[str, Any]) -> QuestionBank:
        return self._fresh(services.update_bank(bank_id=item.pk, name=data.get("name"), actor=self.actor, at=now()))

    def _fresh(self, bank: QuestionBank) -> QuestionBank:
        return questions.get_bank(bank_id=bank.pk, actor=self.actor)


class QuestionFilters(Filters):
    bank_id = fields.UUIDField(source="bank", help_text=_("题库"))
    kind = fields.ChoiceField(choices=QuestionKind.choices, help_text=_("题型"))


class QuestionViewSet(WriteViewSet[Question]):
    noun = _("题目")
    about = _("考过的题改动后成为新版本，已发布的考试不受影响。")
    serializer_class = QuestionRow
    input_class = QuestionInput
    update_input_class = QuestionUpdate
    filters = QuestionFilters
    orderings = ("-created_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Question]:
        return questions.questions(self.actor)

    def create_item(self, data: dict[str, Any]) -> Question:
        bank_id = data.pop("bank_id")
        made = services.create_question(bank_id=bank_id, fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]
        return self._fresh(made)

    def update_item(self, item: Question, data: dict[str, Any]) -> Question:
        return self._fresh(services.update_question(
            question_id=item.pk, fields=data, version=item.version_count, actor=self.actor, at=now()  # type: ignore[arg-type]
        ))  # fmt: skip

    def delete_item(self, item: Question) -> None:
        services.retire_question(question_id=item.pk, actor=self.actor, at=now())

    def _fresh(self, question: Question) -> Question:
        return questions.get_question(question_id=question.pk, actor=self.actor)


class PaperFilters(Filters):
    mode = fields.ChoiceField(choices=PaperMode.choices, help_text=_("组卷方式"))


class PaperViewSet(WriteViewSet[Paper]):
    noun = _("试卷")
    about = _("用于发布的考试后不能再改。")
    serializer_class = PaperRow
    input_class = PaperInput
    filters = PaperFilters
    orderings = ("-created_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Paper]:
        return papers.papers(self.actor)

    def create_item(self, data: dict[str, Any]) -> Paper:
        return self._fresh(paper_services.create_paper(fields=data, actor=self.actor, at=now()))  # type: ignore[arg-type]

    def update_item(self, item: Paper, data: dict[str, Any]) -> Paper:
        return self._fresh(paper_services.update_paper(
            paper_id=item.pk, fields=data, version=item.version, actor=self.actor, at=now()  # type: ignore[arg-type]
        ))  # fmt: skip

    @command(_("加入题目"), about=_("固定题目的试卷；按顺序加在末尾，已有的不重复。"), input_class=PaperQuestionsInput)
    def questions(self, item: Paper, data: dict[str, Any]) -> Paper:
        paper_services.add_questions(paper_id=item.pk, question_ids=data["question_ids"], actor=self.actor, at=now())
        return self._fresh(item)

    @command(_("添加抽题规则"), about=_("随机抽题的试卷。"), input_class=PaperRuleInput)
    def rules(self, item: Paper, data: dict[str, Any]) -> Paper:
        paper_services.add_rule(paper_id=item.pk, fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]
        return self._fresh(item)

    def _fresh(self, paper: Paper) -> Paper:
        return papers.get_paper(paper_id=paper.pk, actor=self.actor)


class ExamFilters(Filters):
    course_id = fields.UUIDField(source="course", help_text=_("课程"))
    state = fields.ChoiceField(choices=ExamState.choices, help_text=_("状态"))


class ExamViewSet(WriteViewSet[Exam]):
    noun = _("考试")
    about = _("发布后通知考生，到时自动开始和结束。")
    serializer_class = ExamRow
    input_class = ExamInput
    filters = ExamFilters
    orderings = ("-created_at", "closes_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Exam]:
        return exams.managed(self.actor)

    def create_item(self, data: dict[str, Any]) -> Exam:
        return self._fresh(exam_services.create_exam(fields=data, actor=self.actor, at=now()))  # type: ignore[arg-type]

    def update_item(self, item: Exam, data: dict[str, Any]) -> Exam:
        return self._fresh(exam_services.update_exam(
            exam_id=item.pk, fields=data, version=item.version, actor=self.actor, at=now()  # type: ignore[arg-type]
        ))  # fmt: skip

    @command(_("发布考试"), about=_("试卷就此固定。"))
    def publish(self, item: Exam) -> Exam:
        return self._fresh(exam_services.publish_exam(exam_id=item.pk, actor=self.actor, at=now()))

    @command(_("提前结束考试"), about=_("正在答题的人，按已保存的答案交卷。"))
    def close(self, item: Exam) -> Exam:
        return self._fresh(exam_services.close_exam(exam_id=item.pk, actor=self.actor, at=now()))

    @command(_("撤回考试"), about=_("不能恢复。"))
    def withdraw(self, item: Exam) -> Exam:
        return self._fresh(exam_services.withdraw_exam(exam_id=item.pk, actor=self.actor, at=now()))

    def _fresh(self, exam: Exam) -> Exam:
        return exams.get_managed(exam_id=exam.pk, actor=self.actor)


class ResultFilters(Filters):
    exam_id = fields.UUIDField(source="exam", help_text=_("考试"))
    person_id = fields.UUIDField(source="person", help_text=_("考生"))
    state = fields.ChoiceField(choices=AttemptState.choices, help_text=_("状态"))


class ResultViewSet(ReadViewSet[Attempt]):
    noun = _("考试成绩")
    about = _("已交的答卷，每份一条。")
    serializer_class = ResultRow
    filters = ResultFilters
    orderings = ("-submitted_at", "started_at")

    def rows(self) -> QuerySet[Attempt]:
        return results.results(self.actor)
