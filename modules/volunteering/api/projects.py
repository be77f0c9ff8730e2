"""/api/v1/volunteering/projects."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, WriteViewSet, command
from jiceng.kernel.clock import now

from ..models import Category, Project, ProjectState
from ..selectors import projects as reads
from ..serializers.projects import ProjectInput, ProjectRow, ReasonInput
from ..services import projects as services


class ProjectFilters(Filters):
    state = fields.ChoiceField(choices=ProjectState.choices, help_text=_("状态"))
    category = fields.ChoiceField(choices=Category.choices, help_text=_("类别"))
    is_public = fields.BooleanField(help_text=_("是否对群众公开"))


class ProjectViewSet(WriteViewSet[Project]):
    noun = _("志愿项目")
    about = _("有管理权限的也见草稿。")
    serializer_class = ProjectRow
    input_class = ProjectInput
    filters = ProjectFilters
    orderings = ("-created_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Project]:
        return reads.api_projects(self.actor)

    def create_item(self, data: dict[str, Any]) -> Project:
        return services.create_project(fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]

    def update_item(self, item: Project, data: dict[str, Any]) -> Project:
        changed: Any = {name: value for name, value in data.items() if name != "unit_id"}
        return services.update_project(
            project_id=item.pk, fields=changed, version=item.version, actor=self.actor, at=now()
        )

    @command(_("发布项目"), about=_("至少要有一个还没有开始的班次。"))
    def publish(self, item: Project) -> Project:
        return services.publish_project(project_id=item.pk, actor=self.actor, at=now())

    @command(_("结束项目"), about=_("不再接受报名，已报名的班次照常。"))
    def close(self, item: Project) -> Project:
        return services.close_project(project_id=item.pk, actor=self.actor, at=now())

    @command(_("取消项目"), about=_("通知所有报名的人。"), input_class=ReasonInput)
    def cancel(self, item: Project, data: dict[str, Any]) -> Project:
        return services.cancel_project(project_id=item.pk, reason=data["reason"], actor=self.actor, at=now())
