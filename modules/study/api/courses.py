"""/api/v1/study/: courses, materials and who takes what."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, ReadViewSet, WriteViewSet, command
from jiceng.kernel.clock import now

from ..models import Course, CourseState, Enrolment, Material, MaterialKind
from ..selectors import courses, materials
from ..serializers.courses import (
    CourseDetail,
    CourseInput,
    CourseRow,
    EnrolmentRow,
    LessonInput,
    MaterialDetail,
    MaterialInput,
    MaterialRow,
    MaterialUpdate,
)
from ..services import courses as services
from ..services import materials as material_services
from ..services import outline


class CourseFilters(Filters):
    state = fields.ChoiceField(choices=CourseState.choices, help_text=_("状态；没有管理权限时只见已发布的"))
    q = fields.CharField(source="title__icontains", max_length=50, help_text=_("名称中的文字"))


class CourseViewSet(WriteViewSet[Course]):
    noun = _("课程")
    about = _("有管理权限的见自己范围内的全部课程，其他的只见人人可学的。")
    serializer_class = CourseRow
    detail_serializer_class = CourseDetail
    input_class = CourseInput
    filters = CourseFilters
    orderings = ("-updated_at", "title")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Course]:
        return courses.visible(self.actor)

    def create_item(self, data: dict[str, Any]) -> Course:
        made = services.create_course(fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]
        return self._fresh(made)

    def update_item(self, item: Course, data: dict[str, Any]) -> Course:
        return self._fresh(services.update_course(
            course_id=item.pk, fields=data, version=item.version, actor=self.actor, at=now()  # type: ignore[arg-type]
        ))  # fmt: skip

    def delete_item(self, item: Course) -> None:
        services.delete_course(course_id=item.pk, actor=self.actor, at=now())

    @command(_("添加课时"), about=_("加在这一章的末尾。"), input_class=LessonInput)
    def lessons(self, item: Course, data: dict[str, Any]) -> Course:
        chapter = data.pop("chapter")
        outline.append_lesson(course_id=item.pk, chapter_title=chapter, fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]
        return self._fresh(item)

    @command(_("发布课程"), about=_("至少要有一个必修课时。"))
    def publish(self, item: Course) -> Course:
        return self._fresh(services.publish_course(course_id=item.pk, actor=self.actor, at=now()))

    @command(_("下架课程"), about=_("学习记录保留，可以再次发布。"))
    def withdraw(self, item: Course) -> Course:
        return self._fresh(services.withdraw_course(course_id=item.pk, actor=self.actor, at=now()))

    def _fresh(self, course: Course) -> Course:
        """As the selector shows it, with counts."""
        return courses.get_managed(course_id=course.pk, actor=self.actor)


class MaterialFilters(Filters):
    kind = fields.ChoiceField(choices=MaterialKind.choices, help_text=_("类型"))
    q = fields.CharField(source="title__icontains", max_length=50, help_text=_("标题中的文字"))


class MaterialViewSet(WriteViewSet[Material]):
    noun = _("学习资料")
    about = _("课时所用的图文、文件、视频和链接。")
    serializer_class = MaterialRow
    detail_serializer_class = MaterialDetail
    input_class = MaterialInput
    update_input_class = MaterialUpdate
    filters = MaterialFilters
    orderings = ("-created_at", "title")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Material]:
        return materials.managed(self.actor)

    def create_item(self, data: dict[str, Any]) -> Material:
        made = material_services.create_material(fields=data, actor=self.actor, at=now())  # type: ignore[arg-type]
        return materials.get_managed(material_id=made.pk, actor=self.actor)

    def update_item(self, item: Material, data: dict[str, Any]) -> Material:
        material_services.update_material(
            material_id=item.pk, fields=data, version=item.version, actor=self.actor, at=now()  # type: ignore[arg-type]
        )  # fmt: skip
        return materials.get_managed(material_id=item.pk, actor=self.actor)

    @command(_("停用资料"), about=_("课程正在使用的不能停用。"))
    def retire(self, item: Material) -> Material:
        return material_services.retire_material(material_id=item.pk, actor=self.actor, at=now())


class EnrolmentFilters(Filters):
    course_id = fields.UUIDField(source="course", help_text=_("课程"))
    person_id = fields.UUIDField(source="person", help_text=_("人员"))
    is_completed = fields.BooleanField(help_text=_("是否学完"))


class EnrolmentViewSet(ReadViewSet[Enrolment]):
    noun = _("学习记录")
    about = _("谁在学哪门课程、何时学完；只见自己范围内的人。")
    serializer_class = EnrolmentRow
    filters = EnrolmentFilters
    orderings = ("-opened_at", "started_at")

    def rows(self) -> QuerySet[Enrolment]:
        return courses.enrolments_in_reach(self.actor)
