"""/api/v1/people/imports: whole rosters from other systems, checked and applied in the background."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields
from rest_framework.parsers import MultiPartParser

from jiceng.api.parsers import StrictJSONParser
from jiceng.api.viewsets import Filters, ReadViewSet, WriteViewSet, command
from jiceng.kernel.clock import now
from jiceng.members.importing import services
from jiceng.members.models import ImportBatch, ImportRow
from jiceng.members.selectors.imports import list_batches

from .import_serializers import ApplyInput, ImportInput, ImportJob, ImportRowShown

SWITCHES = {"true": True, "false": False}


class ImportFilters(Filters):
    kind = fields.ChoiceField(choices=ImportBatch.Kind.choices, help_text=_("导入，或比对全员名册"))
    state = fields.ChoiceField(choices=ImportBatch.State.choices, help_text=_("进行到哪一步"))


class ImportViewSet(WriteViewSet[ImportBatch]):
    noun = _("导入任务")
    about = _(
        "把一批人员交给后台：先检查，再导入，可以撤销。提交后按 Location 查询进度；人事系统可用 auto_apply 免去确认。"
        "同一份名册重复提交不会重复新建人员。"
    )
    serializer_class = ImportJob
    input_class = ImportInput
    filters = ImportFilters
    orderings = ("-created_at",)
    updated_field = "updated_at"
    created_status = 202
    takes_files = True
    parser_classes = (StrictJSONParser, MultiPartParser)

    def rows(self) -> QuerySet[ImportBatch]:
        return list_batches(actor=self.actor)

    def read_input(self, input_class: type[fields.Serializer[Any]], partial: bool = False) -> dict[str, Any]:
        """A form knows texts only: its switches are made what they would be in JSON."""
        sent = self.request.data
        if not isinstance(sent, QueryDict):
            return super().read_input(input_class, partial)
        values: dict[str, Any] = {**sent.dict(), **self.request.FILES.dict()}
        values = {
            name: SWITCHES.get(value, value) if isinstance(value, str) else value for name, value in values.items()
        }
        serializer = input_class(data=values, partial=partial, context={"request": self.request, "view": self})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def create_item(self, data: dict[str, Any]) -> ImportBatch:
        chosen = {
            name: data[name]
            for name in ("rows", "kind", "mode", "creates_units", "accepts_many_leavers")
            if name in data
        }
        batch = services.create_batch(
            **chosen, upload=data.get("file"), is_automatic=data.get("auto_apply", False), source=ImportBatch.Source.API,
            actor=self.actor, at=now(),
        )  # fmt: skip
        return services.request_check(batch_id=batch.pk, actor=self.actor)

    @command(_("确认导入"), about=_("检查完毕的才能导入。"), input_class=ApplyInput)
    def apply(self, item: ImportBatch, data: dict[str, Any]) -> ImportBatch:
        return services.request_apply(
            batch_id=item.pk, mode=data.get("mode"), version=item.version, actor=self.actor, at=now()
        )

    @command(_("取消导入"), about=_("还没有导入的才能取消，内容随即清除。"))
    def cancel(self, item: ImportBatch) -> ImportBatch:
        return services.cancel(batch_id=item.pk, actor=self.actor)

    @command(_("撤销导入"), about=_("30 天内可以撤销；之后被他人改过的人员保持不动。"))
    def undo(self, item: ImportBatch) -> ImportBatch:
        return services.request_undo(batch_id=item.pk, version=item.version, actor=self.actor)


class ImportRowFilters(Filters):
    import_id = fields.UUIDField(source="batch_id", help_text=_("哪一次导入"))
    outcome = fields.ChoiceField(choices=ImportRow.Outcome.choices, help_text=_("检查结果，例如 error"))


class ImportRowViewSet(ReadViewSet[ImportRow]):
    noun = _("导入的行")
    about = _("每一行的检查结果：行号和错误说明，不含行中的内容。导入 30 天后清除。")
    serializer_class = ImportRowShown
    filters = ImportRowFilters
    orderings = ("number",)

    def rows(self) -> QuerySet[ImportRow]:
        shown = ImportRow.objects.filter(batch__in=list_batches(actor=self.actor).order_by().values("pk"))
        return shown.defer("values_sealed", "before_sealed", "notes")
