"""JSON of circulated documents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import Article, Circulation
from ..selectors import documents as reads
from .articles import ARTICLE_ID

_EXAMPLE = {
    "id": ARTICLE_ID, "number": "机党发〔2026〕12号", "title": "关于做好年底组织生活的通知", "issuer": "机关党委",
    "urgency": "urgent", "state": "published", "issued_on": "2026-11-20", "sign_by": "2026-11-25T09:00:00Z",
    "published_at": "2026-11-20T01:05:00Z", "archive_number": None, "archived_at": None,
}  # fmt: skip


class CirculationRow(serializers.ModelSerializer):
    """One unit of the list."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True)

    class Meta:
        model = Circulation
        fields = ("unit_id", "unit_name", "first_read_at", "signed_at", "signed_by_name", "opinion", "reminded_count")
        read_only_fields = fields


@extend_schema_serializer(examples=[OpenApiExample("document", value=_EXAMPLE)])
class DocumentRow(serializers.ModelSerializer):
    """A document in the register."""

    number = fields.CharField(source="document.number", read_only=True, allow_null=True, help_text=_("文号"))
    issuer = fields.CharField(source="document.issuer", read_only=True, help_text=_("发文机关"))
    urgency = fields.CharField(source="document.urgency", read_only=True, help_text=_("缓急"))
    issued_on = fields.DateField(source="document.issued_on", read_only=True, allow_null=True)
    sign_by = fields.DateTimeField(source="document.sign_by", read_only=True, allow_null=True)
    archive_number = fields.CharField(source="document.archive_number", read_only=True, allow_null=True)
    archived_at = fields.DateTimeField(source="document.archived_at", read_only=True, allow_null=True)

    class Meta:
        model = Article
        fields: tuple[str, ...] = (
            "id", "number", "title", "issuer", "urgency", "state", "issued_on", "sign_by", "published_at",
            "archive_number", "archived_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample("document", value={**_EXAMPLE, "circulation": [{
            "unit_id": ARTICLE_ID, "unit_name": "第一支部", "first_read_at": "2026-11-20T02:00:00Z",
            "signed_at": "2026-11-20T02:01:00Z", "signed_by_name": "王芳", "opinion": "已布置。", "reminded_count": 0,
        }]})
    ]
)  # fmt: skip
class DocumentDetail(DocumentRow):
    """A document with its circulation."""

    circulation = fields.SerializerMethodField()

    class Meta(DocumentRow.Meta):
        fields: tuple[str, ...] = (*DocumentRow.Meta.fields, "circulation")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(CirculationRow(many=True))
    def get_circulation(self, article: Article) -> Any:
        return CirculationRow(reads.circulations(article), many=True).data


@extend_schema_serializer(examples=[OpenApiExample("archive", value={"number": "2026-永-0012"})])
class ArchiveInput(serializers.Serializer):
    number = fields.CharField(max_length=60, help_text=_("归档号"))


@extend_schema_serializer(examples=[OpenApiExample("reminded", value={"reminded": 3, "spared": 0})])
class RemindedRow(serializers.Serializer):
    reminded = fields.IntegerField(help_text=_("提醒了几个组织"))
    spared = fields.IntegerField(help_text=_("刚提醒过或已达上限、这次没有提醒的组织数"))
