"""/api/v1/volunteering/help-requests."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, ReadViewSet
from jiceng.kernel.clock import now

from ..models import HelpRequest, HelpState
from ..selectors import help as reads
from ..serializers.hours import HelpRow


class HelpFilters(Filters):
    state = fields.ChoiceField(choices=HelpState.choices, help_text=_("状态"))


class HelpRequestViewSet(ReadViewSet[HelpRequest]):
    noun = _("群众求助")
    about = _("求助的内容和状态；不含姓名和电话。")
    serializer_class = HelpRow
    filters = HelpFilters
    orderings = ("-created_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[HelpRequest]:
        return reads.requests(at=now())
