"""JSON in and out of this module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from .models import BODY_LENGTH, TITLE_LENGTH, Topic

_TOPIC = {"module": "study", "title": "学习怎么算完成", "body": "看完要求的内容就算完成。", "is_public": False}
_ROW = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c4a21", **_TOPIC, "is_shown": True, "position": 5, "version": 1,
    "created_at": "2026-11-02T01:05:00Z", "updated_at": "2026-11-02T01:05:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("topic", value=_ROW)])
class TopicRow(serializers.ModelSerializer):
    """A page of the guide."""

    class Meta:
        model = Topic
        fields: tuple[str, ...] = (
            "id", "module", "title", "body", "is_public", "is_shown", "position", "version", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(examples=[OpenApiExample("topic", value=_TOPIC)])
class TopicInput(serializers.Serializer):
    title = fields.CharField(max_length=TITLE_LENGTH)
    body = fields.CharField(max_length=BODY_LENGTH, help_text=_("纯文本，空一行就是新的一段"))
    module = fields.CharField(
        max_length=30, required=False, allow_blank=True, help_text=_("说明哪个功能模块，空为全部")
    )
    is_public = fields.BooleanField(required=False)
    is_shown = fields.BooleanField(required=False)
    position = fields.IntegerField(min_value=0, max_value=9999, required=False)
