"""What the WeChat side adds to the platform. Its pages are the phone's and the console's."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import (
    ApiRoute,
    Event,
    Manifest,
    MenuEntry,
    NoticeCategory,
    Page,
    Permission,
    Schedule,
    SetupStep,
    setting,
)  # fmt: skip

JOIN, USE, REPLY, BIND, MANAGE = "wechat.join", "wechat.use", "wechat.reply", "wechat.bind", "wechat.manage"
ASKED, TROUBLE = "wechat.asked", "wechat.trouble"
BOTH, POST = ("GET", "POST"), ("POST",)
PHONE, DESK, API = "jiceng.h5.wechat", "jiceng.console.wechat", "jiceng.api.wechat"
ACCOUNT, MENU, CODES = "wechat/accounts/<uuid:account_id>/", "wechat/menus/<uuid:account_id>/", "wechat/binding/"
GROUP = _("微信")


@dataclass(frozen=True)
class WeChatSettings:
    push_enabled: bool = setting(True, label=_("通知推送到微信"), help=_("关闭后通知只在站内，咨询回复仍会发出。"))
    acknowledgement: str = setting(
        "",
        label=_("收到留言时的自动回复"),
        help=_("成员开始咨询时回复一次。不填则用“您的留言已收到，工作人员会尽快回复您。”"),
        max_length=200,
    )


MANIFEST = Manifest(
    code="wechat",
    name=_("微信"),
    category="platform",
    summary=_("接入本单位自己的公众号和企业微信：登录、绑定、菜单、自动回复、咨询和消息推送。"),
    audiences=("party", "union", "league", "women", "masses"),
    service_types=("information", "interaction"),
    icon="message-circle",
    always_on=True,
    permissions=(
        Permission(JOIN, _("扫码绑定微信"), public=True),
        Permission(USE, _("使用微信绑定和咨询"), ("member", "editor", "auditor", "reviewer", "secretary")),
        Permission(REPLY, _("回复微信咨询"), ("secretary",)),
        Permission(BIND, _("发放绑定二维码，核对绑定"), ("secretary",)),
        Permission(MANAGE, _("管理微信账号、菜单、自动回复和推送")),
    ),
    pages=(
        Page("h5", "wechat/bind/", f"{PHONE}.bind", "bind", JOIN, methods=BOTH),
        Page("h5", "wechat/script/", f"{PHONE}.script", "script", JOIN),
        Page("h5", "wechat/mine/", f"{PHONE}.mine", "mine", USE),
        Page("h5", "wechat/mine/<uuid:identity_id>/unbind/", f"{PHONE}.unbind", "unbind", USE, methods=POST),
        Page("h5", "wechat/talks/<uuid:conversation_id>/", f"{PHONE}.talk", "talk", USE, methods=BOTH),
        Page("console", "wechat/", f"{DESK}.accounts.account_list", "accounts", MANAGE),
        Page("console", "wechat/connect/", f"{DESK}.accounts.connect", "connect", MANAGE, methods=BOTH),
        Page("console", "wechat/authorize/", f"{DESK}.accounts.authorize", "authorize", MANAGE),
        Page("console", "wechat/authorized/", f"{DESK}.accounts.authorized", "authorized", MANAGE),
        Page("console", ACCOUNT, f"{DESK}.accounts.account", "account", MANAGE),
        Page("console", f"{ACCOUNT}edit/", f"{DESK}.accounts.edit", "account-edit", MANAGE, methods=BOTH),
        Page("console", f"{ACCOUNT}check/", f"{DESK}.accounts.check", "account-check", MANAGE, methods=POST),
        Page("console", f"{ACCOUNT}callback/", f"{DESK}.accounts.callback", "account-callback", MANAGE, methods=POST),
        Page("console", f"{ACCOUNT}disable/", f"{DESK}.accounts.disable", "account-disable", MANAGE, methods=POST),
        Page("console", "wechat/files/", f"{DESK}.accounts.proof_files", "files", MANAGE, methods=BOTH),
        Page("console", "wechat/files/remove/", f"{DESK}.accounts.remove_file", "file-remove", MANAGE, methods=POST),
        Page("console", f"{ACCOUNT}templates/", f"{DESK}.templates.templates", "templates", MANAGE),
        Page("console", f"{ACCOUNT}templates/set/", f"{DESK}.templates.edit", "template-set", MANAGE, methods=BOTH),
        Page("console", "wechat/templates/<uuid:binding_id>/remove/", f"{DESK}.templates.remove", "template-remove", MANAGE, methods=POST),
        Page("console", "wechat/menus/", f"{DESK}.menus.menu_list", "menus", MANAGE),
        Page("console", MENU, f"{DESK}.menus.menu", "menu", MANAGE, methods=BOTH),
        Page("console", f"{MENU}<uuid:version_id>/publish/", f"{DESK}.menus.publish", "menu-publish", MANAGE, methods=POST),
        Page("console", "wechat/replies/", f"{DESK}.replies.rule_list", "replies", MANAGE),
        Page("console", "wechat/replies/new/", f"{DESK}.replies.new", "reply-new", MANAGE, methods=BOTH),
        Page("console", "wechat/replies/<uuid:rule_id>/", f"{DESK}.replies.edit", "reply", MANAGE, methods=BOTH),
        Page("console", "wechat/replies/<uuid:rule_id>/remove/", f"{DESK}.replies.remove", "reply-remove", MANAGE, methods=POST),
        Page("console", CODES, f"{DESK}.binding.report", "binding", BIND),
        Page("console", f"{CODES}export/", f"{DESK}.binding.export", "binding-export", BIND),
        Page("console", f"{CODES}branch/", f"{DESK}.binding.branch_code", "branch-code", BIND, methods=POST),
        Page("console", f"{CODES}personal/", f"{DESK}.binding.personal_codes", "personal-codes", BIND, methods=POST),
        Page("console", f"{CODES}codes/<uuid:code_id>/", f"{DESK}.binding.code", "code", BIND),
        Page("console", f"{CODES}codes/<uuid:code_id>/revoke/", f"{DESK}.binding.revoke", "code-revoke", BIND, methods=POST),
        Page("console", f"{CODES}cases/", f"{DESK}.binding.cases", "cases", BIND),
        Page("console", f"{CODES}cases/<uuid:case_id>/", f"{DESK}.binding.decide", "case-decide", BIND, methods=POST),
        Page("console", f"{CODES}identities/<uuid:identity_id>/unbind/", f"{DESK}.binding.unbind", "unbind", BIND, methods=POST),
        Page("console", "wechat/conversations/", f"{DESK}.conversations.conversation_list", "conversations", REPLY),
        Page("console", "wechat/conversations/<uuid:conversation_id>/", f"{DESK}.conversations.conversation", "conversation", REPLY, methods=BOTH),
        Page("console", "wechat/conversations/<uuid:conversation_id>/close/", f"{DESK}.conversations.close", "conversation-close", REPLY, methods=POST),
        Page("console", "wechat/campaigns/", f"{DESK}.campaigns.campaign_list", "campaigns", MANAGE),
        Page("console", "wechat/campaigns/<uuid:campaign_id>/", f"{DESK}.campaigns.campaign", "campaign", MANAGE),
        Page("console", "wechat/campaigns/<uuid:campaign_id>/cancel/", f"{DESK}.campaigns.cancel", "campaign-cancel", MANAGE, methods=POST),
        Page("console", "wechat/campaigns/<uuid:campaign_id>/again/", f"{DESK}.campaigns.again", "campaign-again", MANAGE, methods=POST),
    ),
    api=(
        ApiRoute("wechat-accounts", f"{API}.AccountViewSet", MANAGE, MANAGE),
        ApiRoute("wechat-bindings", f"{API}.BindingViewSet", BIND, BIND),
        ApiRoute("wechat-campaigns", f"{API}.CampaignViewSet", MANAGE, MANAGE),
    ),
    menu=(
        MenuEntry("console", _("微信账号"), "accounts", MANAGE, icon="message-circle", order=50, group=GROUP),
        MenuEntry("console", _("微信咨询"), "conversations", REPLY, icon="messages-square", order=51, group=GROUP),
        MenuEntry("console", _("扫码绑定"), "binding", BIND, icon="qr-code", order=52, group=GROUP),
        MenuEntry("console", _("公众号菜单"), "menus", MANAGE, icon="panel-bottom", order=53, group=GROUP),
        MenuEntry("console", _("自动回复"), "replies", MANAGE, icon="reply", order=54, group=GROUP),
        MenuEntry("console", _("微信推送"), "campaigns", MANAGE, icon="send", order=55, group=GROUP),
    ),
    setup_steps=(SetupStep(_("接入公众号或企业微信"), "jiceng.wechat.selectors.has_account", "accounts", MANAGE, order=60,
                           minutes=10, why=_("有认证公众号再接；没有也能用，成员用链接打开。")),),
    notices=(
        NoticeCategory(ASKED, _("微信咨询和回复"), is_urgent=True),
        NoticeCategory(TROUBLE, _("微信接入故障")),
    ),
    emits=(
        Event("wechat.account.connected", {"account_id": "uuid", "kind": "str"}, _("接入微信账号"), True),
        Event("wechat.account.disabled", {"account_id": "uuid", "kind": "str"}, _("停用微信账号"), True),
        Event("wechat.account.unauthorized", {"account_id": "uuid", "kind": "str"}, _("公众号取消授权"), True),
        Event("wechat.account.checked", {"account_id": "uuid", "is_well": "bool"}, _("检查微信接入"), True),
        Event("wechat.identity.bound", {"identity_id": "uuid", "person_id": "uuid", "account_id": "uuid"}, _("成员绑定微信"), True),
        Event("wechat.identity.unbound", {"identity_id": "uuid", "person_id": "uuid", "account_id": "uuid"}, _("成员解绑微信"), True),
        Event("wechat.menu.published", {"account_id": "uuid", "number": "int"}, _("发布公众号菜单"), True),
        Event("wechat.message.received", {"conversation_id": "uuid", "kind": "str"}, _("收到微信咨询"), True),
        Event("wechat.message.answered", {"conversation_id": "uuid", "remark_id": "uuid"}, _("回复微信咨询"), True),
        Event("wechat.campaign.cancelled", {"campaign_id": "uuid", "count": "int"}, _("取消微信推送"), True),
    ),
    listens={"members.person.merged": ("jiceng.wechat.tasks.person_merged",)},
    actions={
        "wechat.account.connected": _("接入微信账号"), "wechat.account.changed": _("修改微信账号"),
        "wechat.account.callback_renewed": _("更换微信回调密钥"), "wechat.account.disabled": _("停用微信账号"),
        "wechat.account.unauthorized": _("公众号取消授权"), "wechat.account.checked": _("检查微信接入"),
        "wechat.menu.saved": _("保存公众号菜单"), "wechat.menu.published": _("发布公众号菜单"),
        "wechat.rule.saved": _("保存自动回复"), "wechat.rule.removed": _("删除自动回复"),
        "wechat.template.saved": _("设置消息模板"), "wechat.template.removed": _("取消消息模板"),
        "wechat.code.created": _("生成绑定二维码"), "wechat.code.revoked": _("停用绑定二维码"),
        "wechat.identity.bound": _("绑定微信"), "wechat.identity.unbound": _("解绑微信"),
        "wechat.bind_case.bound": _("核对绑定：同意"), "wechat.bind_case.refused": _("核对绑定：不同意"),
        "wechat.binding.exported": _("导出微信绑定情况"), "wechat.file.published": _("上传微信校验文件"),
        "wechat.file.withdrawn": _("删除微信校验文件"), "wechat.conversation.closed": _("办结微信咨询"),
        "wechat.campaign.cancelled": _("取消微信推送"), "wechat.campaign.sent_again": _("重发结果未知的推送"),
    },
    tasks={
        "wechat.handle": "jiceng.wechat.tasks.handle",
        "wechat.push": "jiceng.wechat.tasks.push",
        "wechat.settle_report": "jiceng.wechat.tasks.settle_report",
        "wechat.keep_authorizations": "jiceng.wechat.tasks.keep_authorizations",
        "wechat.purge": "jiceng.wechat.tasks.purge",
    },
    schedules=(
        Schedule("wechat.keep_authorizations", "25 4 * * *"),
        Schedule("wechat.purge", "50 3 * * *"),
    ),
    settings=WeChatSettings,
)  # fmt: skip
