"""Refusals of workflows and the inbox."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class WorkflowUnknown(NotFound):
    code = "workflow_unknown"
    message = _("没有找到这个工作流程。")


class CaseUnknown(NotFound):
    code = "workflow_case_unknown"
    message = _("没有找到这项申请。")


class CaseRunning(Conflict):
    code = "workflow_case_running"
    message = _("这项内容已有申请正在办理，请等办结后再提交。")


class CaseChanged(Conflict):
    code = "workflow_case_changed"
    message = _("这项申请刚有变化，请刷新后重试。")


class CaseEnded(Conflict):
    code = "workflow_case_ended"
    message = _("这项申请已经办结，不能再操作。")


class AlreadyHandled(Conflict):
    """``message`` says by whom."""

    code = "workflow_already_handled"
    message = _("这项待办已经办理，请刷新。")


class OwnCase(Forbidden):
    code = "workflow_own_case"
    message = _("不能办理自己提交的申请，请由其他人办理。")


class NotCandidate(Forbidden):
    code = "workflow_not_candidate"
    message = _("这一步不由您办理。")


class NotApplicant(Forbidden):
    code = "workflow_not_applicant"
    message = _("只有申请人可以这样做。")


class NobodyToReturnTo(Conflict):
    code = "workflow_nobody_to_return_to"
    message = _("这项申请由系统提交，没有人可以补正，不能退回。")


class CommentMissing(Invalid):
    code = "workflow_comment_missing"
    message = _("请填写理由。")


class UserNotFit(Invalid):
    """``message`` says why this user cannot take it over."""

    code = "workflow_user_not_fit"
    message = _("不能交给这个人办理。")


class StepsRefused(Invalid):
    code = "workflow_steps_refused"
    message = _("流程步骤有误，请检查。")


class DefinitionChanged(Conflict):
    code = "workflow_definition_changed"
    message = _("流程刚被他人修改，请刷新后重试。")


class PeriodRefused(Invalid):
    code = "workflow_period_refused"
    message = _("结束日期须晚于开始日期，且不超过一年。")


class StandInUnknown(NotFound):
    code = "workflow_stand_in_unknown"
    message = _("没有找到这项代办设置。")
