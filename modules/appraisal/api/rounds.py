"""/api/v1/appraisal/rounds and /results. Scoring itself is for people."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, ReadViewSet, WriteViewSet, command
from jiceng.kernel.clock import now

from ..models import Grade, Round, RoundState, Subject
from ..selectors import results as results
from ..selectors import rounds as reads
from ..serializers.rounds import ResultRow, RoundDetail, RoundInput, RoundRow
from ..services import rounds as services
from ..services import running


class RoundFilters(Filters):
    state = fields.ChoiceField(choices=RoundState.choices, help_text=_("状态"))


class RoundViewSet(WriteViewSet[Round]):
    noun = _("党员评分")
    about = _("评分的设置、指标和进度。启动后不能再改。打分只能由人在手机上完成。")
    serializer_class = RoundRow
    detail_serializer_class = RoundDetail
    input_class = RoundInput
    filters = RoundFilters
    orderings = ("-created_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Round]:
        return reads.managed(actor=self.actor)

    def create_item(self, data: dict[str, Any]) -> Round:
        return services.create_round(fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]

    def update_item(self, item: Round, data: dict[str, Any]) -> Round:
        return services.update_round(round_id=item.pk, fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]

    def delete_item(self, item: Round) -> None:
        services.delete_round(round_id=item.pk, actor=self.actor, at=now())

    @command(_("启动评分"), about=_("按当时的组织和人员定下名单，此后不能再改。"))
    def open(self, item: Round) -> Round:
        return running.open_round(round_id=item.pk, actor=self.actor, at=now())

    @command(_("结束评分"), about=_("不再收评分表，算出结果。到截止时间自动结束。"))
    def close(self, item: Round) -> Round:
        running.close_round(round_id=item.pk, actor=self.actor, at=now())
        return self.rows().get(pk=item.pk)

    @command(_("公布结果"), about=_("每个人看到自己的结果，开始计算申诉期。"))
    def publish(self, item: Round) -> Round:
        return running.publish_round(round_id=item.pk, actor=self.actor, at=now())


class ResultFilters(Filters):
    round = fields.UUIDField(source="round_id", help_text=_("评分的编号"))
    grade = fields.ChoiceField(choices=Grade.choices, help_text=_("等次"))


class ResultViewSet(ReadViewSet[Subject]):
    noun = _("评分结果")
    about = _("评分结束后每个人的总分和等次。没有谁给谁打了多少分。")
    serializer_class = ResultRow
    filters = ResultFilters
    orderings = ("name", "unit_name")

    def rows(self) -> QuerySet[Subject]:
        return results.managed(actor=self.actor)
