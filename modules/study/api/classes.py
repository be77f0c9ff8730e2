"""/api/v1/study/classes and /attendances."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, ReadViewSet, WriteViewSet, command
from jiceng.kernel.clock import now

from ..models import Attendance, AttendanceState, ClassState, OfflineClass
from ..selectors import classes as reads
from ..serializers.classes import AttendanceInput, AttendanceRow, ClassInput, ClassRow, ReasonInput
from ..services import attendance as attendance_services
from ..services import classes as services


class ClassFilters(Filters):
    state = fields.ChoiceField(choices=ClassState.choices, help_text=_("状态"))
    q = fields.CharField(source="title__icontains", max_length=50, help_text=_("名称中的文字"))


class ClassViewSet(WriteViewSet[OfflineClass]):
    noun = _("培训班")
    about = _("线下培训：先登记出席，再计入学时；计入后的更正要写原因。")
    serializer_class = ClassRow
    input_class = ClassInput
    filters = ClassFilters
    orderings = ("-first_date", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[OfflineClass]:
        return reads.managed(self.actor)

    def create_item(self, data: dict[str, Any]) -> OfflineClass:
        return self._fresh(services.create_class(fields=data, actor=self.actor, at=now()))  # type: ignore[arg-type]

    def update_item(self, item: OfflineClass, data: dict[str, Any]) -> OfflineClass:
        return self._fresh(services.update_class(
            class_id=item.pk, fields=data, version=item.version, actor=self.actor, at=now()  # type: ignore[arg-type]
        ))  # fmt: skip

    @command(_("登记出席"), about=_("全部成功或全部不成功；没有提到的人不变。"), input_class=AttendanceInput)
    def attendance(self, item: OfflineClass, data: dict[str, Any]) -> OfflineClass:
        attendance_services.record_attendance(
            class_id=item.pk, states={mark["person_id"]: mark["state"] for mark in data["marks"]},
            reason=data.get("reason", ""), actor=self.actor, at=now(),
        )  # fmt: skip
        return self._fresh(item)

    @command(_("计入学时"), about=_("给每个出席的人计学时，一次完成。"))
    def confirm(self, item: OfflineClass) -> OfflineClass:
        return self._fresh(services.confirm_class(class_id=item.pk, actor=self.actor, at=now()))

    @command(_("收回学时"), about=_("冲销全部学时，回到登记中。"), input_class=ReasonInput)
    def take_back(self, item: OfflineClass, data: dict[str, Any]) -> OfflineClass:
        return self._fresh(
            services.take_back_class(class_id=item.pk, reason=data["reason"], actor=self.actor, at=now())
        )

    @command(_("取消培训班"))
    def cancel(self, item: OfflineClass) -> OfflineClass:
        return self._fresh(services.cancel_class(class_id=item.pk, actor=self.actor, at=now()))

    def _fresh(self, item: OfflineClass) -> OfflineClass:
        return reads.get_class(class_id=item.pk, actor=self.actor)


class AttendanceFilters(Filters):
    class_id = fields.UUIDField(source="offline_class", help_text=_("培训班"))
    person_id = fields.UUIDField(source="person", help_text=_("人员"))
    state = fields.ChoiceField(choices=AttendanceState.choices, help_text=_("出席情况"))


class AttendanceViewSet(ReadViewSet[Attendance]):
    noun = _("培训出席")
    about = _("谁出席、请假或缺席。")
    serializer_class = AttendanceRow
    filters = AttendanceFilters
    orderings = ("-updated_at", "created_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Attendance]:
        return reads.attendances(self.actor)
