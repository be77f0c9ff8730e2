"""JSON of comments."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import Comment
from ..services.voices import REASON_LENGTH
from .articles import ARTICLE_ID

_EXAMPLE = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a55", "article_id": ARTICLE_ID, "article_title": "把登记窗口搬到群众家门口",
    "parent_id": None, "author_name": "王芳", "unit_name": "第一支部", "text": "方便多了。", "state": "pending",
    "created_at": "2026-11-20T02:05:00Z", "moderated_at": None, "moderator_name": "", "moderation_reason": "",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("comment", value=_EXAMPLE)])
class CommentRow(serializers.ModelSerializer):
    """A comment as moderators see it."""

    article_id: Any = fields.PrimaryKeyRelatedField(source="article", read_only=True)
    article_title = fields.CharField(source="article.title", read_only=True)
    parent_id: Any = fields.PrimaryKeyRelatedField(
        source="parent", read_only=True, allow_null=True, help_text=_("回复的是哪条评论")
    )

    class Meta:
        model = Comment
        fields = (
            "id", "article_id", "article_title", "parent_id", "author_name", "unit_name", "text", "state", "created_at",
            "moderated_at", "moderator_name", "moderation_reason",
        )  # fmt: skip
        read_only_fields = fields


@extend_schema_serializer(examples=[OpenApiExample("hide", value={"reason": "与文章无关。"})])
class HideInput(serializers.Serializer):
    reason = fields.CharField(max_length=REASON_LENGTH, help_text=_("会告诉评论的作者"))
