"""JSON of what a year asks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers
from jiceng.kernel.clock import today
from jiceng.members.models import Person

from ..selectors.duties import duties_of
from ..selectors.plans import plan_for
from ..selectors.targets import targets_of

_ROW = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b01", "name": "王芳", "unit_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a02",
    "target_hours": "32.0", "done_hours": "12.5", "gap_hours": "19.5",
}  # fmt: skip
_DUTY = {"label": "新党员，12 个月内参加培训", "since": "2026-03-01", "until": "2027-02-28", "state": "open"}


@extend_schema_serializer(examples=[OpenApiExample("target", value=_ROW)])
class TargetRow(serializers.ModelSerializer):
    """One person's hours of this year. ``id`` is the person's."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    target_hours = fields.DecimalField(max_digits=7, decimal_places=1, read_only=True, help_text=_("本年应修学时"))
    done_hours = fields.DecimalField(max_digits=7, decimal_places=1, read_only=True, help_text=_("本年已修学时"))
    gap_hours = fields.DecimalField(max_digits=7, decimal_places=1, read_only=True, help_text=_("还差学时，达标为 0"))

    class Meta:
        model = Person
        fields: tuple[str, ...] = ("id", "name", "unit_id", "target_hours", "done_hours", "gap_hours")
        read_only_fields: tuple[str, ...] = fields


class DutyPart(serializers.Serializer):
    """A training that begins with an office or with joining."""

    label: Any = fields.CharField(help_text=_("要求"))
    since = fields.DateField(help_text=_("从哪天起"))
    until = fields.DateField(help_text=_("到哪天为止"))
    state = fields.CharField(help_text=_("met 已参加，open 期限未到，late 已超期"))


@extend_schema_serializer(
    examples=[OpenApiExample("target", value={**_ROW, "reason": "党员", "centralised_count": 0, "duties": [_DUTY]})]
)
class TargetDetail(TargetRow):
    """With the reason and what else is due."""

    reason = fields.SerializerMethodField(help_text=_("要求的依据"))
    centralised_count = fields.SerializerMethodField(help_text=_("要求的集中培训次数"))
    duties = fields.SerializerMethodField(help_text=_("新任书记、新党员的培训要求"))

    class Meta(TargetRow.Meta):
        fields: tuple[str, ...] = (*TargetRow.Meta.fields, "reason", "centralised_count", "duties")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(fields.CharField())
    def get_reason(self, person: Person) -> str:
        return targets_of([person], today().year)[person.pk].reason

    @extend_schema_field(fields.IntegerField(min_value=0))
    def get_centralised_count(self, person: Person) -> int:
        return targets_of([person], today().year)[person.pk].centralised_count

    @extend_schema_field(DutyPart(many=True))
    def get_duties(self, person: Person) -> Any:
        found = duties_of([person], plan=plan_for(today().year), on=today())
        return DutyPart(found.get(person.pk, ()), many=True).data
