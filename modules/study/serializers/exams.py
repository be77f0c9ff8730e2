"""JSON of question banks, papers, exams and results."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import (
    OPTION_LENGTH,
    QUESTION_LENGTH,
    TITLE_LENGTH,
    Attempt,
    Exam,
    Paper,
    PaperMode,
    PartialCredit,
    Question,
    QuestionBank,
    QuestionKind,
    ShowAnswers,
)
from ..services.exams import WORDS_LENGTH
from .audiences import StudyAudience

ID, BANK_ID, PAPER_ID, EXAM_ID = (f"01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b0{number}" for number in range(1, 5))
PERSON_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a05"
ANSWER = {
    "type": "array",
    "items": {"oneOf": [{"type": "integer", "minimum": 0}, {"type": "array", "items": {"type": "string"}}]},
    "description": "选择和判断：正确选项的位置，从 0 起；填空：每个空可接受的写法；简答：空。",
}
_BANK = {
    "id": BANK_ID,
    "name": "党章题库",
    "unit_id": None,
    "question_count": 120,
    "updated_at": "2026-11-20T01:05:00Z",
}
_QUESTION = {
    "id": ID, "bank_id": BANK_ID, "kind": "single", "text": "党员大会一般多久召开一次？", "options": ["每月", "每季度"],
    "answer": [1], "reference": "", "explanation": "见支部工作条例。", "points": "2.0", "difficulty": 2,
    "tags": ["组织生活"], "version": 1, "updated_at": "2026-11-20T01:05:00Z",
}  # fmt: skip
_PAPER = {
    "id": PAPER_ID, "title": "结业试卷", "unit_id": None, "mode": "fixed", "shuffles_questions": False,
    "shuffles_options": True, "partial_credit": "none", "question_count": 10, "total": "20.00", "frozen_at": None,
    "updated_at": "2026-11-20T01:05:00Z", "version": 3,
}  # fmt: skip
_EXAM = {
    "id": EXAM_ID, "title": "支部工作条例结业考试", "words": "", "course_id": None, "unit_id": None, "paper_id": PAPER_ID,
    "opens_at": "2026-11-23T01:00:00Z", "closes_at": "2026-11-30T10:00:00Z", "minutes": 60, "attempts_allowed": 2,
    "pass_percent": 60, "show_answers": "after_close", "is_blind": True, "second_limit": None, "state": "published",
    "candidate_count": 128, "submitted_count": 71, "marking_count": 3, "published_at": "2026-11-22T01:00:00Z",
    "updated_at": "2026-11-22T01:00:00Z", "version": 2,
}  # fmt: skip
_RESULT = {
    "id": ID, "exam_id": EXAM_ID, "person_id": PERSON_ID, "number": 1, "state": "final", "score": "16.00",
    "max_score": "20.00", "percent": 80, "is_passed": True, "was_timed_out": False, "started_at": "2026-11-23T01:00:00Z",
    "submitted_at": "2026-11-23T01:31:00Z", "scored_at": "2026-11-23T01:31:00Z",
}  # fmt: skip


@extend_schema_field(ANSWER)
class AnswerField(fields.ListField):
    """Judged by the services, by kind."""

    child = fields.JSONField()


@extend_schema_serializer(examples=[OpenApiExample("bank", value=_BANK)])
class BankRow(serializers.ModelSerializer):
    """A question bank."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    question_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("在用的题数"))

    class Meta:
        model = QuestionBank
        fields: tuple[str, ...] = ("id", "name", "unit_id", "question_count", "updated_at")
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(examples=[OpenApiExample("bank", value={"name": "党章题库"})])
class BankInput(serializers.Serializer):
    name = fields.CharField(max_length=100)
    unit_id = fields.UUIDField(required=False, allow_null=True, help_text=_("只在新建时有效"))


@extend_schema_serializer(examples=[OpenApiExample("question", value=_QUESTION)])
class QuestionRow(serializers.ModelSerializer):
    """A question in its newest words, with its answer."""

    bank_id: Any = fields.PrimaryKeyRelatedField(source="bank", read_only=True)
    text = fields.CharField(source="newest.text", read_only=True, help_text=_("题干"))
    options = fields.ListField(
        source="newest.options", child=fields.CharField(), read_only=True, help_text=_("选项")
    )
    answer = AnswerField(source="newest.answer", read_only=True)
    reference = fields.CharField(source="newest.reference", read_only=True, help_text=_("简答题的参考答案"))
    explanation = fields.CharField(source="newest.explanation", read_only=True, help_text=_("解析"))
    tags = fields.ListField(child=fields.CharField(), read_only=True)
    version: Any = fields.IntegerField(source="version_count", read_only=True, min_value=1)

    class Meta:
        model = Question
        fields: tuple[str, ...] = (
            "id", "bank_id", "kind", "text", "options", "answer", "reference", "explanation", "points", "difficulty", "tags",
            "version", "updated_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


_TEXT = {"max_length": QUESTION_LENGTH, "required": False, "allow_blank": True}


@extend_schema_serializer(
    examples=[OpenApiExample("question", value={"text": "主题党日每月固定一天。", "answer": [0], "points": "1.0"})]
)
class QuestionUpdate(serializers.Serializer):
    text = fields.CharField(max_length=QUESTION_LENGTH)
    options = fields.ListField(child=fields.CharField(max_length=OPTION_LENGTH), max_length=8, required=False)
    answer = AnswerField(required=False, max_length=10)
    reference = fields.CharField(**_TEXT, help_text=_("简答题必填"))  # type: ignore[arg-type]
    explanation = fields.CharField(**_TEXT)  # type: ignore[arg-type]
    points = fields.DecimalField(max_digits=5, decimal_places=1, required=False, help_text=_("以 0.5 为单位"))
    difficulty = fields.IntegerField(min_value=1, max_value=5, required=False)
    tags = fields.ListField(child=fields.CharField(max_length=30), max_length=10, required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "question",
            value={"bank_id": BANK_ID, "kind": "single", "text": "党员大会一般多久召开一次？", "options": ["每月", "每季度"], "answer": [1]},
        )
    ]
)  # fmt: skip
class QuestionInput(QuestionUpdate):
    bank_id = fields.UUIDField()
    kind = fields.ChoiceField(choices=QuestionKind.choices)


@extend_schema_serializer(examples=[OpenApiExample("paper", value=_PAPER)])
class PaperRow(serializers.ModelSerializer):
    """A paper. ``frozen_at``: since it is in use and never changes."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    question_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("题数"))
    total = fields.DecimalField(max_digits=9, decimal_places=2, read_only=True, help_text=_("总分"))

    class Meta:
        model = Paper
        fields: tuple[str, ...] = (
            "id", "title", "unit_id", "mode", "shuffles_questions", "shuffles_options", "partial_credit", "question_count",
            "total", "frozen_at", "updated_at", "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(examples=[OpenApiExample("paper", value={"title": "结业试卷", "mode": "fixed"})])
class PaperInput(serializers.Serializer):
    title = fields.CharField(max_length=TITLE_LENGTH)
    unit_id = fields.UUIDField(required=False, allow_null=True, help_text=_("只在新建时有效"))
    mode = fields.ChoiceField(choices=PaperMode.choices, required=False, help_text=_("只在新建时有效"))
    shuffles_questions = fields.BooleanField(required=False)
    shuffles_options = fields.BooleanField(required=False)
    partial_credit = fields.ChoiceField(choices=PartialCredit.choices, required=False)


@extend_schema_serializer(examples=[OpenApiExample("questions", value={"question_ids": [ID]})])
class PaperQuestionsInput(serializers.Serializer):
    question_ids = fields.ListField(child=fields.UUIDField(), min_length=1, max_length=200)


@extend_schema_serializer(
    examples=[OpenApiExample("rule", value={"bank_id": BANK_ID, "kind": "single", "count": 10, "points": "2.0"})]
)
class PaperRuleInput(serializers.Serializer):
    bank_id = fields.UUIDField()
    kind = fields.ChoiceField(choices=QuestionKind.choices, required=False)
    tag = fields.CharField(max_length=30, required=False, allow_blank=True)
    difficulty_from = fields.IntegerField(min_value=1, max_value=5, required=False)
    difficulty_to = fields.IntegerField(min_value=1, max_value=5, required=False)
    count = fields.IntegerField(min_value=1, max_value=200)
    points = fields.DecimalField(max_digits=5, decimal_places=1, help_text=_("以 0.5 为单位"))


@extend_schema_serializer(examples=[OpenApiExample("exam", value=_EXAM)])
class ExamRow(serializers.ModelSerializer):
    """An exam."""

    course_id: Any = fields.PrimaryKeyRelatedField(source="course", read_only=True, allow_null=True)
    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    paper_id: Any = fields.PrimaryKeyRelatedField(source="paper", read_only=True)
    submitted_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("交卷份数"))
    marking_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("待阅份数"))

    class Meta:
        model = Exam
        fields: tuple[str, ...] = (
            "id", "title", "words", "course_id", "unit_id", "paper_id", "opens_at", "closes_at", "minutes",
            "attempts_allowed", "pass_percent", "show_answers", "is_blind", "second_limit", "state", "candidate_count",
            "submitted_count", "marking_count", "published_at", "updated_at", "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "exam",
            value={
                "title": "支部工作条例结业考试", "paper_id": PAPER_ID, "opens_at": "2026-11-23T01:00:00Z",
                "closes_at": "2026-11-30T10:00:00Z", "audience": {"everyone": True},
            },
        )
    ]
)  # fmt: skip
class ExamInput(serializers.Serializer):
    title = fields.CharField(max_length=TITLE_LENGTH)
    words = fields.CharField(max_length=WORDS_LENGTH, required=False, allow_blank=True)
    course_id = fields.UUIDField(required=False, allow_null=True, help_text=_("哪门课程的考试"))
    unit_id = fields.UUIDField(required=False, allow_null=True, help_text=_("只在新建时有效"))
    paper_id = fields.UUIDField()
    audience = StudyAudience(required=False, allow_null=True, help_text=_("谁来考；空为人人可考，不通知"))
    opens_at = fields.DateTimeField()
    closes_at = fields.DateTimeField()
    minutes = fields.IntegerField(min_value=1, max_value=600, required=False)
    attempts_allowed = fields.IntegerField(min_value=1, max_value=20, required=False)
    pass_percent = fields.IntegerField(min_value=1, max_value=100, required=False)
    show_answers = fields.ChoiceField(choices=ShowAnswers.choices, required=False)
    is_blind = fields.BooleanField(required=False, help_text=_("阅卷不显示姓名"))
    second_limit = fields.DecimalField(
        max_digits=5, decimal_places=1, required=False, allow_null=True, help_text=_("两人阅卷的分差上限；空为一人阅卷")
    )


@extend_schema_serializer(examples=[OpenApiExample("result", value=_RESULT)])
class ResultRow(serializers.ModelSerializer):
    """One attempt that is handed in. Scores are empty until every answer is marked."""

    exam_id: Any = fields.PrimaryKeyRelatedField(source="exam", read_only=True)
    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)

    class Meta:
        model = Attempt
        fields: tuple[str, ...] = (
            "id", "exam_id", "person_id", "number", "state", "score", "max_score", "percent", "is_passed", "was_timed_out",
            "started_at", "submitted_at", "scored_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields
