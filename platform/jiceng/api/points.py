"""/api/v1/points-entries, /api/v1/points-standings."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.kernel.clock import now
from jiceng.members.scope import people_in_reach
from jiceng.points.manifest import MANAGE
from jiceng.points.models import Entry, Period, Standing
from jiceng.points.selectors import ledger as reads
from jiceng.points.services import by_hand

from . import serializers
from .viewsets import Filters, ReadViewSet, WriteViewSet, command

_PERSON = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3a05"
_ENTRY = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3c01", "person_id": _PERSON, "unit_id": None, "rule": "study.course", "version": 3,
    "points": 5, "day": "2026-11-20", "label": "学完课程：支部工作条例导读", "reason": "", "link": "/study/courses/…/",
    "reverses_id": None, "is_reversed": False, "happened_at": "2026-11-20T01:05:00Z", "author_name": "",
    "created_at": "2026-11-20T01:05:02Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("entry", value=_ENTRY)])
class PointsEntryRow(serializers.ModelSerializer):
    """Points given, or taken back (negative, with ``reverses_id``). Entries never change."""

    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)
    unit_id: Any = fields.PrimaryKeyRelatedField(
        source="unit", read_only=True, allow_null=True, help_text=_("当时所在的组织")
    )
    reverses_id: Any = fields.PrimaryKeyRelatedField(
        source="reverses", read_only=True, allow_null=True, help_text=_("收回的是哪一条")
    )
    is_reversed = fields.BooleanField(read_only=True, help_text=_("已被收回"))

    class Meta:
        model = Entry
        fields: tuple[str, ...] = (
            "id", "person_id", "unit_id", "rule", "version", "points", "day", "label", "reason", "link", "reverses_id",
            "is_reversed", "happened_at", "author_name", "created_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "given", value={"person_id": _PERSON, "points": 10, "label": "获评年度先进", "reason": "表彰决定 2026 年第 3 号"}
        )
    ]
)  # fmt: skip
class PointsGivenInput(serializers.Serializer):
    person_id = fields.UUIDField()
    points = fields.IntegerField(min_value=1, max_value=500, help_text=_("上限由积分设置决定"))
    label: Any = fields.CharField(max_length=100, help_text=_("因为什么"))
    reason = fields.CharField(max_length=200, help_text=_("依据"))


@extend_schema_serializer(examples=[OpenApiExample("reason", value={"reason": "登记有误"})])
class PointsReasonInput(serializers.Serializer):
    reason = fields.CharField(max_length=200)


@extend_schema_serializer(
    examples=[
        OpenApiExample("standing", value={"id": 1, "person_id": _PERSON, "period": "month", "starts_on": "2026-11-01", "points": 18})
    ]
)  # fmt: skip
class PointsStandingRow(serializers.ModelSerializer):
    """Points of one person in one period. ``starts_on``: its first day; of ``all`` always 2000-01-01."""

    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)

    class Meta:
        model = Standing
        fields: tuple[str, ...] = ("id", "person_id", "period", "starts_on", "points")
        read_only_fields: tuple[str, ...] = fields


class EntryFilters(Filters):
    person_id = fields.UUIDField(source="person", help_text=_("哪个人"))
    rule = fields.CharField(max_length=80, help_text=_("规则代码；by_hand 为手工登记"))
    day = fields.DateField(help_text=_("哪一天"))


class EntryViewSet(WriteViewSet[Entry]):
    noun = _("积分记录")
    about = _("每一分的来由；只增不改，收回也是一条新记录。新建即手工登记。")
    serializer_class = PointsEntryRow
    input_class = PointsGivenInput
    filters = EntryFilters
    orderings = ("-created_at", "day")

    def rows(self) -> QuerySet[Entry]:
        return reads.managed(self.actor)

    def find_item(self, *, for_update: bool = False) -> Entry:
        """Rows that never change cannot be locked; the service locks the person."""
        return super().find_item(for_update=False)

    def create_item(self, data: dict[str, Any]) -> Entry:
        person_id = data.pop("person_id")
        made = by_hand.give(person_id=person_id, fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]
        return reads.get_entry(entry_id=made.pk, actor=self.actor)

    @command(_("收回积分"), about=_("写一条相反的记录，答复的就是那一条。"), input_class=PointsReasonInput)
    def reverse(self, item: Entry, data: dict[str, Any]) -> Entry:
        made = by_hand.take_back(entry_id=item.pk, reason=data["reason"], actor=self.actor, at=now())
        return reads.get_entry(entry_id=made.pk, actor=self.actor)


class StandingFilters(Filters):
    person_id = fields.UUIDField(source="person", help_text=_("哪个人"))
    period = fields.ChoiceField(choices=Period.choices, help_text=_("周期"))
    starts_on = fields.DateField(help_text=_("周期的第一天"))


class StandingViewSet(ReadViewSet[Standing]):
    noun = _("积分汇总")
    lookup_value_converter = "int"
    about = _("每人每周期的积分，不排名次。")
    serializer_class = PointsStandingRow
    filters = StandingFilters
    orderings = ("-starts_on", "-points")

    def rows(self) -> QuerySet[Standing]:
        return Standing.objects.filter(person__in=people_in_reach(self.actor, MANAGE).values("pk"))
