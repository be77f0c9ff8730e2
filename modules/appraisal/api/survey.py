"""/api/v1/appraisal/points, /answers and /follow-ups."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, ReadViewSet, WriteViewSet, command
from jiceng.kernel.clock import now

from ..models import FollowUp, FollowUpState, PointKind, Satisfaction, SurveyAnswer, SurveyPoint
from ..selectors import answers, follow_ups, points
from ..serializers.survey import AnswerRow, FollowUpRow, PointInput, PointRow, SwitchInput, WordsInput
from ..services import follow_ups as deeds
from ..services import points as services


class PointFilters(Filters):
    kind = fields.ChoiceField(choices=PointKind.choices, help_text=_("类别"))
    is_active = fields.BooleanField(help_text=_("是否启用"))


class PointViewSet(WriteViewSet[SurveyPoint]):
    noun = _("考察点")
    about = _("群众扫码评价的窗口、工作人员和服务。有过评价的考察点不能删除，只能停用。")
    serializer_class = PointRow
    input_class = PointInput
    filters = PointFilters
    orderings = ("name", "created_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[SurveyPoint]:
        return points.managed(actor=self.actor)

    def create_item(self, data: dict[str, Any]) -> SurveyPoint:
        return services.create_point(fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]

    def update_item(self, item: SurveyPoint, data: dict[str, Any]) -> SurveyPoint:
        return services.update_point(point_id=item.pk, fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]

    def delete_item(self, item: SurveyPoint) -> None:
        services.delete_point(point_id=item.pk, actor=self.actor, at=now())

    @command(_("启用或停用考察点"), input_class=SwitchInput)
    def switch(self, item: SurveyPoint, data: dict[str, Any]) -> SurveyPoint:
        return services.switch_point(point_id=item.pk, is_active=data["is_active"], actor=self.actor, at=now())

    @command(_("更换二维码"), about=_("已张贴的海报全部失效。"))
    def renew_code(self, item: SurveyPoint) -> SurveyPoint:
        return services.renew_code(point_id=item.pk, actor=self.actor, at=now())


class AnswerFilters(Filters):
    point = fields.UUIDField(source="point_id", help_text=_("考察点的编号"))
    grade = fields.ChoiceField(
        choices=[(str(value), label) for value, label in Satisfaction.choices], help_text=_("满意程度")
    )
    answered_from = fields.DateTimeField(source="answered_at__gte", help_text=_("不早于"))
    answered_before = fields.DateTimeField(source="answered_at__lt", help_text=_("早于"))


class AnswerViewSet(ReadViewSet[SurveyAnswer]):
    noun = _("群众评价")
    about = _("只读。群众的电话不在其中；被隐藏的文字不给出。")
    serializer_class = AnswerRow
    filters = AnswerFilters
    orderings = ("-answered_at", "answered_at")

    def rows(self) -> QuerySet[SurveyAnswer]:
        return answers.visible(actor=self.actor)


class FollowUpFilters(Filters):
    state = fields.ChoiceField(choices=FollowUpState.choices, help_text=_("状态"))
    due_before = fields.DateTimeField(source="due_at__lt", help_text=_("期限早于"))


class FollowUpViewSet(WriteViewSet[FollowUp]):
    noun = _("评价跟进")
    about = _("差评的受理、办理、答复和办结。没有答复不能办结。")
    serializer_class = FollowUpRow
    filters = FollowUpFilters
    orderings = ("due_at", "-opened_at")
    http_method_names = ("get", "head", "options", "post")

    def rows(self) -> QuerySet[FollowUp]:
        return follow_ups.visible(actor=self.actor)

    @command(_("受理"))
    def accept(self, item: FollowUp) -> FollowUp:
        return deeds.accept(follow_up_id=item.pk, actor=self.actor, at=now())

    @command(_("答复"), about=_("群众凭回执号看到。"), input_class=WordsInput)
    def reply(self, item: FollowUp, data: dict[str, Any]) -> FollowUp:
        return deeds.reply(follow_up_id=item.pk, text=data["text"], actor=self.actor, at=now())

    @command(_("办结"))
    def close(self, item: FollowUp) -> FollowUp:
        return deeds.close(follow_up_id=item.pk, actor=self.actor, at=now())
