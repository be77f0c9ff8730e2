"""JSON of units, of how they stood, and of posts in them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers
from jiceng.members.models import Post, PostKind, Unit, UnitPeriod

from .serializers import PERSON_ID, UNIT_ID

PARENT_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2b20"
_UNIT_EXAMPLE = {
    "id": UNIT_ID, "parent_id": PARENT_ID, "tree": "party", "kind": "party_branch", "name": "综合科党支部",
    "code": "P0203", "depth": 3, "position": 1, "founded_on": "2019-03-01", "dissolved_on": None, "version": 2,
    "created_at": "2026-01-05T01:00:00Z", "updated_at": "2026-03-01T01:30:00Z",
}  # fmt: skip
_PERIOD_EXAMPLE = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2b31", "unit_id": UNIT_ID, "parent_id": PARENT_ID, "tree": "party",
    "kind": "party_branch", "name": "综合科党支部", "position": 1, "valid_from": "2019-03-01", "valid_to": None,
}  # fmt: skip
_POST_EXAMPLE = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2b51", "unit_id": UNIT_ID, "unit_name": "综合科党支部",
    "person_id": PERSON_ID, "person_name": "欧阳华", "kind": "secretary", "label": "", "started_on": "2024-03-01",
    "ended_on": None, "version": 1, "created_at": "2026-01-05T01:00:00Z", "updated_at": "2026-01-05T01:00:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("unit", value=_UNIT_EXAMPLE)])
class UnitRow(serializers.ModelSerializer):
    """A unit as it stands today."""

    parent_id: Any = fields.PrimaryKeyRelatedField(source="parent", read_only=True, allow_null=True)

    class Meta:
        model = Unit
        fields: tuple[str, ...] = tuple(_UNIT_EXAMPLE)
        read_only_fields: tuple[str, ...] = fields
        extra_kwargs = {
            "kind": {"help_text": _("类型代码，与后台“组织类型”一致")},
            "code": {"help_text": _("机构编码")},
            "dissolved_on": {"help_text": _("为空的仍在")},
        }


@extend_schema_serializer(examples=[OpenApiExample("period", value=_PERIOD_EXAMPLE)])
class UnitPeriodRow(serializers.ModelSerializer):
    """How a unit stood during some time."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True)
    parent_id: Any = fields.PrimaryKeyRelatedField(source="parent", read_only=True, allow_null=True)
    tree = fields.CharField(source="unit.tree", read_only=True)

    class Meta:
        model = UnitPeriod
        fields: tuple[str, ...] = tuple(_PERIOD_EXAMPLE)
        read_only_fields: tuple[str, ...] = fields
        extra_kwargs = {"valid_to": {"help_text": _("从这一天起不再如此；为空表示至今")}}


@extend_schema_serializer(
    examples=[OpenApiExample("unit", value={"name": "综合科党支部", "kind": "party_branch", "parent_id": PARENT_ID})]
)
class UnitInput(serializers.Serializer):
    """A new unit."""

    name = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=40, help_text=_("类型代码，决定在哪棵组织树上"))
    parent_id = fields.UUIDField(required=False, allow_null=True, help_text=_("上级组织；没有则为最上级"))
    code = fields.CharField(max_length=60, required=False, allow_blank=True)
    on = fields.DateField(required=False, help_text=_("成立日期，省略时为今天"))


class UnitUpdate(serializers.Serializer):
    """Another name, kind or code."""

    name = fields.CharField(max_length=200, required=False)
    kind = fields.CharField(max_length=40, required=False)
    code = fields.CharField(max_length=60, required=False, allow_blank=True)
    on = fields.DateField(required=False, help_text=_("生效日期，省略时为今天"))


class UnitMove(serializers.Serializer):
    """Where a unit goes."""

    parent_id = fields.UUIDField(allow_null=True, help_text=_("新的上级；null 为最上级"))
    position = fields.IntegerField(required=False, min_value=0, max_value=100_000)
    on = fields.DateField(required=False, help_text=_("生效日期，省略时为今天"))


class UnitMerge(serializers.Serializer):
    """Which units go up in this one."""

    other_ids = fields.ListField(child=fields.UUIDField(), min_length=1, max_length=100)
    name = fields.CharField(max_length=200, required=False, allow_blank=True, help_text=_("合并后的名称，省略时不变"))
    on = fields.DateField(required=False)


class UnitDissolve(serializers.Serializer):
    """Who takes over."""

    successor_id = fields.UUIDField(required=False, allow_null=True, help_text=_("接收人员和下级的组织"))
    on = fields.DateField(required=False)


@extend_schema_serializer(examples=[OpenApiExample("post", value=_POST_EXAMPLE)])
class PostRow(serializers.ModelSerializer):
    """A post and who holds or held it."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True)
    unit_name = fields.CharField(source="unit.name", read_only=True)
    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)
    person_name = fields.CharField(source="person.name", read_only=True)

    class Meta:
        model = Post
        fields: tuple[str, ...] = tuple(_POST_EXAMPLE)
        read_only_fields: tuple[str, ...] = fields


class PostInput(serializers.Serializer):
    """An appointment."""

    unit_id = fields.UUIDField()
    person_id = fields.UUIDField()
    kind = fields.ChoiceField(choices=PostKind.choices)
    label: Any = fields.CharField(
        max_length=60, required=False, allow_blank=True, help_text=_("名称；kind 为 other 时必填")
    )
    started_on = fields.DateField(required=False, help_text=_("任职日期，省略时为今天"))


class PostUpdate(serializers.Serializer):
    """A correction of a post."""

    kind = fields.ChoiceField(choices=PostKind.choices, required=False)
    label: Any = fields.CharField(max_length=60, required=False, allow_blank=True)
    started_on = fields.DateField(required=False)


class PostEnd(serializers.Serializer):
    """When a post ends."""

    on = fields.DateField(required=False, help_text=_("结束日期，省略时为今天"))
