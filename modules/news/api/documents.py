"""/api/v1/news/documents: the register of circulated documents for other systems. Signing is for people."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, WriteViewSet, command
from jiceng.kernel.clock import now

from .. import selectors
from ..manifest.words import PUBLISH
from ..models import Article, State
from ..serializers.documents import ArchiveInput, DocumentDetail, DocumentRow, RemindedRow
from ..services import documents as services


class DocumentFilters(Filters):
    state = fields.ChoiceField(choices=State.choices, help_text=_("状态"))
    number = fields.CharField(source="document__number", max_length=60, help_text=_("文号"))
    issued_from = fields.DateField(source="document__issued_on__gte", help_text=_("成文日期不早于"))


class DocumentViewSet(WriteViewSet[Article]):
    noun = _("传阅文件")
    about = _("文件的登记、签收进度和归档。起草用文章接口，details 里给出文号和传阅组织；签收只能由人完成。")
    serializer_class = DocumentRow
    detail_serializer_class = DocumentDetail
    filters = DocumentFilters
    orderings = ("-published_at", "updated_at")
    updated_field = "updated_at"
    http_method_names = ("get", "head", "options", "post")

    def rows(self) -> QuerySet[Article]:
        found = selectors.managed(actor=self.actor, permission=PUBLISH)
        return found.filter(column__kind="document").select_related("document")

    @command(_("提醒未签收的组织"), about=_("每个组织 24 小时内至多一次，总共至多三次。"), output_class=RemindedRow)
    def remind(self, item: Article) -> dict[str, int]:
        reminded, spared = services.remind_units(article_id=item.pk, actor=self.actor, at=now())
        return {"reminded": reminded, "spared": spared}

    @command(_("归档"), about=_("归档后不能再签收、批注或提醒。"), input_class=ArchiveInput)
    def archive(self, item: Article, data: dict[str, Any]) -> Article:
        services.archive(article_id=item.pk, number=data["number"], actor=self.actor, at=now())
        return self.rows().get(pk=item.pk)
