"""Refusals around classes held in a room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class ClassMissing(NotFound):
    code = "study.class_not_found"
    message = _("没有找到这个培训班。")


class ClassInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "study.class_invalid"
    message = _("填写有误，请按提示修改。")


class ClassStale(Conflict):
    code = "study.class_stale"
    message = _("这个培训班刚被别人修改过，请刷新后重试。")


class ClassConfirmed(Conflict):
    code = "study.class_confirmed"
    message = _("学时已经计入。请先收回学时，再修改。")


class ClassNotConfirmed(Conflict):
    code = "study.class_not_confirmed"
    message = _("学时还没有计入，不需要收回。")


class ClassCancelled(Conflict):
    code = "study.class_cancelled"
    message = _("这个培训班已经取消。")


class ClassNotOver(Conflict):
    code = "study.class_not_over"
    message = _("培训还没有结束，结束后才能登记出席和计学时。")


class NobodyPresent(Conflict):
    code = "study.nobody_present"
    message = _("还没有登记出席的人，不能计学时。")


class AttendanceInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "study.attendance_invalid"
    message = _("出席登记有误，请按提示修改。")
