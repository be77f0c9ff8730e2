"""Refusals about 党员评分."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound, TooMany


class RoundMissing(NotFound):
    code = "appraisal.round_not_found"
    message = _("没有找到这次评分，或它不在您的管理范围内。")


class RoundInvalid(Invalid):
    code = "appraisal.round_invalid"
    message = _("评分设置有误，请按提示修改。")


class StaleRound(Conflict):
    code = "appraisal.stale_round"
    message = _("这次评分已被他人修改，请刷新后重试。")


class RoundFrozen(Conflict):
    code = "appraisal.round_frozen"
    message = _("评分已经启动，指标、权重和名单不能再改。")


class RoundNotDraft(Conflict):
    code = "appraisal.round_not_draft"
    message = _("这次评分已经启动过了。")


class RoundOver(Conflict):
    code = "appraisal.round_over"
    message = _("评分截止时间已过，请先修改时间再启动。")


class NobodyToScore(Conflict):
    code = "appraisal.nobody_to_score"
    message = _("按现在的设置没有人可评，请检查评分范围和评分组。")


class TooManyToScore(Conflict):
    code = "appraisal.too_many_to_score"
    message = _("评分对象太多，请按组织分几次评分。")


class NotOpen(Conflict):
    code = "appraisal.not_open"
    message = _("现在不在评分时间内。")


class NotClosed(Conflict):
    code = "appraisal.not_closed"
    message = _("评分还没有结束，或结果已经公布。")


class RemindedLately(TooMany):
    code = "appraisal.reminded_lately"
    message = _("刚提醒过，请过几天再提醒。")


class NobodyToRemind(Conflict):
    code = "appraisal.nobody_to_remind"
    message = _("没有需要提醒的人：都评完了，或没有账号。")


class DutyMissing(NotFound):
    code = "appraisal.duty_not_found"
    message = _("没有找到这项评分任务，或它不是分配给您的。")


class HandedInAlready(Conflict):
    code = "appraisal.handed_in"
    message = _("匿名评分提交后不能再改。")


class NoLongerWanted(Conflict):
    code = "appraisal.no_longer_wanted"
    message = _("这项评分已不需要您完成。")


class SheetInvalid(Invalid):
    code = "appraisal.sheet_invalid"
    message = _("还有指标没有评分，或分数有误，请按提示修改。")


class ResultMissing(NotFound):
    code = "appraisal.result_not_found"
    message = _("没有找到这项评价结果，或它还没有公布。")


class AppealMissing(NotFound):
    code = "appraisal.appeal_not_found"
    message = _("没有找到这项申诉，或它已经答复。")


class AppealInvalid(Invalid):
    code = "appraisal.appeal_invalid"
    message = _("申诉内容有误，请按提示修改。")


class AppealOpen(Conflict):
    code = "appraisal.appeal_open"
    message = _("已有申诉在等待答复。")


class AppealTooLate(Conflict):
    code = "appraisal.appeal_too_late"
    message = _("申诉期已过。")
