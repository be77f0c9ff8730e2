"""The console's own pages: what an organisation's administrators set, see and control."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import (
    Chart,
    Manifest,
    MenuEntry,
    NoticeCategory,
    Page,
    Permission,
    Schedule,
    SetupStep,
    Text,
    Tile,
)

VIEW = "console.view"
MODULES = "console.manage_modules"
SETTINGS = "console.manage_settings"
# The pages of users, keys and the audit trail are shown here and allowed there.
READ_USERS, USERS, ROLES, KEYS = (
    "access.read_users", "access.manage_users", "access.manage_roles", "access.manage_keys"
)  # fmt: skip
AUDIT = "audit.read"
KEYS_EXPIRING = "console.keys_expiring"

OVERVIEW, OPENING, SYSTEM = _("概览"), _("开放"), _("系统")


def _page(
    path: str, view: str, permission: str, *, write: str | None = None, methods: tuple[str, ...] = ("GET",)
) -> Page:
    name = view.rpartition(".")[2]
    return Page("console", path, f"jiceng.console.{view}", name, permission, write, methods)


def _form(path: str, view: str, permission: str, write: str | None = None) -> Page:
    return _page(path, view, permission, write=write, methods=("GET", "POST"))


def _action(path: str, view: str, permission: str) -> Page:
    return _page(path, view, permission, methods=("POST",))


def _menu(label: Text, page: str, permission: str, icon: str, order: int, group: Text) -> MenuEntry:
    return MenuEntry(
        surface="console", label=label, page=page, permission=permission, icon=icon, order=order, group=group
    )  # fmt: skip


MANIFEST = Manifest(
    code="console",
    name=_("管理控制台"),
    category="platform",
    summary=_("单位管理员在这里开关模块、管理用户与权限、查看审计日志。"),
    service_types=("management",),
    icon="layout-dashboard",
    always_on=True,
    permissions=(
        Permission(code=VIEW, label=_("进入控制台"), default_roles=("editor", "auditor", "secretary", "reviewer")),
        Permission(code=MODULES, label=_("开关模块、修改模块设置")),
        Permission(code=SETTINGS, label=_("修改单位设置与域名")),
    ),
    actions={
        "platform.tenant.created": _("开通单位"), "platform.tenant.suspended": _("暂停服务"),
        "platform.tenant.active": _("恢复服务"), "platform.tenant.closing": _("开始注销"),
        "platform.tenant.closed": _("关闭单位"), "platform.tenant.plan_changed": _("更换套餐"),
        "platform.tenant.policy_changed": _("修改安全要求"), "platform.profile.changed": _("修改单位设置"),
        "platform.profile.confirmed": _("确认单位设置"),
        "platform.module.switched": _("开关模块"), "platform.settings.changed": _("修改模块设置"),
        "platform.domain.added": _("添加域名"), "platform.domain.verified": _("验证域名"),
        "platform.domain.removed": _("移除域名"), "platform.signup.decided": _("审核开通申请"),
        "platform.plan.saved": _("保存套餐"), "platform.dead_letter.retried": _("重试失败任务"),
        "platform.dead_letter.discarded": _("放弃失败任务"),
    },
    pages=(
        _page("", "dashboard.dashboard", VIEW),
        _page("modules/", "modules.module_list", MODULES),
        _page("modules/<slug:code>/", "modules.module_detail", MODULES),
        _form("modules/<slug:code>/switch/", "modules.module_switch", MODULES),
        _form("modules/<slug:code>/settings/", "module_settings.settings_edit", MODULES),
        _page("modules/<slug:code>/settings/history/", "module_settings.settings_history", MODULES),
        _action("modules/<slug:code>/settings/restore/", "module_settings.settings_restore", MODULES),
        _page("users/", "users.user_list", READ_USERS),
        _page("users/<uuid:user_id>/", "users.user_detail", READ_USERS),
        _action("users/<uuid:user_id>/disable/", "users.user_disable", USERS),
        _action("users/<uuid:user_id>/enable/", "users.user_enable", USERS),
        _action("users/<uuid:user_id>/reset-totp/", "users.user_reset_totp", USERS),
        _action("users/<uuid:user_id>/password-link/", "users.user_password_link", USERS),
        _action("users/<uuid:user_id>/roles/", "users.role_assign", ROLES),
        _action("users/<uuid:user_id>/roles/<uuid:assignment_id>/remove/", "users.role_unassign", ROLES),
        _page("users/invites/", "invites.invite_list", READ_USERS),
        _form("users/invites/new/", "invites.invite_create", USERS),
        _action("users/invites/<uuid:invite_id>/revoke/", "invites.invite_revoke", USERS),
        _page("roles/", "roles.role_list", READ_USERS),
        _page("roles/explain/", "explainer.explain", READ_USERS),
        _form("roles/new/", "roles.role_create", ROLES),
        _form("roles/<slug:code>/", "roles.role_edit", READ_USERS, ROLES),
        _action("roles/<slug:code>/remove/", "roles.role_remove", ROLES),
        _page("api-keys/", "api_keys.key_list", KEYS),
        _form("api-keys/new/", "api_keys.key_create", KEYS),
        _form("api-keys/<uuid:key_id>/rotate/", "api_keys.key_rotate", KEYS),
        _action("api-keys/<uuid:key_id>/end-overlap/", "api_keys.key_end_overlap", KEYS),
        _action("api-keys/<uuid:key_id>/revoke/", "api_keys.key_revoke", KEYS),
        _page("audit/", "audit_log.audit_list", AUDIT),
        _page("audit/export/", "audit_log.audit_export", AUDIT),
        _form("settings/", "organisation.organisation_edit", SETTINGS),
        _form("settings/domains/", "organisation.domain_list", SETTINGS),
        _action("settings/domains/<int:domain_id>/verify/", "organisation.domain_verify", SETTINGS),
        _action("settings/domains/<int:domain_id>/remove/", "organisation.domain_remove", SETTINGS),
    ),
    menu=(
        _menu(_("数据看板"), "dashboard", VIEW, "layout-dashboard", 1, OVERVIEW),
        _menu(_("模块管理"), "module_list", MODULES, "blocks", 2, OVERVIEW),
        _menu(_("用户"), "user_list", READ_USERS, "user-cog", 30, _("组织")),
        _menu(_("角色与权限"), "role_list", READ_USERS, "shield-check", 31, _("组织")),
        _menu(_("API 密钥"), "key_list", KEYS, "key-round", 900, OPENING),
        _menu(_("审计日志"), "audit_list", AUDIT, "scroll-text", 910, SYSTEM),
        _menu(_("单位设置"), "organisation_edit", SETTINGS, "settings", 920, SYSTEM),
    ),
    tiles=(
        Tile(
            label=_("近 7 天活跃用户"), selector="jiceng.console.figures.count_active_users", page="user_list",
            permission=READ_USERS, icon="activity", order=30,
        ),
    ),
    charts=(
        Chart(
            title=_("近 14 天操作记录"), selector="jiceng.console.figures.operations_by_day", permission=AUDIT,
            kind="line", unit=_("次"), order=10,
        ),
        Chart(
            title=_("登录账号的角色"), selector="jiceng.console.figures.users_by_role", permission=READ_USERS,
            kind="donut", unit=_("人"), order=30,
        ),
    ),
    notices=(NoticeCategory(KEYS_EXPIRING, _("API 密钥快到期")),),
    tasks={"console.remind_of_keys": "jiceng.console.tasks.remind_of_keys"},
    schedules=(Schedule("console.remind_of_keys", "10 9 * * *"),),
    setup_steps=(
        SetupStep(
            label=_("填写单位名称，选择主题颜色"), selector="jiceng.console.figures.is_organisation_set",
            page="organisation_edit", permission=SETTINGS, order=10, minutes=1,
            why=_("成员在手机顶部和每条通知里看到的就是它。"),
        ),
        SetupStep(
            label=_("开启需要的功能模块"), selector="jiceng.console.figures.is_module_switched",
            page="module_list", permission=MODULES, order=30, minutes=1,
            why=_("先开一两个最需要的，别的以后随时可以开。"),
        ),
        SetupStep(
            label=_("邀请同事登录"), selector="jiceng.console.figures.is_colleague_invited",
            page="invite_create", permission=USERS, order=50, minutes=1,
            why=_("把录入和写稿分给同事，发一个链接就行。"),
        ),
    ),
)  # fmt: skip
