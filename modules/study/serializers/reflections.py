"""JSON of reflections."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import Reflection

_ROW = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3e01", "person_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b01",
    "person_name": "王芳", "course_id": None, "title": "学习支部工作条例有感", "similar_percent": 3, "is_flagged": False,
    "comment": "写得实在。", "reviewer_name": "李建国", "submitted_at": "2026-11-20T01:05:00Z",
    "reviewed_at": "2026-11-21T01:05:00Z", "shared_at": None,
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("reflection", value=_ROW)])
class ReflectionRow(serializers.ModelSerializer):
    """An accepted reflection in a list."""

    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)
    person_name = fields.CharField(source="person.name", read_only=True)
    course_id: Any = fields.PrimaryKeyRelatedField(source="course", read_only=True, allow_null=True)

    class Meta:
        model = Reflection
        fields: tuple[str, ...] = (
            "id", "person_id", "person_name", "course_id", "title", "similar_percent", "is_flagged", "comment",
            "reviewer_name", "submitted_at", "reviewed_at", "shared_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(
    examples=[OpenApiExample("reflection", value={**_ROW, "text": "支部大会怎样开，这次学明白了。"})]
)
class ReflectionDetail(ReflectionRow):
    """With its text."""

    class Meta(ReflectionRow.Meta):
        fields: tuple[str, ...] = (*ReflectionRow.Meta.fields, "text")
        read_only_fields: tuple[str, ...] = fields
