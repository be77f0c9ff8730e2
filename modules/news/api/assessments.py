"""/api/v1/news/assessments: progress and results for other systems. Handing in and scoring are for people."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, WriteViewSet, command
from jiceng.kernel.clock import now

from .. import selectors
from ..manifest.words import PUBLISH
from ..models import Article, Phase
from ..serializers.assessments import AssessmentDetail, AssessmentRow
from ..services import assessments_running as services


class AssessmentFilters(Filters):
    phase = fields.ChoiceField(source="assessment__phase", choices=Phase.choices, help_text=_("阶段"))
    submit_from = fields.DateTimeField(source="assessment__submit_by__gte", help_text=_("提交期限不早于"))


class AssessmentViewSet(WriteViewSet[Article]):
    noun = _("专题考核")
    about = _("考核的指标、对象、进度和总分。起草用文章接口，details 里给出指标和对象；提交材料、评分和申诉只能由人完成。")
    serializer_class = AssessmentRow
    detail_serializer_class = AssessmentDetail
    filters = AssessmentFilters
    orderings = ("-published_at", "updated_at")
    updated_field = "updated_at"
    http_method_names = ("get", "head", "options", "post")

    def rows(self) -> QuerySet[Article]:
        found = selectors.managed(actor=self.actor, permission=PUBLISH)
        return found.filter(assessment__isnull=False).select_related("assessment")

    @command(_("开始评分"), about=_("不再收材料。到提交期限时自动开始。"))
    def start_scoring(self, item: Article) -> Article:
        services.start_scoring(article_id=item.pk, actor=self.actor, at=now())
        return self.rows().get(pk=item.pk)

    @command(_("结束评分"), about=_("算出总分，进入公示申诉。"))
    def close_scoring(self, item: Article) -> Article:
        services.close_scoring(article_id=item.pk, actor=self.actor, at=now())
        return self.rows().get(pk=item.pk)

    @command(_("公布结果"), about=_("申诉期满、全部申诉答复后。"))
    def conclude(self, item: Article) -> Article:
        services.conclude(article_id=item.pk, actor=self.actor, at=now())
        return self.rows().get(pk=item.pk)
