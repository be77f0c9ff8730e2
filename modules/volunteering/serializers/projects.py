"""JSON of projects."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import TEXT_LENGTH, TITLE_LENGTH, Category, Project

_ROW = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4a31", "title": "周末清洁家园", "text": "清理楼道和绿地。", "place": "和平社区",
    "category": "environment", "unit_id": None, "team_id": None, "organiser_id": None, "is_public": True, "skills": "",
    "age_note": "", "insurance_note": "", "state": "published", "cancel_reason": "", "published_at": "2026-11-20T01:05:00Z",
    "ended_at": None, "author_name": "李建国", "version": 2, "created_at": "2026-11-20T01:00:00Z",
    "updated_at": "2026-11-20T01:05:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("project", value=_ROW)])
class ProjectRow(serializers.ModelSerializer):
    """A volunteering project."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    team_id: Any = fields.PrimaryKeyRelatedField(source="team", read_only=True, allow_null=True)
    organiser_id: Any = fields.PrimaryKeyRelatedField(source="organiser", read_only=True, allow_null=True)

    class Meta:
        model = Project
        fields: tuple[str, ...] = tuple(_ROW)
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample("project", value={"title": "周末清洁家园", "place": "和平社区", "category": "environment"})
    ]
)
class ProjectInput(serializers.Serializer):
    title = fields.CharField(max_length=TITLE_LENGTH)
    text = fields.CharField(max_length=TEXT_LENGTH, required=False, allow_blank=True)
    place = fields.CharField(max_length=100, required=False, allow_blank=True)
    category = fields.ChoiceField(choices=Category.choices, required=False)
    unit_id = fields.UUIDField(required=False, allow_null=True, help_text=_("所属组织，新建后不能改"))
    team_id = fields.UUIDField(required=False, allow_null=True, help_text=_("志愿队伍"))
    organiser_id = fields.UUIDField(required=False, allow_null=True, help_text=_("现场负责人（人员）"))
    is_public = fields.BooleanField(required=False, help_text=_("是否对群众公开"))
    skills = fields.CharField(max_length=100, required=False, allow_blank=True, help_text=_("需要的技能，空格隔开"))
    age_note = fields.CharField(max_length=100, required=False, allow_blank=True)
    insurance_note = fields.CharField(max_length=200, required=False, allow_blank=True)


@extend_schema_serializer(examples=[OpenApiExample("reason", value={"reason": "暴雨预警"})])
class ReasonInput(serializers.Serializer):
    reason = fields.CharField(max_length=200, help_text=_("原因"))
