"""JSON of shifts and sign-ups."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import Shift, SignUp

_SHIFT = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4b31", "project_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4a31",
    "starts_at": "2026-11-28T01:00:00Z", "ends_at": "2026-11-28T03:00:00Z", "closes_at": "2026-11-28T01:00:00Z",
    "capacity": 20, "joined_count": 12, "waiting_count": 0, "meeting_point": "社区服务站门口", "cancelled_at": None,
    "cancel_reason": "", "created_at": "2026-11-20T01:00:00Z", "updated_at": "2026-11-20T01:05:00Z",
}  # fmt: skip
_SIGN_UP = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4c31", "shift_id": _SHIFT["id"],
    "person_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b01", "unit_id": None, "state": "joined", "number": 12,
    "signed_up_at": "2026-11-20T02:00:00Z", "ended_at": None, "checked_in_at": None, "checked_out_at": None,
    "rating": None, "updated_at": "2026-11-20T02:00:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("shift", value=_SHIFT)])
class ShiftRow(serializers.ModelSerializer):
    """When a project needs people."""

    project_id: Any = fields.PrimaryKeyRelatedField(source="project", read_only=True)

    class Meta:
        model = Shift
        fields: tuple[str, ...] = tuple(_SHIFT)
        read_only_fields: tuple[str, ...] = fields


_INPUT = {key: _SHIFT[key] for key in ("project_id", "starts_at", "ends_at", "capacity", "meeting_point")}


class ShiftChange(serializers.Serializer):
    starts_at = fields.DateTimeField()
    ends_at = fields.DateTimeField(help_text=_("最晚为开始后 24 小时"))
    capacity = fields.IntegerField(min_value=1, max_value=10_000)
    closes_at = fields.DateTimeField(required=False, allow_null=True, help_text=_("报名截止；空为开始时"))
    meeting_point = fields.CharField(max_length=100, required=False, allow_blank=True)


@extend_schema_serializer(examples=[OpenApiExample("shift", value=_INPUT)])
class ShiftInput(ShiftChange):
    project_id = fields.UUIDField(help_text=_("项目"))


@extend_schema_serializer(examples=[OpenApiExample("sign_up", value=_SIGN_UP)])
class SignUpRow(serializers.ModelSerializer):
    """A person for a shift."""

    shift_id: Any = fields.PrimaryKeyRelatedField(source="shift", read_only=True)
    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)
    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)

    class Meta:
        model = SignUp
        fields: tuple[str, ...] = tuple(_SIGN_UP)
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(
    examples=[OpenApiExample("sign_up", value={"shift_id": _SIGN_UP["shift_id"], "person_id": _SIGN_UP["person_id"]})]
)
class SignUpInput(serializers.Serializer):
    shift_id = fields.UUIDField(help_text=_("班次"))
    person_id = fields.UUIDField(help_text=_("人员，可以没有账号"))
