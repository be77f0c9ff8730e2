"""/api/v1/study/targets."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, ReadViewSet
from jiceng.kernel.clock import today
from jiceng.members.models import Person

from ..selectors.gaps import with_gaps
from ..selectors.hours import people_in_reach
from ..serializers.targets import TargetDetail, TargetRow


class TargetFilters(Filters):
    unit_id = fields.UUIDField(source="unit", help_text=_("所在组织"))
    min_gap = fields.DecimalField(
        source="gap_hours__gte", max_digits=5, decimal_places=1, min_value=0, help_text=_("至少还差多少学时")
    )


class TargetViewSet(ReadViewSet[Person]):
    noun = _("学时达标情况")
    about = _("每人本年应修、已修、还差多少；加 min_gap=0.1 就是未达标名单。只作培训记录，不作排名。")
    serializer_class = TargetRow
    detail_serializer_class = TargetDetail
    filters = TargetFilters
    orderings = ("pinyin", "-gap_hours", "gap_hours")

    def rows(self) -> QuerySet[Person]:
        return with_gaps(people_in_reach(self.actor), year=today().year)
