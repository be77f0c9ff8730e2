"""/api/v1/guide/: the topics for other systems."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.access import policy
from jiceng.api.viewsets import Filters, WriteViewSet
from jiceng.kernel.clock import now

from .models import Topic
from .selectors import topics as reads
from .serializers import TopicInput, TopicRow
from .services import topics


class TopicFilters(Filters):
    module = fields.CharField(max_length=30, help_text=_("功能模块"))
    is_public = fields.BooleanField(help_text=_("是否对外公开"))


class TopicViewSet(WriteViewSet[Topic]):
    noun = _("指南")
    about = _("有编辑权限的也见隐藏的。")
    serializer_class = TopicRow
    input_class = TopicInput
    filters = TopicFilters
    orderings = ("position", "-updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Topic]:
        return reads.managed() if policy.may(self.actor, reads.MANAGE) else reads.readable(self.actor)

    def create_item(self, data: dict[str, Any]) -> Topic:
        return topics.create_topic(fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]

    def update_item(self, item: Topic, data: dict[str, Any]) -> Topic:
        return topics.update_topic(topic_id=item.pk, fields=data, version=item.version, actor=self.actor, at=now())  # type: ignore[arg-type]

    def delete_item(self, item: Topic) -> None:
        topics.delete_topic(topic_id=item.pk, actor=self.actor)
