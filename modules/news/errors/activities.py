"""Refusals about activities."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class ActivityMissing(NotFound):
    code = "news.activity_not_found"
    message = _("没有找到这个活动。")


class SignUpMissing(NotFound):
    code = "news.sign_up_not_found"
    message = _("您没有报名这个活动。")


class SignUpsNotTaken(Conflict):
    code = "news.sign_ups_not_taken"
    message = _("这个活动不需要报名。")


class SignUpClosed(Conflict):
    code = "news.sign_up_closed"
    message = _("报名已经截止。")


class ActivityStarted(Conflict):
    code = "news.activity_started"
    message = _("活动已经开始，不能再取消报名。")


class ActivityNotStarted(Conflict):
    code = "news.activity_not_started"
    message = _("活动开始前两小时起才能签到。")


class ActivityNotEnded(Conflict):
    code = "news.activity_not_ended"
    message = _("活动结束后才能发布活动成果。")


class NoteInvalid(Invalid):
    code = "news.sign_up_note_invalid"
    message = _("备注有误，请按提示修改。")


class ResultInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "news.activity_result_invalid"
    message = _("活动成果有误，请按提示修改。")
