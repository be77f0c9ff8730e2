"""JSON of materials, courses and enrolments."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import SUMMARY_LENGTH, TITLE_LENGTH, CompletionRule, Course, Enrolment, Lesson, Material, MaterialKind

COURSE_ID, UNIT_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a01", "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a02"
_COURSE = {
    "id": COURSE_ID, "title": "支部工作条例导读", "summary": "三个课时，约四十分钟。", "lecturer": "李建国",
    "unit_id": None, "state": "published", "class_hours": "1.5", "in_order": True, "is_open": True,
    "gives_certificate": True, "certificate_months": 0, "lesson_count": 3, "learner_count": 86, "completed_count": 71,
    "published_at": "2026-11-20T01:05:00Z", "updated_at": "2026-11-20T01:05:00Z", "version": 4,
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("course", value=_COURSE)])
class CourseRow(serializers.ModelSerializer):
    """A course in a list."""

    unit_id: Any = fields.PrimaryKeyRelatedField(
        source="unit", read_only=True, allow_null=True, help_text=_("属于哪个组织；空为全单位")
    )
    lesson_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("课时数"))
    learner_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("开始学习的人数"))
    completed_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("学完的人数"))

    class Meta:
        model = Course
        fields: tuple[str, ...] = (
            "id", "title", "summary", "lecturer", "unit_id", "state", "class_hours", "in_order", "is_open",
            "gives_certificate", "certificate_months", "lesson_count", "learner_count", "completed_count", "published_at",
            "updated_at", "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class LessonPart(serializers.ModelSerializer):
    """A lesson of a course."""

    kind = fields.CharField(source="material.kind", read_only=True, help_text=_("资料类型"))
    chapter = fields.CharField(source="chapter.title", read_only=True, help_text=_("所在的章"))
    material_id: Any = fields.PrimaryKeyRelatedField(source="material", read_only=True)

    class Meta:
        model = Lesson
        fields: tuple[str, ...] = (
            "id", "chapter", "title", "material_id", "kind", "is_required", "rule", "needed_seconds",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "course",
            value={
                **_COURSE,
                "lessons": [
                    {
                        "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a11", "chapter": "第一章", "title": "支部怎样开会",
                        "material_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a12", "kind": "video", "is_required": True,
                        "rule": "time", "needed_seconds": 540,
                    }
                ],
            },
        )
    ]
)  # fmt: skip
class CourseDetail(CourseRow):
    """A course with its lessons in order."""

    lessons = fields.SerializerMethodField(help_text=_("课时，按顺序"))

    class Meta(CourseRow.Meta):
        fields: tuple[str, ...] = (*CourseRow.Meta.fields, "lessons")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(LessonPart(many=True))
    def get_lessons(self, course: Course) -> Any:
        rows = Lesson.objects.filter(chapter__course=course).select_related("chapter", "material")
        return LessonPart(rows.order_by("chapter__position", "chapter_id", "position", "id"), many=True).data


@extend_schema_serializer(
    examples=[OpenApiExample("draft", value={"title": "支部工作条例导读", "class_hours": "1.5", "in_order": True})]
)
class CourseInput(serializers.Serializer):
    title = fields.CharField(max_length=TITLE_LENGTH)
    summary = fields.CharField(max_length=SUMMARY_LENGTH, required=False, allow_blank=True)
    lecturer = fields.CharField(max_length=50, required=False, allow_blank=True)
    unit_id = fields.UUIDField(required=False, allow_null=True, help_text=_("属于哪个组织；空为全单位"))
    class_hours = fields.DecimalField(
        max_digits=5, decimal_places=1, min_value=0, max_value=200, required=False, help_text=_("学时，以 0.5 为单位")
    )
    in_order = fields.BooleanField(required=False, help_text=_("按顺序学习"))
    is_open = fields.BooleanField(required=False, help_text=_("人人可学"))
    gives_certificate = fields.BooleanField(required=False, help_text=_("学完发证书"))
    certificate_months = fields.IntegerField(min_value=0, max_value=120, required=False, help_text=_("0 为长期有效"))


@extend_schema_serializer(
    examples=[
        OpenApiExample("lesson", value={"chapter": "第一章", "material_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a12"})
    ]
)
class LessonInput(serializers.Serializer):
    chapter = fields.CharField(max_length=TITLE_LENGTH, help_text=_("章名；没有这一章则新建"))
    material_id = fields.UUIDField()
    title = fields.CharField(max_length=TITLE_LENGTH, required=False, allow_blank=True)
    is_required = fields.BooleanField(required=False)
    rule = fields.ChoiceField(
        choices=CompletionRule.choices,
        required=False,
        help_text=_("open 打开即完成，time 学满时长，confirm 本人确认"),
    )
    needed_seconds = fields.IntegerField(min_value=0, max_value=21600, required=False)


_MATERIAL = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a12", "kind": "link", "title": "条例全文", "source": "共产党员网",
    "url": "https://example.org/rules", "duration_seconds": 0, "unit_id": None, "lesson_count": 1,
    "created_at": "2026-11-20T01:05:00Z", "updated_at": "2026-11-20T01:05:00Z", "version": 1,
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("material", value=_MATERIAL)])
class MaterialRow(serializers.ModelSerializer):
    """A material in a list."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    lesson_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("用于多少个课时"))

    class Meta:
        model = Material
        fields: tuple[str, ...] = (
            "id", "kind", "title", "source", "url", "duration_seconds", "unit_id", "lesson_count", "created_at",
            "updated_at", "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(examples=[OpenApiExample("material", value={**_MATERIAL, "body": ""})])
class MaterialDetail(MaterialRow):
    """A material with its text."""

    class Meta(MaterialRow.Meta):
        fields: tuple[str, ...] = (*MaterialRow.Meta.fields, "body")
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(
    examples=[OpenApiExample("link", value={"kind": "link", "title": "条例全文", "url": "https://example.org/rules"})]
)
class MaterialInput(serializers.Serializer):
    kind = fields.ChoiceField(choices=MaterialKind.choices)
    title = fields.CharField(max_length=TITLE_LENGTH)
    source: Any = fields.CharField(max_length=100, required=False, allow_blank=True)
    body = fields.CharField(max_length=200_000, required=False, allow_blank=True, help_text=_("HTML 或纯文字"))
    url = fields.CharField(max_length=500, required=False, allow_blank=True)
    unit_id = fields.UUIDField(required=False, allow_null=True)
    file_id = fields.UUIDField(required=False, help_text=_("本人在后台上传后尚未使用的文件"))


class MaterialUpdate(serializers.Serializer):
    title = fields.CharField(max_length=TITLE_LENGTH, required=False)
    source: Any = fields.CharField(max_length=100, required=False, allow_blank=True)
    body = fields.CharField(max_length=200_000, required=False, allow_blank=True)
    url = fields.CharField(max_length=500, required=False, allow_blank=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "enrolment",
            value={
                "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a21", "course_id": COURSE_ID,
                "person_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a22", "person_name": "王芳",
                "started_at": "2026-11-20T01:05:00Z", "opened_at": "2026-11-21T01:05:00Z", "completed_at": None,
            },
        )
    ]
)  # fmt: skip
class EnrolmentRow(serializers.ModelSerializer):
    """How far a person is with a course."""

    course_id: Any = fields.PrimaryKeyRelatedField(source="course", read_only=True)
    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)
    person_name = fields.CharField(source="person.name", read_only=True)

    class Meta:
        model = Enrolment
        fields: tuple[str, ...] = (
            "id", "course_id", "person_id", "person_name", "started_at", "opened_at", "completed_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields
