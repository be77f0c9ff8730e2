"""JSON of certificates."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import Certificate
from ..services.certificates import REASON_LENGTH

_ROW = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3c01", "number": "2026-000123", "person_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b01",
    "person_name": "王芳", "course_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a01", "title": "支部工作条例导读", "hours": "1.5",
    "issued_at": "2026-11-20T01:05:00Z", "expires_date": "2027-11-19", "state": "valid", "revoked_at": None,
    "revoke_reason": "",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("certificate", value=_ROW)])
class CertificateRow(serializers.ModelSerializer):
    """A certificate. One that is ``valid`` has still expired after ``expires_date``."""

    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)
    course_id: Any = fields.PrimaryKeyRelatedField(source="course", read_only=True, allow_null=True)

    class Meta:
        model = Certificate
        fields: tuple[str, ...] = (
            "id", "number", "person_id", "person_name", "course_id", "title", "hours", "issued_at", "expires_date", "state",
            "revoked_at", "revoke_reason",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(examples=[OpenApiExample("revoke", value={"reason": "登记有误"})])
class RevokeInput(serializers.Serializer):
    reason = fields.CharField(max_length=REASON_LENGTH, help_text=_("撤销的原因"))
