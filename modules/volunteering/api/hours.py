"""/api/v1/volunteering/hours."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, ReadViewSet

from ..models import HoursEntry
from ..selectors import hours as reads
from ..serializers.hours import HoursRow


class HoursFilters(Filters):
    person_id = fields.UUIDField(source="person", help_text=_("人员"))
    shift_id = fields.UUIDField(source="shift", help_text=_("班次"))
    since = fields.DateField(source="date__gte", help_text=_("服务日期不早于"))
    until = fields.DateField(source="date__lte", help_text=_("服务日期不晚于"))


class HoursViewSet(ReadViewSet[HoursEntry]):
    noun = _("志愿服务时长")
    about = _("只增不改的时长台账，只有核实过的；冲销是另一条负数记录。")
    serializer_class = HoursRow
    filters = HoursFilters
    orderings = ("-created_at", "created_at")

    def rows(self) -> QuerySet[HoursEntry]:
        return reads.ledger(self.actor)
