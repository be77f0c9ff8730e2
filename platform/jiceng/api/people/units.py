"""/api/v1/units, /api/v1/units/periods and /api/v1/posts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.queries import ListQuery
from jiceng.api.viewsets import Filters, command
from jiceng.members import scope, selectors, services
from jiceng.members.bodies import Tree
from jiceng.members.models import Post, PostKind, Unit, UnitPeriod

from .reach import InReach, WriteInReach
from .unit_serializers import (
    PostEnd,
    PostInput,
    PostRow,
    PostUpdate,
    UnitDissolve,
    UnitInput,
    UnitMerge,
    UnitMove,
    UnitPeriodRow,
    UnitRow,
    UnitUpdate,
)


class UnitFilters(Filters):
    tree = fields.ChoiceField(choices=Tree.choices, help_text=_("组织树"))
    kind = fields.CharField(max_length=40, help_text=_("类型代码"))
    parent: Any = fields.UUIDField(source="parent_id", help_text=_("直接上级"))
    code = fields.CharField(max_length=40, help_text=_("机构编码"))
    is_standing = fields.BooleanField(source="dissolved_on__isnull", help_text=_("true：仍在的；false：已撤销的"))


class UnitViewSet(WriteInReach):
    noun = _("组织")
    about = _("五棵组织树上的组织，今天的样子；任何一天的架构见“组织沿革”。已撤销的仍可读到。")
    serializer_class = UnitRow
    input_class = UnitInput
    update_input_class = UnitUpdate
    filters = UnitFilters
    orderings = ("position", "created_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Unit]:
        return scope.units_in_reach(self.actor, self.permission)

    def create_item(self, data: dict[str, Any]) -> Unit:
        return services.create_unit(**data, actor=self.actor)

    def update_item(self, item: Unit, data: dict[str, Any]) -> Unit:
        values = {"name": item.name, "kind": item.kind, **data}
        return services.rename_unit(unit_id=item.pk, **values, version=item.version, actor=self.actor)

    def delete_item(self, item: Unit) -> None:
        services.remove_unit(unit_id=item.pk, version=item.version, actor=self.actor)

    @command(_("移动组织"), about=_("下级组织、授权范围随之移动。"), input_class=UnitMove)
    def move(self, item: Unit, data: dict[str, Any]) -> Unit:
        return services.move_unit(unit_id=item.pk, **data, version=item.version, actor=self.actor)

    @command(
        _("合并组织"), about=_("other_ids 并入这个组织，人员、任职和下级随之转来，原组织撤销。"), input_class=UnitMerge
    )
    def merge(self, item: Unit, data: dict[str, Any]) -> Unit:
        return services.merge_units(into_id=item.pk, **data, version=item.version, actor=self.actor)

    @command(_("撤销组织"), about=_("还有人员或下级的，须指明由哪个组织接收。"), input_class=UnitDissolve)
    def dissolve(self, item: Unit, data: dict[str, Any]) -> Unit:
        return services.dissolve_unit(unit_id=item.pk, **data, version=item.version, actor=self.actor)


class UnitPeriodFilters(Filters):
    as_of = fields.DateField(help_text=_("这一天的架构，例如 2025-12-31"))
    unit = fields.UUIDField(source="unit_id", help_text=_("这个组织的沿革"))
    tree = fields.ChoiceField(source="unit__tree", choices=Tree.choices, help_text=_("组织树"))


class UnitPeriodViewSet(InReach):
    noun = _("组织沿革")
    about = _("组织在每段时间里的名称、类型和上级。用 as_of 得到任何一天的完整架构。")
    serializer_class = UnitPeriodRow
    filters = UnitPeriodFilters
    orderings = ("valid_from",)

    def rows(self) -> QuerySet[UnitPeriod]:
        return UnitPeriod.objects.filter(unit__in=scope.units_in_reach(self.actor, self.permission))

    def _filtered(self, query: ListQuery) -> QuerySet[UnitPeriod]:
        filters = dict(query.filters)
        day = filters.pop("as_of", None)
        rows: QuerySet[UnitPeriod] = super()._filtered(ListQuery(filters=filters))
        return rows.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day) if day else rows


class PostFilters(Filters):
    unit = fields.UUIDField(source="unit_id", help_text=_("组织"))
    person = fields.UUIDField(source="person_id", help_text=_("人员"))
    kind = fields.ChoiceField(choices=PostKind.choices, help_text=_("职务"))
    is_open = fields.BooleanField(source="ended_on__isnull", help_text=_("true：在任的；false：已结束的"))


class PostViewSet(WriteInReach):
    noun = _("任职")
    about = _("谁在哪个组织担任什么职务。组织同时只有一名书记；任职者须属于同一类组织。")
    serializer_class = PostRow
    input_class = PostInput
    update_input_class = PostUpdate
    filters = PostFilters
    orderings = ("started_on", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Post]:
        return selectors.posts_in_reach(actor=self.actor, permission=self.permission)

    def create_item(self, data: dict[str, Any]) -> Post:
        return services.appoint(**data, actor=self.actor)

    def update_item(self, item: Post, data: dict[str, Any]) -> Post:
        return services.change_post(post_id=item.pk, **data, version=item.version, actor=self.actor)

    @command(_("结束任职"), input_class=PostEnd)
    def end(self, item: Post, data: dict[str, Any]) -> Post:
        return services.end_post(post_id=item.pk, **data, version=item.version, actor=self.actor)
