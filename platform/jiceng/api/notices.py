"""/api/v1/notices: what was sent to people, and how far it got. Inboxes themselves are for people."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.notices import selectors
from jiceng.notices.models import DeliveryState, Notice, NoticeState

from . import serializers
from .viewsets import Filters, ReadViewSet

_ROW = {
    "id": "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e3f", "category": "notices.todo", "title": "快到期了：审批请假申请",
    "source": "workflow.case:0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e30", "url": "/todos/cases/0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e30/",
    "is_mandatory": True, "is_urgent": False, "state": "sent", "sender_name": "王芳", "entry_count": 128,
    "created_at": "2026-11-20T01:05:00Z", "withdrawn_at": None,
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("notice", value=_ROW)])
class NoticeRow(serializers.ModelSerializer):
    """A notice. ``entry_count``: how many people got it."""

    class Meta:
        model = Notice
        fields: tuple[str, ...] = (
            "id", "category", "title", "source", "url", "is_mandatory", "is_urgent", "state", "sender_name",
            "entry_count", "created_at", "withdrawn_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(
    examples=[
        OpenApiExample("delivery", value={"channel": "email", "state": "skipped", "reason": "no_address", "count": 12})
    ]
)
class DeliveryFigure(serializers.Serializer):
    channel = fields.CharField(help_text=_("渠道代码，如 email"))
    state = fields.ChoiceField(choices=DeliveryState.choices, help_text=_("状态"))
    reason = fields.CharField(help_text=_("没有推送的原因，如 muted、no_address；其他状态为空"))
    count = fields.IntegerField(help_text=_("人数"))


@extend_schema_serializer(
    examples=[
        OpenApiExample("notice", value={
            **_ROW, "text": "请在 11 月 25 日 17:00 前办理。", "read_count": 96, "muted_count": 0,
            "deliveries": [{"channel": "email", "state": "skipped", "reason": "no_address", "count": 12}],
        })
    ]
)  # fmt: skip
class NoticeDetail(NoticeRow):
    """A notice with what became of it."""

    read_count = fields.IntegerField(source="figures.read", read_only=True, help_text=_("已读人数"))
    muted_count = fields.IntegerField(source="figures.muted", read_only=True, help_text=_("本人关闭推送的人数"))
    deliveries = fields.SerializerMethodField(help_text=_("各渠道各状态的人数"))

    class Meta(NoticeRow.Meta):
        fields: tuple[str, ...] = (*NoticeRow.Meta.fields, "text", "read_count", "muted_count", "deliveries")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(DeliveryFigure(many=True))
    def get_deliveries(self, notice: Any) -> Any:
        return [
            {"channel": channel, "state": state, "reason": reason, "count": count}
            for (channel, state, reason), count in sorted(notice.figures.deliveries.items())
        ]


class NoticeFilters(Filters):
    category = fields.CharField(max_length=60, help_text=_("类别代码，如 notices.todo"))
    source = fields.CharField(max_length=100, help_text=_("消息所说的对象，如 workflow.case:<id>"))  # type: ignore[assignment]
    state = fields.ChoiceField(choices=NoticeState.choices, help_text=_("状态"))


class NoticeViewSet(ReadViewSet[Notice]):
    noun = _("消息")
    about = _("各模块发给成员的消息，以及送达、阅读和未推送原因的统计。不含收件人名单。")
    serializer_class = NoticeRow
    detail_serializer_class = NoticeDetail
    filters = NoticeFilters
    orderings = ("-created_at",)

    def rows(self) -> QuerySet[Notice]:
        return selectors.sent_notices()

    def find_item(self, *, for_update: bool = False) -> Notice:
        notice = super().find_item(for_update=for_update)
        notice.figures = selectors.figures(notice)  # type: ignore[attr-defined]
        return notice
