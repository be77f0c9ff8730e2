"""/api/v1/rankings/people: boards, as long as they are open."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers
from jiceng.api.viewsets import Filters, ReadViewSet
from jiceng.points.models import Period, Standing

from .selectors import boards


@extend_schema_serializer(
    examples=[
        OpenApiExample("place", value={
            "id": 71, "rank": 2, "person_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a05", "name": "王芳", "period": "month",
            "starts_on": "2026-11-01", "points": 18,
        })
    ]
)  # fmt: skip
class PlaceRow(serializers.ModelSerializer):
    """One line of a board. Equal points share a rank; who does not want to be named has neither id nor name."""

    rank = fields.IntegerField(read_only=True, min_value=1, help_text=_("名次"))
    person_id = fields.SerializerMethodField(help_text=_("本人选择不公开时为空"))
    name = fields.SerializerMethodField(help_text=_("本人选择不公开时为空串"))

    class Meta:
        model = Standing
        fields: tuple[str, ...] = ("id", "rank", "person_id", "name", "period", "starts_on", "points")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_person_id(self, row: Any) -> uuid.UUID | None:
        return None if row.is_hidden else row.person_id

    @extend_schema_field({"type": "string"})
    def get_name(self, row: Any) -> str:
        return "" if row.is_hidden else str(row.person.name)


class PlaceFilters(Filters):
    period = fields.ChoiceField(choices=Period.choices, help_text=_("周期"))
    starts_on = fields.DateField(help_text=_("周期的第一天；all 为 2000-01-01"))


class PersonBoardViewSet(ReadViewSet[Standing]):
    noun = _("个人排行")
    about = _("减负模式开启时答复 409（rankings.closed）。")
    lookup_value_converter = "int"
    serializer_class = PlaceRow
    filters = PlaceFilters
    orderings = ("-points", "-starts_on")

    def rows(self) -> QuerySet[Standing]:
        return boards.ranked_people()
