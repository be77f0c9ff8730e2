"""JSON of articles and columns."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers
from jiceng.files.models import StoredFile

from .models import SUMMARY_LENGTH, TITLE_LENGTH, Article, Column
from .services import ATTACHMENT_COUNT, BODY_LENGTH

ARTICLE_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a11"
FILE_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a77"
_ROW_EXAMPLE = {
    "id": ARTICLE_ID, "column": "releases", "column_name": "中心发布", "title": "把登记窗口搬到群众家门口",
    "summary": "流动办理点开进三个老旧小区。", "state": "published", "is_pinned": False, "cover_id": FILE_ID,
    "author_name": "王芳", "published_at": "2026-11-20T01:05:00Z", "updated_at": "2026-11-20T01:05:00Z", "version": 2,
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("article", value=_ROW_EXAMPLE)])
class ArticleRow(serializers.ModelSerializer):
    """An article in a list: columns only, without its body."""

    column = fields.CharField(source="column.code", read_only=True, help_text=_("栏目代码"))
    column_name = fields.CharField(source="column.name", read_only=True, help_text=_("栏目名称"))
    cover_id: Any = fields.PrimaryKeyRelatedField(
        source="cover", read_only=True, allow_null=True, help_text=_("封面图片；地址为 /files/{id}/cover")
    )

    class Meta:
        model = Article
        fields: tuple[str, ...] = (
            "id", "column", "column_name", "title", "summary", "state", "is_pinned", "cover_id", "author_name",
            "published_at", "updated_at", "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class FileLink(serializers.Serializer):
    """A stored file and where the tenant's host serves it."""

    id = fields.UUIDField()
    name = fields.CharField(source="original_name", help_text=_("上传时的文件名"))
    content_type = fields.CharField()
    size_bytes = fields.IntegerField()
    url = fields.SerializerMethodField()

    @extend_schema_field({"type": "string", "format": "uri-reference"})
    def get_url(self, file: StoredFile) -> str:
        return file.url()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "article",
            value={
                **_ROW_EXAMPLE,
                "body": "<p>入冬以来，登记窗口党支部把流动办理点开进三个老旧小区。</p>",
                "attachments": [
                    {
                        "id": FILE_ID, "name": "办理清单.pdf", "content_type": "application/pdf", "size_bytes": 48211,
                        "url": f"/files/{FILE_ID}/original",
                    }
                ],
                "read_count": 86, "publisher_name": "李建国", "withdrawn_at": None,
            },
        )
    ]
)  # fmt: skip
class ArticleDetail(ArticleRow):
    """An article with its body and attachments."""

    attachments = fields.SerializerMethodField()
    read_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("读过的人数"))

    class Meta(ArticleRow.Meta):
        fields: tuple[str, ...] = (
            *ArticleRow.Meta.fields,
            "body",
            "attachments",
            "read_count",
            "publisher_name",
            "withdrawn_at",
        )
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(FileLink(many=True))
    def get_attachments(self, article: Article) -> Any:
        return FileLink([attachment.file for attachment in article.attachments.all()], many=True).data


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "draft",
            value={
                "column": "notices", "title": "周五义务植树活动通知", "summary": "请自备手套和饮用水。",
                "body": "<p>时间：本周五上午九时。</p><p>地点：湿地公园南门。</p>", "is_pinned": False,
            },
        )
    ]
)  # fmt: skip
class ArticleInput(serializers.Serializer):
    column = fields.CharField(max_length=40, help_text=_("栏目代码"))
    title = fields.CharField(max_length=TITLE_LENGTH)
    summary = fields.CharField(max_length=SUMMARY_LENGTH, required=False, allow_blank=True)
    body = fields.CharField(
        max_length=BODY_LENGTH, required=False, allow_blank=True,
        help_text=_("HTML 或纯文字；只保留段落、标题、列表、引用、链接、表格和本站图片"),
    )  # fmt: skip
    is_pinned = fields.BooleanField(required=False)
    cover_id = fields.UUIDField(
        required=False, allow_null=True, help_text=_("本文已有的图片，或本人在后台上传后尚未使用的图片")
    )
    attachment_ids = fields.ListField(child=fields.UUIDField(), required=False, max_length=ATTACHMENT_COUNT)


@extend_schema_serializer(examples=[OpenApiExample("withdraw", value={"reason": "数据有误，更正后另发。"})])
class WithdrawInput(serializers.Serializer):
    reason = fields.CharField(max_length=200, required=False, allow_blank=True, help_text=_("记入审计日志"))


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "column", value={"id": ARTICLE_ID, "code": "notices", "name": "活动通知", "order": 40, "is_active": True}
        )
    ]
)
class ColumnRow(serializers.ModelSerializer):
    class Meta:
        model = Column
        fields = ("id", "code", "name", "order", "is_active")
        read_only_fields = fields


@extend_schema_serializer(examples=[OpenApiExample("column", value={"name": "工会之家", "code": "union"})])
class ColumnInput(serializers.Serializer):
    name = fields.CharField(max_length=20)
    code = fields.CharField(max_length=40, required=False, help_text=_("小写字母、数字和短横线；不填则取名称的拼音"))
    order = fields.IntegerField(min_value=0, max_value=9999, required=False)


@extend_schema_serializer(examples=[OpenApiExample("column", value={"name": "工会之家", "is_active": False})])
class ColumnUpdate(serializers.Serializer):
    name = fields.CharField(max_length=20)
    order = fields.IntegerField(min_value=0, max_value=9999, required=False)
    is_active = fields.BooleanField(required=False)
