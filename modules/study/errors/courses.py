"""Refusals around materials, courses and learning."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Gone, Invalid, NotFound


class CourseMissing(NotFound):
    code = "study.course_not_found"
    message = _("没有找到这门课程。")


class CourseWithdrawn(Gone):
    code = "study.course_withdrawn"
    message = _("这门课程已下架。")


class CourseInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "study.course_invalid"
    message = _("内容有误，请按提示修改。")


class CourseStale(Conflict):
    code = "study.course_stale"
    message = _("课程已被他人修改，请刷新后再编辑。")


class CourseEmpty(Conflict):
    code = "study.course_empty"
    message = _("课程还没有必修的课时，不能发布。")


class CourseStateWrong(Conflict):
    code = "study.course_state"
    message = _("课程现在的状态不能这样操作。")


class ChapterMissing(NotFound):
    code = "study.chapter_not_found"
    message = _("没有找到这一章。")


class ChapterNotEmpty(Conflict):
    code = "study.chapter_not_empty"
    message = _("这一章里还有课时，请先移走或删除。")


class LessonMissing(NotFound):
    code = "study.lesson_not_found"
    message = _("没有找到这个课时。")


class LessonInUse(Conflict):
    code = "study.lesson_in_use"
    message = _("已有人学过这个课时，不能删除；可以改为选学。")


class LessonLocked(Conflict):
    code = "study.lesson_locked"
    message = _("请先学完前面的必修课时。")


class LessonNotReady(Conflict):
    code = "study.lesson_not_ready"
    message = _("还没有学满要求的时长，请继续学习。")


class MaterialMissing(NotFound):
    code = "study.material_not_found"
    message = _("没有找到这份资料。")


class MaterialStale(Conflict):
    code = "study.material_stale"
    message = _("资料已被他人修改，请刷新后再编辑。")


class MaterialInUse(Conflict):
    code = "study.material_in_use"
    message = _("有课程正在使用这份资料，不能停用。")


class NoteMissing(NotFound):
    code = "study.note_not_found"
    message = _("没有找到这条笔记。")


class TooManyNotes(Conflict):
    code = "study.too_many_notes"
    message = _("这个课时的笔记太多了，请先删除一些。")


class NotOnRoster(Conflict):
    code = "study.not_on_roster"
    message = _("您的账号还没有对应到成员名册，学习记录无处可记。请联系管理员。")
