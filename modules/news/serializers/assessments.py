"""JSON of assessments."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import Article, AssessmentTarget, Criterion, Phase
from .articles import ARTICLE_ID

_ROW = {
    "id": ARTICLE_ID, "title": "四季度组织建设考核", "state": "published", "phase": "scoring", "target_kind": "unit",
    "submit_by": "2026-12-20T09:00:00Z", "appeal_until": None, "concluded_at": None, "published_at": "2026-12-01T01:00:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("assessment", value=_ROW)])
class AssessmentRow(serializers.ModelSerializer):
    """An assessment."""

    phase = fields.ChoiceField(source="assessment.phase", choices=Phase.choices, read_only=True, help_text=_("阶段"))
    target_kind = fields.CharField(source="assessment.target_kind", read_only=True, help_text=_("unit 或 person"))
    submit_by = fields.DateTimeField(source="assessment.submit_by", read_only=True, help_text=_("提交期限"))
    appeal_until = fields.DateTimeField(source="assessment.appeal_until", read_only=True, allow_null=True)
    concluded_at = fields.DateTimeField(source="assessment.concluded_at", read_only=True, allow_null=True)

    class Meta:
        model = Article
        fields: tuple[str, ...] = (
            "id", "title", "state", "phase", "target_kind", "submit_by", "appeal_until", "concluded_at", "published_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class TargetRow(serializers.ModelSerializer):
    """A unit or person assessed."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True, allow_null=True)

    class Meta:
        model = AssessmentTarget
        fields = ("id", "unit_id", "person_id", "name", "handed_in_at", "total")
        read_only_fields = fields


class CriterionRow(serializers.ModelSerializer):
    class Meta:
        model = Criterion
        fields = ("id", "name", "description", "weight", "max_score", "needs_evidence")
        read_only_fields = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample("assessment", value={
            **_ROW,
            "criteria": [{
                "id": ARTICLE_ID, "name": "组织生活", "description": "", "weight": 100, "max_score": 100, "needs_evidence": True,
            }],
            "targets": [{
                "id": ARTICLE_ID, "unit_id": ARTICLE_ID, "person_id": None, "name": "第一支部",
                "handed_in_at": "2026-12-18T02:00:00Z", "total": "92.50",
            }],
        })
    ]
)  # fmt: skip
class AssessmentDetail(AssessmentRow):
    """An assessment with its criteria, targets and totals."""

    criteria = fields.SerializerMethodField(help_text=_("指标"))
    targets = fields.SerializerMethodField(help_text=_("考核对象"))

    class Meta(AssessmentRow.Meta):
        fields: tuple[str, ...] = (*AssessmentRow.Meta.fields, "criteria", "targets")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(CriterionRow(many=True))
    def get_criteria(self, article: Article) -> Any:
        return CriterionRow(Criterion.objects.filter(assessment=article.pk), many=True).data

    @extend_schema_field(TargetRow(many=True))
    def get_targets(self, article: Article) -> Any:
        return TargetRow(AssessmentTarget.objects.filter(assessment=article.pk).order_by("name", "pk"), many=True).data
