"""JSON of class hours."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import HoursEntry
from ..services.hours import LABEL_LENGTH, REASON_LENGTH

_ROW = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b31", "person_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b01", "year": 2026,
    "date": "2026-11-20", "hours": "8.0", "kind": "manual", "is_centralised": True, "label": "支部书记培训班",
    "rule": "手工登记：结业证", "reverses_id": None, "author_name": "李建国", "created_at": "2026-11-20T01:05:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("hours", value=_ROW)])
class HoursRow(serializers.ModelSerializer):
    """An entry of the ledger; negative where it takes another one back."""

    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)
    reverses_id: Any = fields.PrimaryKeyRelatedField(source="reverses", read_only=True, allow_null=True)

    class Meta:
        model = HoursEntry
        fields: tuple[str, ...] = (
            "id", "person_id", "year", "date", "hours", "kind", "is_centralised", "label", "rule", "reverses_id",
            "author_name", "created_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


_INPUT = {
    "person_id": _ROW["person_id"], "label": "支部书记培训班", "hours": "8.0", "date": "2026-11-20", "reason": "结业证",
    "is_centralised": True,
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("hours", value=_INPUT)])
class HoursInput(serializers.Serializer):
    person_id = fields.UUIDField()
    label: Any = fields.CharField(max_length=LABEL_LENGTH)
    hours = fields.DecimalField(max_digits=5, decimal_places=1)
    date = fields.DateField()
    reason = fields.CharField(max_length=REASON_LENGTH, help_text=_("登记的依据"))
    is_centralised = fields.BooleanField(required=False)
