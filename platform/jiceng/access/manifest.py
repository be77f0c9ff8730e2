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
    prepare="jiceng.access.services.prepare_roles",
)
