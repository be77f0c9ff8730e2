"""Refusals of this part."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany, Unauthenticated


class UserUnknown(NotFound):
    code = "access.user_unknown"
    message = _("没有这个账号。")


class UsernameTaken(Conflict):
    code = "access.username_taken"
    message = _("这个用户名已被使用，请换一个。")


class PasswordRefused(Invalid):
    code = "access.password_refused"
    message = _("密码不符合要求。")


class WrongPassword(Invalid):
    code = "access.wrong_password"
    message = _("当前密码不正确。")


class CredentialsRefused(Unauthenticated):
    """One answer for every way in which a sign-in can fail."""

    code = "access.credentials_refused"
    message = _("用户名或密码不正确。")


class LoginLocked(TooMany):
    code = "access.login_locked"
    message = _("登录失败次数过多，请稍后再试。")


class LastAdministrator(Conflict):
    code = "access.last_administrator"
    message = _("至少要保留一名可用的管理员。")


class OwnRoles(Forbidden):
    code = "access.own_roles"
    message = _("不能修改自己的角色，请由其他管理员操作。")


class OwnAccount(Forbidden):
    code = "access.own_account"
    message = _("不能对自己的账号做这项操作，请由其他管理员操作。")


class AboveOwnLevel(Forbidden):
    code = "access.above_own_level"
    message = _("不能授予超出自己权限范围的角色或权限。")


class RoleUnknown(NotFound):
    code = "access.role_unknown"
    message = _("没有这个角色。")


class RoleFixed(Conflict):
    code = "access.role_fixed"
    message = _("这是内置角色，不能这样修改。")


class RoleInUse(Conflict):
    code = "access.role_in_use"
    message = _("还有人持有这个角色，不能删除。")


class RoleNameTaken(Conflict):
    code = "access.role_name_taken"
    message = _("已有同名的角色。")


class AssignmentUnknown(NotFound):
    code = "access.assignment_unknown"
    message = _("没有这项授权。")


class InviteUnknown(NotFound):
    code = "access.invite_unknown"
    message = _("邀请链接无效，请核对链接或联系邀请人。")


class InviteClosed(Gone):
    code = "access.invite_closed"
    message = _("邀请链接已使用、已撤销或已过期，请联系邀请人重新邀请。")


class PasswordLinkClosed(Gone):
    """One answer for unknown, used and expired links: none of them says whose it was."""

    code = "access.password_link_closed"
    message = _("重设密码的链接无效、已使用或已过期，请联系管理员重新生成。")


class SessionUnknown(NotFound):
    code = "access.session_unknown"
    message = _("这个会话已经结束。")


class KeyUnknown(NotFound):
    code = "access.key_unknown"
    message = _("没有这个接口密钥。")


class KeyEnded(Conflict):
    code = "access.key_ended"
    message = _("这个接口密钥已撤销或过期，请新建一个。")


class KeyRefused(Unauthenticated):
    """One answer for unknown, expired, revoked and altered keys, and for addresses not on the key's list."""

    code = "access.key_refused"
    message = _("接口密钥无效。")


class CodeRefused(Invalid):
    code = "access.code_refused"
    message = _("验证码不正确或已使用，请等待新的验证码后重试。")


class FactorLocked(TooMany):
    code = "access.factor_locked"
    message = _("验证码错误次数过多，请稍后再试。")


class FactorRequired(Conflict):
    code = "access.factor_required"
    message = _("您的角色必须使用动态验证码，不能关闭。")


class FactorPresent(Conflict):
    code = "access.factor_present"
    message = _("已经启用动态验证码。")


class FactorMissing(Conflict):
    code = "access.factor_missing"
    message = _("尚未启用动态验证码。")


class LoginAgain(Forbidden):
    """A sensitive deed needs a recent proof of identity."""

    code = "access.login_again"
    message = _("为了安全，请重新输入密码后继续。")
