"""Refusals of the WeChat side."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class AccountUnknown(NotFound):
    code = "wechat_account_unknown"
    message = _("没有找到这个微信账号。")


class AccountInvalid(Invalid):
    code = "wechat_account_invalid"
    message = _("账号信息有误，请检查后重试。")


class AccountTaken(Conflict):
    code = "wechat_account_taken"
    message = _("这个微信账号已经接入，不能重复接入。")


class AccountChanged(Conflict):
    code = "wechat_account_changed"
    message = _("这个账号刚被他人修改，请刷新后重试。")


class AccountInactive(Conflict):
    code = "wechat_account_inactive"
    message = _("这个账号已停用或授权已失效。")


class AuthorizationFailed(Conflict):
    code = "wechat_authorization_failed"
    message = _("没有完成授权，请重新扫码授权。")


class NotOffered(NotFound):
    code = "wechat_not_offered"
    message = _("平台没有开通开放平台授权，请用 AppSecret 方式接入。")


class CallFailed(Unavailable):
    """``errcode``: WeChat's."""

    code = "wechat_call_failed"
    status = 502
    message = _("微信没有受理，请稍后再试。")


class MenuInvalid(Invalid):
    code = "wechat_menu_invalid"
    message = _("菜单有误，请检查后重试。")


class MenuUnknown(NotFound):
    code = "wechat_menu_unknown"
    message = _("没有找到这个版本的菜单。")


class RuleUnknown(NotFound):
    code = "wechat_rule_unknown"
    message = _("没有找到这条自动回复。")


class RuleInvalid(Invalid):
    code = "wechat_rule_invalid"
    message = _("自动回复有误，请检查后重试。")


class RuleChanged(Conflict):
    code = "wechat_rule_changed"
    message = _("这条自动回复刚被他人修改，请刷新后重试。")


class TemplateInvalid(Invalid):
    code = "wechat_template_invalid"
    message = _("模板设置有误，请检查后重试。")


class CodeUnknown(NotFound):
    code = "wechat_code_unknown"
    message = _("没有找到这个二维码。")


class CaseUnknown(NotFound):
    code = "wechat_bind_case_unknown"
    message = _("没有找到这条绑定记录，可能已经处理。")


class NotScanned(Conflict):
    code = "wechat_not_scanned"
    message = _("请先用微信扫描支部或个人的绑定二维码。")


class BindRefused(Forbidden):
    code = "wechat_bind_refused"
    message = _("姓名或手机号后四位不对，请核对；仍然不对请联系支部书记。")


class BindLocked(Forbidden):
    code = "wechat_bind_locked"
    message = _("多次填写不符，请联系支部书记重新发放二维码。")


class BindNeedsStaff(Conflict):
    code = "wechat_bind_needs_staff"
    message = _("需要管理员核对，核对后会通知您。")


class IdentityUnknown(NotFound):
    code = "wechat_identity_unknown"
    message = _("没有找到这条微信绑定。")


class ConversationUnknown(NotFound):
    code = "wechat_conversation_unknown"
    message = _("没有找到这条咨询。")


class ConversationClosed(Conflict):
    code = "wechat_conversation_closed"
    message = _("这条咨询已经办结。")


class ReplyInvalid(Invalid):
    code = "wechat_reply_invalid"
    message = _("回复内容有误，请检查后重试。")


class CampaignUnknown(NotFound):
    code = "wechat_campaign_unknown"
    message = _("没有找到这次推送。")


class CampaignOver(Conflict):
    code = "wechat_campaign_over"
    message = _("没有还在等待发送的，不能取消。")


class NothingUnknown(Conflict):
    code = "wechat_nothing_unknown"
    message = _("没有结果未知的推送。")


class SignInFailed(Forbidden):
    code = "wechat_sign_in_failed"
    message = _("微信登录没有成功，请重新打开页面再试。")


class SnapshotVisitor(Forbidden):
    code = "wechat_snapshot"
    message = _("当前是快照页，不能登录。请点击右下角“使用完整服务”后再试。")
