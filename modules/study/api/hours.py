"""/api/v1/study/hours."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, WriteViewSet
from jiceng.kernel.clock import now

from ..models import HoursEntry
from ..selectors import hours as reads
from ..serializers.hours import HoursInput, HoursRow
from ..services import hours as services


class HoursFilters(Filters):
    person_id = fields.UUIDField(source="person", help_text=_("人员"))
    year = fields.IntegerField(min_value=2000, max_value=2200, help_text=_("年度"))


class HoursViewSet(WriteViewSet[HoursEntry]):
    noun = _("学时记录")
    about = _("只增不改的学时台账；冲销是另一条负数记录。")
    serializer_class = HoursRow
    input_class = HoursInput
    filters = HoursFilters
    orderings = ("-created_at",)

    def rows(self) -> QuerySet[HoursEntry]:
        return reads.ledger(self.actor)

    def create_item(self, data: dict[str, Any]) -> HoursEntry:
        person_id = data.pop("person_id")
        return services.record_manual(person_id=person_id, fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]
