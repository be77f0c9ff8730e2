"""Refusals around materials and courses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class CourseMissing(NotFound):
    code = "study.course_not_found"
    message = _("没有找到这门课程。")


class CourseInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "study.course_invalid"
    message = _("内容有误，请按提示修改。")


class NotOnRoster(Conflict):
    code = "study.not_on_roster"
    message = _("您的账号还没有对应到成员名册，学习记录无处可记。请联系管理员。")
