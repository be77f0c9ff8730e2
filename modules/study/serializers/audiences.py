"""JSON of audiences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api import serializers

AUDIENCE = {
    "type": "object",
    "properties": {
        "everyone": {"type": "boolean"},
        "clauses": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}},
    },
}


class StudyAudienceClause(serializers.Serializer):
    """All conditions together; those left out do not narrow."""

    unit = fields.UUIDField(required=False, help_text=_("组织及其下级"))
    body = fields.CharField(required=False, max_length=10, help_text=_("身份，如 party"))
    state = fields.CharField(required=False, max_length=20, help_text=_("成员状态，如 full"))
    post = fields.CharField(required=False, max_length=20, help_text=_("职务，如 secretary"))
    role = fields.CharField(required=False, max_length=40, help_text=_("角色代码"))
    tag = fields.UUIDField(required=False, help_text=_("标签"))
    person = fields.UUIDField(required=False, help_text=_("指定的人"))


class StudyAudience(serializers.Serializer):
    """Everybody, or all who fit one of the clauses."""

    everyone = fields.BooleanField(required=False)
    clauses = StudyAudienceClause(many=True, required=False)

    def to_internal_value(self, data: Any) -> Any:
        """As JSON has it: ids stay strings."""
        value = super().to_internal_value(data)
        clauses = [{name: str(item) for name, item in clause.items()} for clause in value.get("clauses", [])]
        return {**value, **({"clauses": clauses} if "clauses" in value else {})}
