"""JSON of rounds and results. Nothing in it says who gave what."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import Criterion, Group, Normalisation, Round, Subject
from ..selectors import rounds as reads

ROUND_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2d01"
_ROUND = {
    "id": ROUND_ID, "title": "2026 年度党员评议", "description": "", "period_from": "2026-01-01", "period_to": "2026-12-31",
    "unit_id": None, "opens_at": "2026-12-01T01:00:00Z", "closes_at": "2026-12-15T09:00:00Z", "self_weight": 0, "peers_weight": 40,
    "branch_weight": 40, "leaders_weight": 20, "peer_count": 10, "normalisation": "none", "is_blind": True,
    "excellent_from": "90.00", "good_from": "75.00", "basic_from": "60.00", "state": "draft", "opened_at": None, "closed_at": None,
    "published_at": None, "version": 1, "created_at": "2026-11-20T01:00:00Z", "updated_at": "2026-11-20T01:00:00Z",
}  # fmt: skip
_CRITERION = {"name": "政治素质", "weight": 100, "max_score": 10, "description": ""}


@extend_schema_serializer(examples=[OpenApiExample("round", value=_ROUND)])
class RoundRow(serializers.ModelSerializer):
    """A round in a list."""

    unit_id: Any = fields.PrimaryKeyRelatedField(
        source="unit", read_only=True, allow_null=True, help_text=_("组织评分的单位；空为全单位")
    )

    class Meta:
        model = Round
        fields: tuple[str, ...] = tuple(_ROUND)
        read_only_fields: tuple[str, ...] = fields


class CriterionRow(serializers.ModelSerializer):
    class Meta:
        model = Criterion
        fields = ("name", "weight", "max_score", "description")
        read_only_fields = fields


class ProgressRow(serializers.Serializer):
    """How far it has got, as counts."""

    subjects = fields.IntegerField(min_value=0, help_text=_("评分对象"))
    sheets = fields.IntegerField(min_value=0, help_text=_("评分表"))
    done = fields.IntegerField(min_value=0, help_text=_("已提交"))
    people = fields.IntegerField(min_value=0, help_text=_("评分人"))
    waiting_people = fields.IntegerField(min_value=0, help_text=_("没评完的人"))


@extend_schema_serializer(
    examples=[
        OpenApiExample("round", value={
            **_ROUND, "criteria": [_CRITERION],
            "progress": {"subjects": 0, "sheets": 0, "done": 0, "people": 0, "waiting_people": 0},
        })
    ]
)  # fmt: skip
class RoundDetail(RoundRow):
    """A round with its criteria and progress."""

    criteria = fields.SerializerMethodField(help_text=_("指标"))
    progress = fields.SerializerMethodField(help_text=_("进度"))

    class Meta(RoundRow.Meta):
        fields: tuple[str, ...] = (*RoundRow.Meta.fields, "criteria", "progress")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(CriterionRow(many=True))
    def get_criteria(self, round: Round) -> Any:
        return CriterionRow(reads.criteria_of(round), many=True).data

    @extend_schema_field(ProgressRow)
    def get_progress(self, round: Round) -> Any:
        return ProgressRow(reads.progress_of(round)).data


class CriterionInput(serializers.Serializer):
    name = fields.CharField(max_length=60, help_text=_("名称"))
    weight = fields.IntegerField(min_value=1, max_value=100, help_text=_("权重，各项合计 100"))
    max_score = fields.IntegerField(min_value=1, max_value=100, default=10, help_text=_("满分"))
    description = fields.CharField(max_length=300, required=False, allow_blank=True, default="", help_text=_("说明"))


class WeightsInput(serializers.Serializer):
    """Percent by group, together 100."""

    self = fields.IntegerField(min_value=0, max_value=100, required=False, help_text=Group.SELF.label)
    peers = fields.IntegerField(min_value=0, max_value=100, required=False, help_text=Group.PEERS.label)
    branch = fields.IntegerField(min_value=0, max_value=100, required=False, help_text=Group.BRANCH.label)
    leaders = fields.IntegerField(min_value=0, max_value=100, required=False, help_text=Group.LEADERS.label)


@extend_schema_serializer(
    examples=[
        OpenApiExample("round", request_only=True, value={
            "title": "2026 年度党员评议", "period_from": "2026-01-01", "period_to": "2026-12-31",
            "opens_at": "2026-12-01T01:00:00Z", "closes_at": "2026-12-15T09:00:00Z", "audience": {"clauses": [{"body": "party"}]},
            "weights": {"peers": 40, "branch": 40, "leaders": 20}, "criteria": [_CRITERION],
        })
    ]
)  # fmt: skip
class RoundInput(serializers.Serializer):
    """A draft of a round."""

    title = fields.CharField(max_length=100, help_text=_("名称"))
    description = fields.CharField(max_length=2000, required=False, allow_blank=True, help_text=_("说明"))
    period_from = fields.DateField(help_text=_("考评期开始"))
    period_to = fields.DateField(help_text=_("考评期结束"))
    unit_id = fields.UUIDField(required=False, allow_null=True, help_text=_("组织评分的单位；空为全单位"))
    audience = fields.JSONField(help_text=_("评谁，写法同发布范围"))
    opens_at = fields.DateTimeField(help_text=_("评分开始"))
    closes_at = fields.DateTimeField(help_text=_("评分截止"))
    weights = WeightsInput(help_text=_("各组权重，合计 100"))
    peer_count = fields.IntegerField(min_value=1, max_value=50, required=False, help_text=_("每人由几名同支部党员互评"))
    normalisation = fields.ChoiceField(choices=Normalisation.choices, required=False, help_text=_("算法"))
    is_blind = fields.BooleanField(required=False, help_text=_("匿名评分"))
    excellent_from = fields.DecimalField(max_digits=5, decimal_places=2, required=False, help_text=_("优秀分数线"))
    good_from = fields.DecimalField(max_digits=5, decimal_places=2, required=False, help_text=_("合格分数线"))
    basic_from = fields.DecimalField(max_digits=5, decimal_places=2, required=False, help_text=_("基本合格分数线"))
    criteria = CriterionInput(many=True, help_text=_("指标，权重合计 100"))


@extend_schema_serializer(
    examples=[
        OpenApiExample("result", value={
            "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2d02", "round_id": ROUND_ID, "person_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2d03",
            "name": "王芳", "unit_name": "第一支部", "is_graded": True, "note": "", "total": "88.60", "grade": "good",
        })
    ]
)  # fmt: skip
class ResultRow(serializers.ModelSerializer):
    """One person's result."""

    round_id: Any = fields.PrimaryKeyRelatedField(source="round", read_only=True, help_text=_("评分的编号"))
    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True, help_text=_("人员的编号"))
    grade = fields.CharField(read_only=True, help_text=_("excellent、good、basic、failed；空为不定等次"))

    class Meta:
        model = Subject
        fields = ("id", "round_id", "person_id", "name", "unit_name", "is_graded", "note", "total", "grade")
        read_only_fields = fields
