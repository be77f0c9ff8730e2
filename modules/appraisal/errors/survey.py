"""Refusals about 群众满意度考察."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Gone, Invalid, NotFound, TooMany


class PointMissing(NotFound):
    code = "appraisal.point_not_found"
    message = _("没有找到这个考察点，或它不在您的管理范围内。")


class PointInvalid(Invalid):
    code = "appraisal.point_invalid"
    message = _("考察点信息有误，请按提示修改。")


class StalePoint(Conflict):
    code = "appraisal.stale_point"
    message = _("这个考察点已被他人修改，请刷新后重试。")


class CodeUnknown(NotFound):
    code = "appraisal.code_unknown"
    message = _("二维码无效，可能已经更换。请扫描现场最新的二维码。")


class PointWithdrawn(Gone):
    code = "appraisal.point_withdrawn"
    message = _("这个考察点已停用，不再收集评价。谢谢您的关心。")


class AnswerInvalid(Invalid):
    code = "appraisal.answer_invalid"
    message = _("请按提示补充后再提交。")


class AnsweredLately(Conflict):
    code = "appraisal.answered_lately"
    message = _("您最近已经评价过这里，谢谢。请过些时候再评。")


class TooManyAnswers(TooMany):
    code = "appraisal.too_many_answers"
    message = _("提交的人太多，请过一会儿再试。")


class LooksAutomatic(Invalid):
    code = "appraisal.looks_automatic"
    message = _("提交得太快，没有收下。请稍等几秒再提交一次。")


class FormExpired(Conflict):
    code = "appraisal.form_expired"
    message = _("页面已过期，请重新扫码或刷新后再评。请允许浏览器保存 Cookie。")


class ReceiptUnknown(NotFound):
    code = "appraisal.receipt_unknown"
    message = _("回执号或查询码不对，请核对后再试。")


class ReceiptExpired(Gone):
    code = "appraisal.receipt_expired"
    message = _("查询已超时，请重新输入回执号和查询码。")


class AnswerMissing(NotFound):
    code = "appraisal.answer_not_found"
    message = _("没有找到这份评价，或它不在您的管理范围内。")


class ModerationInvalid(Invalid):
    code = "appraisal.moderation_invalid"
    message = _("请写明原因。")


class FollowUpMissing(NotFound):
    code = "appraisal.follow_up_not_found"
    message = _("没有找到这件跟进，或它不在您的管理范围内。")


class FollowUpInvalid(Invalid):
    code = "appraisal.follow_up_invalid"
    message = _("请按提示修改。")


class FollowUpClosed(Conflict):
    code = "appraisal.follow_up_closed"
    message = _("这件跟进已经办结。")


class NotAccepted(Conflict):
    code = "appraisal.follow_up_not_accepted"
    message = _("请先受理，再办理。")


class AcceptedAlready(Conflict):
    code = "appraisal.follow_up_accepted"
    message = _("这件跟进已有人受理。")


class NotAnswered(Conflict):
    code = "appraisal.follow_up_not_answered"
    message = _("还没有答复群众，不能办结。")


class CannotReopen(Conflict):
    code = "appraisal.follow_up_cannot_reopen"
    message = _("现在不能要求重办：还没有答复，或已经重办过一次。")


class PointInUse(Conflict):
    code = "appraisal.point_in_use"
    message = _("这个考察点已有评价，不能删除，只能停用。")
