"""JSON in and out of this module."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from .models import NAME_LENGTH, Category, Correction, Entry
from .selectors import opening
from .services import cleaning

ID, CATEGORY_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4a01", "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4a02"
_ROW = {
    "id": ID, "category_id": CATEGORY_ID, "category_name": "食堂餐饮", "name": "机关食堂", "address": "和平路 1 号负一层",
    "is_public": False, "is_always_open": False, "state": "listed", "verified_on": "2026-11-02",
    "updated_at": "2026-11-02T01:05:00Z", "version": 3,
}  # fmt: skip
_PARTS = {
    "summary": "刷饭卡或扫码。", "tags": "早餐 午餐", "lines": [{"label": "值班", "number": "010-12345678"}],
    "hours": "一至五 07:00-08:30 11:30-13:00", "hours_note": "", "keeps_holidays": True, "latitude": "31.230416",
    "longitude": "121.473701",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("entry", value=_ROW)])
class EntryRow(serializers.ModelSerializer):
    """An entry in a list."""

    category_id: Any = fields.PrimaryKeyRelatedField(source="category", read_only=True)
    category_name = fields.CharField(source="category.name", read_only=True)

    class Meta:
        model = Entry
        fields: tuple[str, ...] = (
            "id", "category_id", "category_name", "name", "address", "is_public", "is_always_open", "state", "verified_on",
            "updated_at", "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class LinePart(serializers.Serializer):
    """A number to call."""

    label: Any = fields.CharField(max_length=20, required=False, allow_blank=True, help_text=_("用途，如前台"))
    number = fields.CharField(max_length=40)


@extend_schema_serializer(examples=[OpenApiExample("entry", value={**_ROW, **_PARTS})])
class EntryDetail(EntryRow):
    """An entry with numbers, hours and place."""

    lines = LinePart(many=True, read_only=True)
    hours = fields.SerializerMethodField(help_text=_("营业时间，按星期"))

    class Meta(EntryRow.Meta):
        fields: tuple[str, ...] = (
            *EntryRow.Meta.fields, "summary", "tags", "lines", "hours", "hours_note", "keeps_holidays", "latitude", "longitude",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field({"type": "string"})
    def get_hours(self, entry: Entry) -> str:
        return opening.format_hours([(row.weekday, row.opens, row.closes) for row in entry.openings.all()])


@extend_schema_serializer(
    examples=[OpenApiExample("entry", value={
        "category_id": CATEGORY_ID, "name": "机关食堂", "address": "和平路 1 号负一层", **_PARTS,
    })]
)  # fmt: skip
class EntryInput(serializers.Serializer):
    category_id = fields.UUIDField()
    name = fields.CharField(max_length=NAME_LENGTH)
    summary = fields.CharField(max_length=300, required=False, allow_blank=True)
    tags = fields.CharField(max_length=100, required=False, allow_blank=True)
    address = fields.CharField(max_length=150, required=False, allow_blank=True)
    lines = LinePart(many=True, required=False)
    hours = fields.CharField(
        max_length=600, required=False, allow_blank=True, help_text=_("如：一至五 9:00-17:00；六 9:00-12:00")
    )
    hours_note = fields.CharField(max_length=150, required=False, allow_blank=True)
    is_always_open = fields.BooleanField(required=False)
    keeps_holidays = fields.BooleanField(required=False)
    is_public = fields.BooleanField(required=False)
    latitude = fields.DecimalField(max_digits=8, decimal_places=6, required=False, allow_null=True)
    longitude = fields.DecimalField(max_digits=9, decimal_places=6, required=False, allow_null=True)

    def validate_hours(self, value: str) -> list[tuple[int, Any, Any]]:
        rows = cleaning.parse_hours(value)
        if rows is None:
            raise fields.ValidationError(_("营业时间的写法应如“一至五 9:00-17:00；六 9:00-12:00”。"))
        return rows


@extend_schema_serializer(
    examples=[
        OpenApiExample("category", value={"id": CATEGORY_ID, "name": "食堂餐饮", "position": 0, "entry_count": 4})
    ]
)
class CategoryRow(serializers.ModelSerializer):
    """A category."""

    entry_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("显示中的条目数"))

    class Meta:
        model = Category
        fields: tuple[str, ...] = ("id", "name", "position", "entry_count")
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(examples=[OpenApiExample("category", value={"name": "食堂餐饮", "position": 0})])
class CategoryInput(serializers.Serializer):
    name = fields.CharField(max_length=20)
    position = fields.IntegerField(min_value=0, max_value=9999, required=False)


@extend_schema_serializer(
    examples=[OpenApiExample("correction", value={
        "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4a11", "entry_id": ID, "author_name": "王芳", "phone": "010-87654321",
        "address": "", "hours_note": "", "is_closed": False, "words": "换号了", "state": "open", "answer": "",
        "answered_at": None, "created_at": "2026-11-20T01:05:00Z",
    })]
)  # fmt: skip
class CorrectionRow(serializers.ModelSerializer):
    """What a member says is wrong."""

    entry_id: Any = fields.PrimaryKeyRelatedField(source="entry", read_only=True)

    class Meta:
        model = Correction
        fields: tuple[str, ...] = (
            "id", "entry_id", "author_name", "phone", "address", "hours_note", "is_closed", "words", "state", "answer",
            "answered_at", "created_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(examples=[OpenApiExample("answer", value={"answer": "已更新，谢谢。"})])
class AnswerInput(serializers.Serializer):
    answer = fields.CharField(max_length=300, required=False, allow_blank=True)
