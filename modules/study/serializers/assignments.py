"""JSON of assignments."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers
from jiceng.members import audiences

from ..models import TITLE_LENGTH, Assignment
from .audiences import AUDIENCE, StudyAudience

_ROW = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a31", "title": "支部工作条例导读", "course_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a01",
    "unit_id": None, "due_at": "2026-12-15T10:00:00Z", "is_mandatory": True, "words": "", "state": "open",
    "person_count": 128, "done_count": 71, "author_name": "李建国", "created_at": "2026-11-20T01:05:00Z",
    "updated_at": "2026-11-20T01:05:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("assignment", value=_ROW)])
class AssignmentRow(serializers.ModelSerializer):
    """An assignment in a list."""

    course_id: Any = fields.PrimaryKeyRelatedField(source="course", read_only=True)
    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    done_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("已完成的人数"))

    class Meta:
        model = Assignment
        fields: tuple[str, ...] = (
            "id", "title", "course_id", "unit_id", "due_at", "is_mandatory", "words", "state", "person_count", "done_count",
            "author_name", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(examples=[OpenApiExample("assignment", value={**_ROW, "audience": {"everyone": True}})])
class AssignmentDetail(AssignmentRow):
    """An assignment with whom it is for."""

    audience = fields.SerializerMethodField(help_text=_("发给谁"))

    class Meta(AssignmentRow.Meta):
        fields: tuple[str, ...] = (*AssignmentRow.Meta.fields, "audience")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(AUDIENCE)
    def get_audience(self, assignment: Assignment) -> Any:
        if assignment.audience is None:
            return {"everyone": True}
        return audiences.as_json(audiences.definition_of(assignment.audience))


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "assignment",
            value={"course_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a01", "due_at": "2026-12-15T10:00:00Z", "audience": {"everyone": True}},
        )
    ]
)  # fmt: skip
class AssignmentInput(serializers.Serializer):
    title = fields.CharField(max_length=TITLE_LENGTH, required=False, allow_blank=True)
    course_id = fields.UUIDField(required=False, allow_null=True, help_text=_("已发布的课程；与 material_id 二选一"))
    material_id = fields.UUIDField(required=False, allow_null=True, help_text=_("单独一份资料"))
    unit_id = fields.UUIDField(required=False, allow_null=True)
    audience = StudyAudience(required=False, allow_null=True, help_text=_("发给谁；空为全体成员"))
    due_at = fields.DateTimeField(required=False, allow_null=True)
    is_mandatory = fields.BooleanField(required=False)
    words = fields.CharField(max_length=300, required=False, allow_blank=True)


@extend_schema_serializer(examples=[OpenApiExample("deadline", value={"due_at": "2026-12-31T10:00:00Z"})])
class DeadlineInput(serializers.Serializer):
    due_at = fields.DateTimeField(required=False, allow_null=True, help_text=_("空为不限时间"))


@extend_schema_serializer(examples=[OpenApiExample("reminded", value={"person_count": 57})])
class RemindedRow(serializers.Serializer):
    person_count = fields.IntegerField(min_value=1)
