"""JSON of offline classes and attendance."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import TITLE_LENGTH, Attendance, AttendanceState, DurationKind, OfflineClass
from ..services.classes import REASON_LENGTH

CLASS_ID, PERSON_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3d01", "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b01"
_ROW = {
    "id": CLASS_ID, "title": "支部书记培训班", "place": "街道党校", "lecturer": "李建国", "unit_id": None,
    "first_date": "2026-11-19", "last_date": "2026-11-20", "duration_kind": "days", "duration_count": "2.0",
    "hours": "16.0", "is_centralised": True, "state": "open", "present_count": 38, "author_name": "李建国",
    "created_at": "2026-11-10T01:05:00Z", "updated_at": "2026-11-20T01:05:00Z", "version": 3,
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("class", value=_ROW)])
class ClassRow(serializers.ModelSerializer):
    """A class held in a room. ``hours``: what everybody present gets."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    present_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("出席人数"))

    class Meta:
        model = OfflineClass
        fields: tuple[str, ...] = (
            "id", "title", "place", "lecturer", "unit_id", "first_date", "last_date", "duration_kind", "duration_count",
            "hours", "is_centralised", "state", "present_count", "author_name", "created_at", "updated_at", "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


_INPUT = {
    "title": "支部书记培训班", "first_date": "2026-11-19", "last_date": "2026-11-20", "duration_kind": "days",
    "duration_count": "2", "is_centralised": True,
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("class", value=_INPUT)])
class ClassInput(serializers.Serializer):
    title = fields.CharField(max_length=TITLE_LENGTH)
    place = fields.CharField(max_length=100, required=False, allow_blank=True)
    lecturer = fields.CharField(max_length=50, required=False, allow_blank=True)
    unit_id = fields.UUIDField(required=False, allow_null=True, help_text=_("属于哪个组织；空为全单位"))
    first_date = fields.DateField()
    last_date = fields.DateField(required=False, allow_null=True, help_text=_("空为当天结束"))
    duration_kind = fields.ChoiceField(choices=DurationKind.choices, help_text=_("时长的单位"))
    duration_count = fields.DecimalField(max_digits=4, decimal_places=1, help_text=_("以 0.5 为单位"))
    is_centralised = fields.BooleanField(required=False, help_text=_("集中培训"))


class AttendanceMark(serializers.Serializer):
    person_id = fields.UUIDField()
    state = fields.ChoiceField(choices=AttendanceState.choices, help_text=_("出席情况"))


@extend_schema_serializer(
    examples=[OpenApiExample("marks", value={"marks": [{"person_id": PERSON_ID, "state": "present"}], "reason": ""})]
)
class AttendanceInput(serializers.Serializer):
    marks: Any = fields.ListField(child=AttendanceMark(), min_length=1, max_length=2000)
    reason = fields.CharField(
        max_length=REASON_LENGTH, required=False, allow_blank=True, help_text=_("学时计入以后的更正要写原因")
    )


@extend_schema_serializer(examples=[OpenApiExample("reason", value={"reason": "名单有误"})])
class ReasonInput(serializers.Serializer):
    reason = fields.CharField(max_length=REASON_LENGTH)


_ATTENDANCE = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3d11", "class_id": CLASS_ID, "person_id": PERSON_ID, "person_name": "王芳",
    "state": "present", "entry_id": None, "created_at": "2026-11-20T01:05:00Z", "updated_at": "2026-11-20T01:05:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("attendance", value=_ATTENDANCE)])
class AttendanceRow(serializers.ModelSerializer):
    """One person at one class. ``entry_id``: the hours credited for it."""

    class_id: Any = fields.PrimaryKeyRelatedField(source="offline_class", read_only=True)
    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)
    person_name = fields.CharField(source="person.name", read_only=True)
    entry_id: Any = fields.PrimaryKeyRelatedField(source="entry", read_only=True, allow_null=True)

    class Meta:
        model = Attendance
        fields: tuple[str, ...] = (
            "id", "class_id", "person_id", "person_name", "state", "entry_id", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields
