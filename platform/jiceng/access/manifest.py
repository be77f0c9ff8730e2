"""What users, roles and keys add to the platform. Their pages are the console's."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest, Permission

READ_USERS = "access.read_users"
MANAGE_USERS = "access.manage_users"
MANAGE_ROLES = "access.manage_roles"
MANAGE_KEYS = "access.manage_keys"

MANIFEST = Manifest(
    code="access",
    name=_("账号与权限"),
    category="platform",
    summary=_("登录账号、角色与授权范围、邀请、接口密钥。"),
    service_types=("management",),
    icon="shield-check",
    always_on=True,
    permissions=(
        Permission(code=READ_USERS, label=_("查看账号与权限"), default_roles=("auditor",)),
        Permission(code=MANAGE_USERS, label=_("管理账号与邀请")),
        Permission(code=MANAGE_ROLES, label=_("管理角色与授权")),
        Permission(code=MANAGE_KEYS, label=_("管理接口密钥")),
    ),
    actions={
        "access.session.started": _("登录"),
        "access.login.failed": _("登录失败"),
        "access.login.locked": _("登录被锁定"),
        "access.session.ended": _("退出登录"),
        "access.factor.failed": _("动态验证码错误"),
        "access.session.revoked": _("结束一处登录"),
        "access.session.all_revoked": _("结束其他登录"),
        "access.user.created": _("新建账号"),
        "access.user.renamed": _("修改账号资料"),
        "access.user.disabled": _("停用账号"),
        "access.user.enabled": _("恢复账号"),
        "access.role.assigned": _("授予角色"),
        "access.role.removed": _("收回角色"),
        "access.role.created": _("新建角色"),
        "access.role.changed": _("修改角色权限"),
        "access.role.deleted": _("删除角色"),
        "access.invite.created": _("生成邀请"),
        "access.invite.accepted": _("接受邀请"),
        "access.invite.revoked": _("撤销邀请"),
        "access.key.created": _("新建接口密钥"),
        "access.key.rotated": _("更换接口密钥"),
        "access.key.overlap_ended": _("提前停用旧接口密钥"),
        "access.key.revoked": _("撤销接口密钥"),
        "access.password.changed": _("修改密码"),
        "access.factor.enabled": _("启用动态验证码"),
        "access.factor.disabled": _("关闭动态验证码"),
        "access.factor.reset": _("重置动态验证码"),
        "access.recovery.used": _("使用恢复码登录"),
        "access.recovery.renewed": _("更换恢复码"),
        "access.password_link.created": _("生成重设密码链接"),
    },
    prepare="jiceng.access.services.prepare_roles",
)
