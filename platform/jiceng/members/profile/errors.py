"""Refusals of the personal centre."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class NoEntry(NotFound):
    code = "profile_no_entry"
    message = _("您的账号还没有对应的人员资料，请联系管理员。")


class RequestUnknown(NotFound):
    code = "profile_request_unknown"
    message = _("没有找到这项变更申请。")


class RequestPending(Conflict):
    code = "profile_request_pending"
    message = _("您有一项变更申请正在审批，办结或撤回后才能再次申请。")


class RequestDecided(Conflict):
    code = "profile_request_decided"
    message = _("这项变更申请已经办结。")


class RequestOvertaken(Conflict):
    """``message`` names the fields."""

    code = "profile_request_overtaken"
    message = _("申请的内容在申请之后已被修改。")


class NotLight(Invalid):
    code = "profile_not_light"
    message = _("这些内容不能直接修改，请提交变更申请。")


class NotOwnChange(Conflict):
    code = "profile_not_own_change"
    message = _("只能撤销自己直接修改的内容。")


class EvidenceRefused(Invalid):
    """``message`` says why."""

    code = "profile_evidence_refused"
    message = _("证明材料只能是图片或 PDF，最多 3 个。")


class PurposeUnknown(NotFound):
    code = "profile_purpose_unknown"
    message = _("没有找到这项授权。")
