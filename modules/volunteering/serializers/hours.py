"""JSON of hours and of requests for help."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import HelpRequest, HoursEntry

_HOURS = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4d31", "person_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b01",
    "shift_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4b31", "unit_id": None, "team_id": None, "date": "2026-11-28",
    "hours": "2.0", "revision": 0, "label": "周末清洁家园", "reason": "", "reverses_id": None, "author_name": "李建国",
    "created_at": "2026-11-28T04:00:00Z",
}  # fmt: skip
_HELP = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4e31", "number": "7KQ2MHX9PA", "text": "想请人帮忙把旧柜子搬下楼。",
    "place": "和平社区 3 号楼", "wanted": "周六上午", "state": "open", "taker_id": None, "answer": "",
    "due_at": "2026-11-30T01:00:00Z", "ended_at": None, "created_at": "2026-11-27T01:00:00Z",
    "updated_at": "2026-11-27T01:05:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("hours", value=_HOURS)])
class HoursRow(serializers.ModelSerializer):
    """An entry of the ledger; negative where it takes another one back."""

    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)
    shift_id: Any = fields.PrimaryKeyRelatedField(source="shift", read_only=True)
    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    team_id: Any = fields.PrimaryKeyRelatedField(source="team", read_only=True, allow_null=True)
    reverses_id: Any = fields.PrimaryKeyRelatedField(source="reverses", read_only=True, allow_null=True)

    class Meta:
        model = HoursEntry
        fields: tuple[str, ...] = tuple(_HOURS)
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(examples=[OpenApiExample("help", value=_HELP)])
class HelpRow(serializers.ModelSerializer):
    """A request for help, without name and telephone number."""

    taker_id: Any = fields.PrimaryKeyRelatedField(source="taker", read_only=True, allow_null=True)

    class Meta:
        model = HelpRequest
        fields: tuple[str, ...] = tuple(_HELP)
        read_only_fields: tuple[str, ...] = fields
