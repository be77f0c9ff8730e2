"""Refusals around shifts, sign-ups and attendance."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound


class ShiftMissing(NotFound):
    code = "volunteering.shift_not_found"
    message = _("没有找到这个班次，或它不对您开放。")


class ShiftInvalid(Invalid):
    code = "volunteering.shift_invalid"
    message = _("班次内容有误，请按提示修改。")


class ShiftCancelled(Conflict):
    code = "volunteering.shift_cancelled"
    message = _("这个班次已取消。")


class ShiftStarted(Conflict):
    code = "volunteering.shift_started"
    message = _("班次已经开始，不能再这样操作。")


class ShiftFull(Conflict):
    code = "volunteering.shift_full"
    message = _("名额已满，班次已经开始，不能再加人。")


class SignUpClosed(Conflict):
    code = "volunteering.sign_up_closed"
    message = _("报名已截止。")


class SignUpNotOpen(Conflict):
    code = "volunteering.sign_up_not_open"
    message = _("这个项目现在不接受报名。")


class SignUpTwice(Conflict):
    code = "volunteering.sign_up_twice"
    message = _("已经报过名了，不用重复报名。")


class SignUpOverlaps(Conflict):
    code = "volunteering.sign_up_overlaps"
    message = _("这段时间已经报了别的班次，时间有重叠。请先退出那一个。")


class SignUpMissing(NotFound):
    code = "volunteering.sign_up_not_found"
    message = _("没有报名记录，或已经退出。")


class NotYourShift(Forbidden):
    code = "volunteering.not_your_shift"
    message = _("只有项目负责人和管理人员可以打开签到码。")


class CodeUnknown(NotFound):
    code = "volunteering.code_unknown"
    message = _("签到码无效，请扫现场的二维码。")


class CodeExpired(Gone):
    code = "volunteering.code_expired"
    message = _("签到码已过期，请重新扫现场的二维码。")


class CheckTooEarly(Conflict):
    code = "volunteering.check_too_early"
    message = _("还没到签到时间，开始前 2 小时起可以签到。")


class CheckTooLate(Conflict):
    code = "volunteering.check_too_late"
    message = _("已经过了签到时间，请联系负责人补登。")


class NotJoined(Conflict):
    code = "volunteering.not_joined"
    message = _("您没有报名成功这个班次，不能签到。请联系负责人。")


class NotCheckedIn(Conflict):
    code = "volunteering.not_checked_in"
    message = _("还没有签到，不能签退。请先签到，或联系负责人补登。")


class AttendanceInvalid(Invalid):
    code = "volunteering.attendance_invalid"
    message = _("考勤登记有误，请按提示修改。")


class AttendanceVerified(Conflict):
    code = "volunteering.attendance_verified"
    message = _("时长已经核实，考勤不能再改。需要更改请更正时长。")


class FeedbackInvalid(Invalid):
    code = "volunteering.feedback_invalid"
    message = _("评价内容有误，请按提示修改。")


class FeedbackTooEarly(Conflict):
    code = "volunteering.feedback_too_early"
    message = _("班次结束以后才能评价。")
