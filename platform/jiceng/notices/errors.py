"""Refusals of notices."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class NoticeUnknown(NotFound):
    code = "notice_unknown"
    message = _("没有找到这条消息，可能已过保留期。")


class MandatoryCategory(Conflict):
    code = "notice_category_mandatory"
    message = _("这类消息涉及必须办理的事项，不能关闭。")


class HabitsInvalid(Invalid):
    code = "notice_habits_invalid"
    message = _("消息设置有误，请检查后重试。")


class NothingToRetry(Conflict):
    code = "nothing_to_retry"
    message = _("没有发送失败的记录需要重发。")
