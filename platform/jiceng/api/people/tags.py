"""/api/v1/tags: words on people, for audiences."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers
from jiceng.api.viewsets import Filters, WriteViewSet, command
from jiceng.kernel.clock import now
from jiceng.members import services
from jiceng.members.models import PersonState, PersonTag, Tag

_EXAMPLE = {
    "id": "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e3f", "name": "青年理论学习小组", "note": "每月第一周集中学习", "people_count": 18,
    "created_at": "2026-11-20T01:05:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("tag", value=_EXAMPLE)])
class TagRow(serializers.ModelSerializer):
    """A tag. ``people_count``: active people who bear it."""

    people_count = fields.IntegerField(read_only=True, min_value=0, help_text=_("有这个标签的在册人数"))

    class Meta:
        model = Tag
        fields: tuple[str, ...] = ("id", "name", "note", "people_count", "created_at")
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(examples=[OpenApiExample("tag", value={"name": "青年理论学习小组", "note": ""})])
class TagInput(serializers.Serializer):
    name = fields.CharField(max_length=20, help_text=_("名称，不能与其他标签相同"))
    note = fields.CharField(max_length=100, required=False, allow_blank=True, help_text=_("说明"))


@extend_schema_serializer(examples=[OpenApiExample("people", value={"person_ids": [_EXAMPLE["id"]]})])
class TagPeople(serializers.Serializer):
    person_ids = fields.ListField(
        child=fields.UUIDField(), min_length=1, max_length=2000, help_text=_("人员；不在密钥权限范围内的略过")
    )


class TagFilters(Filters):
    name = fields.CharField(max_length=20, help_text=_("名称"))


class TagViewSet(WriteViewSet[Tag]):
    noun = _("标签")
    about = _("给人员加的标签，发布文章时可以按标签选择接收人（audience 里的 tag）。")
    serializer_class = TagRow
    input_class = TagInput
    filters = TagFilters
    orderings = ("name", "created_at")

    def rows(self) -> QuerySet[Tag]:
        borne = PersonTag.objects.filter(tag=OuterRef("pk"), person__state=PersonState.ACTIVE).order_by().values("tag")
        counted = Subquery(borne.annotate(total=Count("*")).values("total"))
        return Tag.objects.annotate(people_count=Coalesce(counted, 0))

    def create_item(self, data: dict[str, Any]) -> Tag:
        return self._fresh(services.create_tag(**data, actor=self.actor, at=now()))

    def update_item(self, item: Tag, data: dict[str, Any]) -> Tag:
        values = {"name": item.name, "note": item.note, **data}
        return self._fresh(services.change_tag(tag_id=item.pk, **values, actor=self.actor))

    def delete_item(self, item: Tag) -> None:
        services.remove_tag(tag_id=item.pk, actor=self.actor)

    @command(_("加标签"), about=_("给这些人加上标签，已有的不变。"), input_class=TagPeople)
    def give(self, item: Tag, data: dict[str, Any]) -> Tag:
        services.give_tag(tag_id=item.pk, person_ids=data["person_ids"], actor=self.actor)
        return self._fresh(item)

    @command(_("去掉标签"), about=_("从这些人身上去掉标签。"), input_class=TagPeople)
    def take(self, item: Tag, data: dict[str, Any]) -> Tag:
        services.take_tag(tag_id=item.pk, person_ids=data["person_ids"], actor=self.actor)
        return self._fresh(item)

    def _fresh(self, tag: Tag) -> Tag:
        return self.rows().get(pk=tag.pk)
