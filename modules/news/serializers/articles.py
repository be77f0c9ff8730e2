"""JSON of articles and columns."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers
from jiceng.files.models import StoredFile
from jiceng.members import audiences

from ..models import SUMMARY_LENGTH, TITLE_LENGTH, Article, Column, ColumnKind, Level, Reminder, Section
from ..services import ATTACHMENT_COUNT, BODY_LENGTH
from ..services.kinds import kind_of

AUDIENCE = {
    "type": "object",
    "properties": {
        "everyone": {"type": "boolean"},
        "clauses": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}},
    },
}
ARTICLE_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a11"
FILE_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a77"
_ROW_EXAMPLE = {
    "id": ARTICLE_ID, "column": "releases", "column_name": "中心发布", "title": "把登记窗口搬到群众家门口",
    "summary": "流动办理点开进三个老旧小区。", "state": "published", "is_pinned": False, "cover_id": FILE_ID,
    "kind": "article", "unit_id": None, "level": "internal", "publish_at": None, "expires_at": None,
    "needs_confirmation": False,
    "author_name": "王芳", "published_at": "2026-11-20T01:05:00Z", "updated_at": "2026-11-20T01:05:00Z", "version": 2,
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("article", value=_ROW_EXAMPLE)])
class ArticleRow(serializers.ModelSerializer):
    """An article in a list: columns only, without its body."""

    column = fields.CharField(source="column.code", read_only=True, help_text=_("栏目代码"))
    column_name = fields.CharField(source="column.name", read_only=True, help_text=_("栏目名称"))
    kind = fields.CharField(source="column.kind", read_only=True, help_text=_("栏目类型，决定 details 的内容"))
    unit_id: Any = fields.PrimaryKeyRelatedField(
        source="unit", read_only=True, allow_null=True, help_text=_("以哪个组织的名义；空为全单位")
    )
    cover_id: Any = fields.PrimaryKeyRelatedField(
        source="cover", read_only=True, allow_null=True, help_text=_("封面图片；地址为 /files/{id}/cover")
    )

    class Meta:
        model = Article
        fields: tuple[str, ...] = (
            "id", "column", "column_name", "kind", "unit_id", "title", "summary", "level", "state", "is_pinned", "cover_id",
            "author_name", "publish_at", "published_at", "expires_at", "needs_confirmation", "updated_at", "version",
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
                "read_count": 86, "like_count": 12, "favourite_count": 3, "comment_count": 5,
                "publisher_name": "李建国", "withdrawn_at": None, "corrected_at": None,
                "correction_note": "", "confirm_by": None, "allows_comments": False, "is_open": True, "recipient_count": 128,
                "audience": {"everyone": True}, "details": {},
            },
        )
    ]
)  # fmt: skip
class ArticleDetail(ArticleRow):
    """An article with its body and attachments."""

    attachments = fields.SerializerMethodField()
    audience = fields.SerializerMethodField(help_text=_("发给谁"))
    details = fields.SerializerMethodField(help_text=_("栏目类型自己的内容"))
    read_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("读过的人数"))
    like_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("点赞数"))
    favourite_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("收藏数"))
    comment_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("显示中的评论数"))

    class Meta(ArticleRow.Meta):
        fields: tuple[str, ...] = (
            *ArticleRow.Meta.fields,
            "body",
            "attachments",
            "read_count",
            "like_count",
            "favourite_count",
            "comment_count",
            "publisher_name",
            "withdrawn_at",
            "corrected_at",
            "correction_note",
            "confirm_by",
            "allows_comments",
            "is_open",
            "recipient_count",
            "audience",
            "details",
        )
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(AUDIENCE)
    def get_audience(self, article: Article) -> Any:
        if article.audience is None:
            return {"everyone": True}
        return audiences.as_json(audiences.definition_of(article.audience))

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_details(self, article: Article) -> Any:
        return kind_of(article).snapshot(article)

    @extend_schema_field(FileLink(many=True))
    def get_attachments(self, article: Article) -> Any:
        return FileLink([attachment.file for attachment in article.attachments.all()], many=True).data


class AudienceClauseInput(serializers.Serializer):
    """All conditions together; those left out do not narrow."""

    unit = fields.UUIDField(required=False, help_text=_("组织及其下级"))
    body = fields.CharField(required=False, max_length=10, help_text=_("身份，如 party"))
    state = fields.CharField(required=False, max_length=20, help_text=_("成员状态，如 full"))
    post = fields.CharField(required=False, max_length=20, help_text=_("职务，如 secretary"))
    role = fields.CharField(required=False, max_length=40, help_text=_("角色代码"))
    tag = fields.UUIDField(required=False, help_text=_("标签"))
    person = fields.UUIDField(required=False, help_text=_("指定的人"))


class AudienceInput(serializers.Serializer):
    """Everybody, or all who fit one of the clauses."""

    everyone = fields.BooleanField(required=False)
    clauses = AudienceClauseInput(many=True, required=False)

    def to_internal_value(self, data: Any) -> Any:
        """As JSON has it: ids stay strings."""
        value = super().to_internal_value(data)
        clauses = [{name: str(item) for name, item in clause.items()} for clause in value.get("clauses", [])]
        return {**value, **({"clauses": clauses} if "clauses" in value else {})}


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
    unit_id = fields.UUIDField(required=False, allow_null=True, help_text=_("以哪个组织的名义；空为全单位"))
    level = fields.ChoiceField(choices=Level.choices, required=False, help_text=_("涉密内容不得录入"))
    is_pinned = fields.BooleanField(required=False)
    audience = AudienceInput(required=False, allow_null=True, help_text=_("发给谁；空为全体成员"))
    is_open = fields.BooleanField(required=False, help_text=_("后来符合范围的人也能看到"))
    expires_at = fields.DateTimeField(required=False, allow_null=True)
    needs_confirmation = fields.BooleanField(required=False)
    confirm_by = fields.DateTimeField(required=False, allow_null=True)
    allows_comments = fields.BooleanField(required=False)
    details = fields.DictField(required=False, help_text=_("栏目类型自己的内容，见各类型的说明"))
    cover_id = fields.UUIDField(
        required=False, allow_null=True, help_text=_("本文已有的图片，或本人在后台上传后尚未使用的图片")
    )
    attachment_ids = fields.ListField(child=fields.UUIDField(), required=False, max_length=ATTACHMENT_COUNT)


@extend_schema_serializer(examples=[OpenApiExample("publish", value={"publish_at": "2026-12-01T01:00:00Z"})])
class PublishInput(serializers.Serializer):
    publish_at = fields.DateTimeField(required=False, allow_null=True, help_text=_("定时发布；不填则立即发布"))


@extend_schema_serializer(examples=[OpenApiExample("withdraw", value={"reason": "数据有误，更正后另发。"})])
class WithdrawInput(serializers.Serializer):
    reason = fields.CharField(max_length=200, required=False, allow_blank=True, help_text=_("记入审计日志"))


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "column",
            value={
                "id": ARTICLE_ID,
                "code": "notices",
                "name": "活动通知",
                "order": 40,
                "is_active": True,
                "kind": "activity",
                "section": "news",
                "needs_review": False,
                "allows_comments": False,
                "takes_contributions": False,
            },
        )
    ]
)
class ColumnRow(serializers.ModelSerializer):
    class Meta:
        model = Column
        fields = (
            "id", "code", "name", "kind", "section", "order", "needs_review", "allows_comments", "takes_contributions", "is_active",
        )  # fmt: skip
        read_only_fields = fields


@extend_schema_serializer(examples=[OpenApiExample("column", value={"name": "工会之家", "code": "union"})])
class ColumnInput(serializers.Serializer):
    name = fields.CharField(max_length=20)
    code = fields.CharField(max_length=40, required=False, help_text=_("小写字母、数字和短横线；不填则取名称的拼音"))
    order = fields.IntegerField(min_value=0, max_value=9999, required=False)
    kind = fields.ChoiceField(choices=ColumnKind.choices, required=False, help_text=_("有文章后不能再改"))
    section = fields.ChoiceField(choices=Section.choices, required=False)
    needs_review = fields.BooleanField(required=False)
    allows_comments = fields.BooleanField(required=False)
    takes_contributions = fields.BooleanField(required=False)


@extend_schema_serializer(examples=[OpenApiExample("column", value={"name": "工会之家", "is_active": False})])
class ColumnUpdate(serializers.Serializer):
    name = fields.CharField(max_length=20)
    order = fields.IntegerField(min_value=0, max_value=9999, required=False)
    kind = fields.ChoiceField(choices=ColumnKind.choices, required=False, help_text=_("有文章后不能再改"))
    section = fields.ChoiceField(choices=Section.choices, required=False)
    needs_review = fields.BooleanField(required=False)
    allows_comments = fields.BooleanField(required=False)
    takes_contributions = fields.BooleanField(required=False)
    is_active = fields.BooleanField(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "reminder", value={"sent_at": "2026-11-23T02:00:00Z", "sender_name": "李建国", "recipient_count": 3}
        )
    ]
)
class ReminderRow(serializers.ModelSerializer):
    class Meta:
        model = Reminder
        fields = ("sent_at", "sender_name", "recipient_count")
        read_only_fields = fields
