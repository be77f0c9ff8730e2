"""/api/v1/study/assignments."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, WriteViewSet, command
from jiceng.kernel.clock import now

from ..models import Assignment, AssignmentState
from ..selectors import assignments as reads
from ..serializers.assignments import AssignmentDetail, AssignmentInput, AssignmentRow, DeadlineInput, RemindedRow
from ..services import assignments as services


class AssignmentFilters(Filters):
    course_id = fields.UUIDField(source="course", help_text=_("课程"))
    state = fields.ChoiceField(choices=AssignmentState.choices, help_text=_("状态"))


class AssignmentViewSet(WriteViewSet[Assignment]):
    noun = _("学习任务")
    about = _("布置给谁、何时完成、完成多少；名单由后台生成，生成前 person_count 为空。")
    serializer_class = AssignmentRow
    detail_serializer_class = AssignmentDetail
    input_class = AssignmentInput
    filters = AssignmentFilters
    orderings = ("-created_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Assignment]:
        return reads.managed(self.actor)

    def create_item(self, data: dict[str, Any]) -> Assignment:
        made = services.create_assignment(fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]
        return self._fresh(made)

    @command(_("调整期限"), input_class=DeadlineInput)
    def deadline(self, item: Assignment, data: dict[str, Any]) -> Assignment:
        due_at = data.get("due_at")
        return self._fresh(services.move_deadline(assignment_id=item.pk, due_at=due_at, actor=self.actor, at=now()))

    @command(_("提醒未完成的人"), about=_("24 小时内至多一次，总次数由模块设置限定。"), output_class=RemindedRow)
    def remind(self, item: Assignment) -> dict[str, int]:
        return {"person_count": services.remind_behind(assignment_id=item.pk, actor=self.actor, at=now())}

    @command(_("取消学习任务"))
    def cancel(self, item: Assignment) -> Assignment:
        return self._fresh(services.cancel_assignment(assignment_id=item.pk, actor=self.actor, at=now()))

    def _fresh(self, assignment: Assignment) -> Assignment:
        return reads.get_assignment(assignment_id=assignment.pk, actor=self.actor)
