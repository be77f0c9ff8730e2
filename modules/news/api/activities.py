"""/api/v1/news/activities: what is on and who comes, for other systems. Signing up is for people."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, ReadViewSet

from .. import selectors
from ..manifest.words import PUBLISH
from ..models import Article, ColumnKind, SignUp, SignUpState, State
from ..serializers.activities import ActivityDetail, ActivityRow, SignUpRow


class ActivityFilters(Filters):
    state = fields.ChoiceField(choices=State.choices, help_text=_("状态"))
    starts_from = fields.DateTimeField(source="activity__starts_at__gte", help_text=_("开始不早于"))
    starts_until = fields.DateTimeField(source="activity__starts_at__lte", help_text=_("开始不晚于"))


class ActivityViewSet(ReadViewSet[Article]):
    noun = _("活动")
    about = _("活动的时间、地点、报名人数和成果。发起用文章接口，details 里给出时间、地点和名额；报名只能由人完成。")
    serializer_class = ActivityRow
    detail_serializer_class = ActivityDetail
    filters = ActivityFilters
    orderings = ("-published_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Article]:
        found = selectors.visible_articles(actor=self.actor)
        return found.filter(column__kind=ColumnKind.ACTIVITY, activity__isnull=False).select_related("activity")


class SignUpFilters(Filters):
    activity = fields.UUIDField(source="activity_id", help_text=_("活动的编号"))
    state = fields.ChoiceField(choices=SignUpState.choices, help_text=_("报名状态"))


class SignUpViewSet(ReadViewSet[SignUp]):
    noun = _("报名")
    about = _("谁报了名、谁在候补、谁到了场。只有能发布活动的人看得到。")
    serializer_class = SignUpRow
    filters = SignUpFilters
    orderings = ("signed_up_at", "-signed_up_at")

    def rows(self) -> QuerySet[SignUp]:
        managed = selectors.managed(actor=self.actor, permission=PUBLISH).order_by()
        return SignUp.objects.filter(activity__in=managed.values("pk"))
