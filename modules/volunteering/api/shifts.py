"""/api/v1/volunteering/shifts and sign-ups."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, WriteViewSet, command
from jiceng.kernel.clock import now

from ..models import Shift, SignUp, SignUpState
from ..selectors import shifts as reads
from ..serializers.projects import ReasonInput
from ..serializers.shifts import ShiftChange, ShiftInput, ShiftRow, SignUpInput, SignUpRow
from ..services import shifts as services
from ..services import signing


class ShiftFilters(Filters):
    project_id = fields.UUIDField(source="project", help_text=_("项目"))
    starts_from = fields.DateTimeField(source="starts_at__gte", help_text=_("开始不早于"))
    starts_until = fields.DateTimeField(source="starts_at__lte", help_text=_("开始不晚于"))


class ShiftViewSet(WriteViewSet[Shift]):
    noun = _("志愿班次")
    about = _("已发布项目的班次，含人数和候补人数。")
    serializer_class = ShiftRow
    input_class = ShiftInput
    update_input_class = ShiftChange
    filters = ShiftFilters
    orderings = ("-starts_at", "starts_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Shift]:
        return reads.api_shifts(self.actor)

    def create_item(self, data: dict[str, Any]) -> Shift:
        project_id = data.pop("project_id")
        return services.create_shift(project_id=project_id, fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]

    def update_item(self, item: Shift, data: dict[str, Any]) -> Shift:
        return services.update_shift(shift_id=item.pk, fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]

    @command(_("取消班次"), about=_("通知所有报名的人。"), input_class=ReasonInput)
    def cancel(self, item: Shift, data: dict[str, Any]) -> Shift:
        return services.cancel_shift(shift_id=item.pk, reason=data["reason"], actor=self.actor, at=now())


class SignUpFilters(Filters):
    shift_id = fields.UUIDField(source="shift", help_text=_("班次"))
    person_id = fields.UUIDField(source="person", help_text=_("人员"))
    state = fields.ChoiceField(choices=SignUpState.choices, help_text=_("报名状态"))


class SignUpViewSet(WriteViewSet[SignUp]):
    noun = _("志愿报名")
    about = _("谁报了名、谁在候补、签到签退的时间。新建即代为报名，名额满了进入候补。")
    serializer_class = SignUpRow
    input_class = SignUpInput
    filters = SignUpFilters
    orderings = ("-signed_up_at", "signed_up_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[SignUp]:
        return reads.all_sign_ups(self.actor)

    def create_item(self, data: dict[str, Any]) -> SignUp:
        return signing.sign_up(shift_id=data["shift_id"], person_id=data["person_id"], actor=self.actor, at=now())

    @command(_("退出班次"), about=_("开始前可以退出，候补的人按顺序递补。"))
    def withdraw(self, item: SignUp) -> SignUp:
        return signing.withdraw(shift_id=item.shift_id, sign_up_id=item.pk, actor=self.actor, at=now())
