"""JSON of activities and of who comes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers

from ..models import Article, SignUp
from ..selectors import activities as reads
from .articles import ARTICLE_ID

_EXAMPLE = {
    "id": ARTICLE_ID, "title": "周五义务植树", "state": "published", "unit_id": None, "starts_at": "2026-11-27T01:00:00Z",
    "ends_at": "2026-11-27T03:00:00Z", "place": "湿地公园南门", "takes_sign_ups": True,
    "sign_up_until": "2026-11-26T09:00:00Z", "capacity": 30, "published_at": "2026-11-20T01:05:00Z",
    "updated_at": "2026-11-20T01:05:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("activity", value=_EXAMPLE)])
class ActivityRow(serializers.ModelSerializer):
    """An activity in a list."""

    unit_id: Any = fields.PrimaryKeyRelatedField(
        source="unit", read_only=True, allow_null=True, help_text=_("以哪个组织的名义；空为全单位")
    )
    starts_at = fields.DateTimeField(source="activity.starts_at", read_only=True)
    ends_at = fields.DateTimeField(source="activity.ends_at", read_only=True)
    place = fields.CharField(source="activity.place", read_only=True, help_text=_("地点"))
    takes_sign_ups = fields.BooleanField(source="activity.takes_sign_ups", read_only=True, help_text=_("需要报名"))
    sign_up_until = fields.DateTimeField(
        source="activity.sign_up_until", read_only=True, allow_null=True, help_text=_("报名截止；空为活动开始时")
    )
    capacity = fields.IntegerField(
        source="activity.capacity", read_only=True, allow_null=True, min_value=1, help_text=_("名额；空为不限")
    )

    class Meta:
        model = Article
        fields: tuple[str, ...] = (
            "id", "title", "state", "unit_id", "starts_at", "ends_at", "place", "takes_sign_ups", "sign_up_until",
            "capacity", "published_at", "updated_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class CountsRow(serializers.Serializer):
    """How many, by state; ``attended``: of them all, who was there."""

    joined = fields.IntegerField(min_value=0, help_text=_("已报名"))
    waiting = fields.IntegerField(min_value=0, help_text=_("候补"))
    cancelled = fields.IntegerField(min_value=0, help_text=_("已取消"))
    attended = fields.IntegerField(min_value=0, help_text=_("已到场"))


@extend_schema_serializer(
    examples=[
        OpenApiExample("activity", value={
            **_EXAMPLE, "counts": {"joined": 30, "waiting": 2, "cancelled": 1, "attended": 0}, "result": "", "result_at": None,
        })
    ]
)  # fmt: skip
class ActivityDetail(ActivityRow):
    """An activity with its figures and what came of it."""

    counts = fields.SerializerMethodField()
    result = fields.CharField(source="activity.result", read_only=True, help_text=_("活动成果，HTML"))
    result_at = fields.DateTimeField(source="activity.result_at", read_only=True, allow_null=True)

    class Meta(ActivityRow.Meta):
        fields: tuple[str, ...] = (*ActivityRow.Meta.fields, "counts", "result", "result_at")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(CountsRow)
    def get_counts(self, article: Article) -> Any:
        return CountsRow(reads.figures(article)).data


@extend_schema_serializer(
    examples=[
        OpenApiExample("sign-up", value={
            "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2b11", "activity_id": ARTICLE_ID, "user_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2c11",
            "number": 1, "name": "王芳", "unit_name": "第一支部", "note": "自带车", "state": "joined",
            "signed_up_at": "2026-11-21T02:00:00Z", "cancelled_at": None, "attended_at": None,
        })
    ]
)  # fmt: skip
class SignUpRow(serializers.ModelSerializer):
    """One person's word on coming."""

    activity_id: Any = fields.PrimaryKeyRelatedField(source="activity", read_only=True, help_text=_("活动的编号"))
    user_id: Any = fields.PrimaryKeyRelatedField(source="user", read_only=True, help_text=_("用户"))

    class Meta:
        model = SignUp
        fields = (
            "id", "activity_id", "user_id", "number", "name", "unit_name", "note", "state", "signed_up_at",
            "cancelled_at", "attended_at",
        )  # fmt: skip
        read_only_fields = fields
