"""Refusals around assignments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class AssignmentMissing(NotFound):
    code = "study.assignment_not_found"
    message = _("没有找到这项学习任务。")


class AssignmentInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "study.assignment_invalid"
    message = _("学习任务有误，请按提示修改。")


class AssignmentClosed(Conflict):
    code = "study.assignment_closed"
    message = _("这项学习任务已取消。")


class NobodyBehind(Conflict):
    code = "study.nobody_behind"
    message = _("没有需要提醒的人。")


class RemindedLately(Conflict):
    code = "study.reminded_lately"
    message = _("24 小时内已提醒过，请稍后再试。")


class RemindedEnough(Conflict):
    code = "study.reminded_enough"
    message = _("提醒次数已用完，不再打扰大家。")
