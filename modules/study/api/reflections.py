"""/api/v1/study/reflections."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, ReadViewSet

from ..models import Reflection
from ..selectors import reflections as reads
from ..serializers.reflections import ReflectionDetail, ReflectionRow


class ReflectionFilters(Filters):
    person_id = fields.UUIDField(source="person", help_text=_("作者"))
    course_id = fields.UUIDField(source="course", help_text=_("课程"))


class ReflectionViewSet(ReadViewSet[Reflection]):
    noun = _("学习心得")
    about = _("已通过点评的心得；草稿和待点评的不提供。")
    serializer_class = ReflectionRow
    detail_serializer_class = ReflectionDetail
    filters = ReflectionFilters
    orderings = ("-reviewed_at", "-submitted_at")

    def rows(self) -> QuerySet[Reflection]:
        return reads.accepted(self.actor)
