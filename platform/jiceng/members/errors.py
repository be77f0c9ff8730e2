"""Refusals of the registry of units and people."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, NotFound


class UnitUnknown(NotFound):
    code = "unit_unknown"
    message = _("没有找到这个组织。")


class UnitNameTaken(Conflict):
    code = "unit_name_taken"
    message = _("同一上级下已有同名组织。")


class UnitUnderItself(Conflict):
    code = "unit_under_itself"
    message = _("不能把组织移到它自己或它的下级之下。")


class UnitTooDeep(Conflict):
    code = "unit_too_deep"
    message = _("组织层级最多 50 级。")


class UnitNotEmpty(Conflict):
    code = "unit_not_empty"
    message = _("这个组织下还有下级组织或人员，请先移走再删除。")


class PersonUnknown(NotFound):
    code = "person_unknown"
    message = _("没有找到这个人员。")


class UserLinked(Conflict):
    code = "user_linked"
    message = _("这个登录账号已对应其他人员。")


class PersonLinked(Conflict):
    code = "person_linked"
    message = _("这个人员已有登录账号。")
