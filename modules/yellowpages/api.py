"""/api/v1/yellowpages/: entries, categories and corrections for other systems."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.access import policy
from jiceng.api.viewsets import Filters, WriteViewSet, command
from jiceng.kernel.clock import now

from .models import Category, Correction, CorrectionState, Entry
from .selectors import entries as reads
from .serializers import AnswerInput, CategoryInput, CategoryRow, CorrectionRow, EntryDetail, EntryInput, EntryRow
from .services import corrections, entries


class EntryFilters(Filters):
    category_id = fields.UUIDField(source="category", help_text=_("类别"))
    q = fields.CharField(source="search_key__contains", max_length=50, help_text=_("名称、拼音、首字母或地址"))
    is_public = fields.BooleanField(help_text=_("是否对外公开"))


class EntryViewSet(WriteViewSet[Entry]):
    noun = _("黄页条目")
    about = _("有维护权限的也见已停业的。")
    serializer_class = EntryRow
    detail_serializer_class = EntryDetail
    input_class = EntryInput
    filters = EntryFilters
    orderings = ("pinyin", "-updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Entry]:
        return reads.managed() if policy.may(self.actor, reads.MANAGE) else reads.search(self.actor)

    def create_item(self, data: dict[str, Any]) -> Entry:
        made = entries.create_entry(fields=_fields(data), actor=self.actor, at=now())  # type: ignore[arg-type]
        return reads.get_entry(entry_id=made.pk, actor=self.actor)

    def update_item(self, item: Entry, data: dict[str, Any]) -> Entry:
        changed = _fields(data)
        entries.update_entry(entry_id=item.pk, fields=changed, version=item.version, actor=self.actor, at=now())  # type: ignore[arg-type]
        return reads.get_entry(entry_id=item.pk, actor=self.actor)

    @command(_("核实无误"))
    def verify(self, item: Entry) -> Entry:
        return entries.verify_entry(entry_id=item.pk, actor=self.actor, at=now())

    @command(_("标为停业"))
    def close(self, item: Entry) -> Entry:
        return entries.set_state(entry_id=item.pk, is_listed=False, actor=self.actor, at=now())

    @command(_("恢复显示"))
    def reopen(self, item: Entry) -> Entry:
        return entries.set_state(entry_id=item.pk, is_listed=True, actor=self.actor, at=now())


class CategoryViewSet(WriteViewSet[Category]):
    noun = _("黄页类别")
    about = _("条目所属的类别。")
    serializer_class = CategoryRow
    input_class = CategoryInput
    orderings = ("position", "name")

    def rows(self) -> QuerySet[Category]:
        return reads.categories_plain()

    def create_item(self, data: dict[str, Any]) -> Category:
        values = {"icon": "", "position": 0, **data}
        return self._fresh(entries.save_category(category_id=None, **values, actor=self.actor))

    def update_item(self, item: Category, data: dict[str, Any]) -> Category:
        values = {"name": item.name, "icon": "", "position": item.position, **data}
        return self._fresh(entries.save_category(category_id=item.pk, **values, actor=self.actor))

    def delete_item(self, item: Category) -> None:
        entries.delete_category(category_id=item.pk, actor=self.actor)

    def _fresh(self, category: Category) -> Category:
        return reads.categories_plain().get(pk=category.pk)


class CorrectionFilters(Filters):
    state = fields.ChoiceField(choices=CorrectionState.choices, help_text=_("状态"))
    entry_id = fields.UUIDField(source="entry", help_text=_("条目"))


class CorrectionViewSet(WriteViewSet[Correction]):
    noun = _("黄页纠错")
    about = _("成员提出的更正。")
    serializer_class = CorrectionRow
    filters = CorrectionFilters
    orderings = ("-created_at", "created_at")

    def rows(self) -> QuerySet[Correction]:
        return reads.all_corrections()

    @command(_("采纳"), about=_("更新条目并答复提出人。"), input_class=AnswerInput)
    def accept(self, item: Correction, data: dict[str, Any]) -> Correction:
        answer = data.get("answer", "")
        return corrections.accept_correction(correction_id=item.pk, answer=answer, actor=self.actor, at=now())

    @command(_("不采纳"), about=_("须说明原因。"), input_class=AnswerInput)
    def decline(self, item: Correction, data: dict[str, Any]) -> Correction:
        answer = data.get("answer", "")
        return corrections.decline_correction(correction_id=item.pk, answer=answer, actor=self.actor, at=now())


def _fields(data: dict[str, Any]) -> dict[str, Any]:
    return {("openings" if name == "hours" else name): value for name, value in data.items()}
