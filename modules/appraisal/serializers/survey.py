"""JSON of survey points, answers and follow-ups. Telephone numbers are in none of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import FollowUp, PointKind, SurveyAnswer, SurveyPoint

POINT_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2e01"
ANSWER_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2e02"
_POINT = {
    "id": POINT_ID, "kind": "window", "name": "3 号登记窗口", "place": "一楼大厅", "unit_id": None, "person_id": None,
    "code": "h3Kq9tXw2Lm5Vb8nRc1Z", "is_active": True, "version": 1, "created_at": "2026-11-20T01:00:00Z",
    "updated_at": "2026-11-20T01:00:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("point", value=_POINT)])
class PointRow(serializers.ModelSerializer):
    """A survey point. ``code``: the last part of the printed address, ``/appraisal/s/<code>/``."""

    unit_id: Any = fields.PrimaryKeyRelatedField(
        source="unit", read_only=True, allow_null=True, help_text=_("所属组织")
    )
    person_id: Any = fields.PrimaryKeyRelatedField(
        source="person", read_only=True, allow_null=True, help_text=_("对应人员")
    )

    class Meta:
        model = SurveyPoint
        fields = tuple(_POINT)
        read_only_fields = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "point", request_only=True, value={"kind": "window", "name": "3 号登记窗口", "place": "一楼大厅"}
        )
    ]
)
class PointInput(serializers.Serializer):
    kind = fields.ChoiceField(choices=PointKind.choices, required=False, help_text=_("类别"))
    name = fields.CharField(max_length=60, help_text=_("名称"))
    place = fields.CharField(max_length=100, required=False, allow_blank=True, help_text=_("地点"))
    unit_id = fields.UUIDField(required=False, allow_null=True, help_text=_("所属组织；空为全单位"))
    person_id = fields.UUIDField(required=False, allow_null=True, help_text=_("对应人员，只用于 person 类"))


class SwitchInput(serializers.Serializer):
    is_active = fields.BooleanField(help_text=_("启用或停用"))


@extend_schema_serializer(
    examples=[
        OpenApiExample("answer", value={
            "id": ANSWER_ID, "point_id": POINT_ID, "grade": 2, "text": "等的时间太长。", "is_hidden": False, "receipt": "M7K392QXAB",
            "answered_at": "2026-11-21T02:00:00Z",
        })
    ]
)  # fmt: skip
class AnswerRow(serializers.ModelSerializer):
    """An answer. ``text``: empty or a remark that it was hidden, where moderators have hidden it."""

    point_id: Any = fields.PrimaryKeyRelatedField(source="point", read_only=True, help_text=_("考察点的编号"))
    grade = fields.IntegerField(read_only=True, min_value=1, max_value=5, help_text=_("5 非常满意 … 1 很不满意"))
    text = fields.CharField(source="shown_text", read_only=True, help_text=_("意见；隐藏的不给出"))
    is_hidden = fields.BooleanField(read_only=True, help_text=_("文字已被隐藏"))

    class Meta:
        model = SurveyAnswer
        fields = ("id", "point_id", "grade", "text", "is_hidden", "receipt", "answered_at")
        read_only_fields = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample("follow-up", value={
            "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2e03", "answer_id": ANSWER_ID, "unit_id": None, "owner_id": None,
            "owner_name": "赵书记", "state": "accepted", "reply": "", "opened_at": "2026-11-21T02:00:00Z",
            "due_at": "2026-11-28T16:00:00Z", "replied_at": None, "reopened_at": None, "closed_at": None,
        })
    ]
)  # fmt: skip
class FollowUpRow(serializers.ModelSerializer):
    """What follows from a bad answer."""

    answer_id: Any = fields.PrimaryKeyRelatedField(source="answer", read_only=True, help_text=_("评价的编号"))
    unit_id: Any = fields.PrimaryKeyRelatedField(
        source="unit", read_only=True, allow_null=True, help_text=_("所属组织")
    )
    owner_id: Any = fields.PrimaryKeyRelatedField(
        source="owner", read_only=True, allow_null=True, help_text=_("负责人")
    )

    class Meta:
        model = FollowUp
        fields = (
            "id", "answer_id", "unit_id", "owner_id", "owner_name", "state", "reply", "opened_at", "due_at", "replied_at",
            "reopened_at", "closed_at",
        )  # fmt: skip
        read_only_fields = fields


class WordsInput(serializers.Serializer):
    text = fields.CharField(max_length=1000, help_text=_("内容"))
