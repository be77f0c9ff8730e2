"""The one answer to "may this actor do this, here, and why". Deny by default.

A permission is given by a role (manifests' default roles, or the tenant's own word on them) that the actor holds where
the deed is done. What belongs to a module that is off is given to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from jiceng.kernel.errors import Forbidden, Unauthenticated
from jiceng.kernel.manifest import Permission
from jiceng.kernel.registry import registry

from .actor import Actor, Held
from .builtin import ADMINISTRATOR, gives_by_default
from .models import User


@dataclass(frozen=True, slots=True)
class Decision:
    """``reason``: a Chinese sentence.

    ``source``: ``public``, ``system``, ``key``, ``role:<code>``; or what was missing: ``unknown``, ``module``,
    ``anonymous``, ``disabled``, ``scope``, ``none``.
    """

    allowed: bool
    reason: str
    source: str


def may(actor: Actor, permission: str, unit_path: str | None = None) -> bool:
    return decide(actor, permission, unit_path).allowed


def require(actor: Actor, permission: str, unit_path: str | None = None) -> None:
    """Raise ``Forbidden`` (``Unauthenticated`` for visitors) with the reason, unless allowed."""
    decision = decide(actor, permission, unit_path)
    if decision.allowed:
        return
    if decision.source == "anonymous":
        raise Unauthenticated
    raise Forbidden(decision.reason, permission=permission)


def require_operator(actor: Actor) -> None:
    """Raise unless ``actor`` is one of the platform's own people."""
    if actor.is_anonymous:
        raise Unauthenticated
    if not (actor.is_operator or actor.is_system):
        raise Forbidden


def decide(actor: Actor, permission: str, unit_path: str | None = None) -> Decision:
    """Whether ``actor`` has ``permission`` at ``unit_path`` (``None``: anywhere at all), and why.

    At most two queries per actor, however often it is asked.
    """
    declared = registry.permissions.get(permission)
    if declared is None:
        return Decision(False, _("系统中没有“%(code)s”这项权限。") % {"code": permission}, "unknown")
    if actor.is_system:
        return Decision(True, _("由系统自动执行。"), "system")
    if refusal := _module_off(actor, permission):
        return refusal
    if declared.public:
        return Decision(True, _("这项内容对所有人开放。"), "public")
    if actor.is_anonymous:
        return Decision(False, _("尚未登录。"), "anonymous")
    if actor.kind == "api_key":
        return _decide_key(actor, declared)
    return _decide_user(actor, declared, unit_path)


def explain(
    user: User, permission: str, unit_path: str | None = None, *, modules: frozenset[str] | None = None
) -> Decision:
    """``decide`` for somebody else, for the page that answers why. ``modules``: those that are on."""
    return decide(Actor.for_user(user, modules), permission, unit_path)


def permissions_of(actor: Actor) -> frozenset[str]:
    """All permissions that ``actor`` has somewhere."""
    return frozenset(code for code in registry.permissions if may(actor, code))


def unit_paths(actor: Actor, permission: str) -> tuple[str, ...] | None:
    """The subtrees in which ``actor`` has ``permission``: ``None`` for everywhere, ``()`` for nowhere."""
    if actor.is_system or actor.kind == "api_key" or not may(actor, permission):
        return None if may(actor, permission) else ()
    if registry.permissions[permission].public:
        return None
    paths = {held.unit_path for held in actor.held if gives(held, permission)}
    return None if "" in paths else tuple(sorted(paths))


def gives(held: Held, permission: str) -> bool:
    """Whether this role includes ``permission``. The administrator's rights cannot be overridden."""
    if held.code != ADMINISTRATOR and permission in held.overrides:
        return held.overrides[permission]
    return gives_by_default(held.code, permission)


def _module_off(actor: Actor, permission: str) -> Decision | None:
    module = registry.module_of_permission[permission]
    if actor.modules is None or module in actor.modules or registry.by_code[module].always_on:
        return None
    name = registry.by_code[module].name
    return Decision(False, _("功能模块“%(name)s”没有开启。") % {"name": name}, "module")


def _decide_key(actor: Actor, declared: Permission) -> Decision:
    if declared.code in actor.scopes:
        return Decision(True, _("密钥“%(name)s”的范围包含“%(label)s”。") % _names(actor, declared), "key")
    return Decision(False, _("密钥“%(name)s”的范围不包含“%(label)s”。") % _names(actor, declared), "scope")


def _decide_user(actor: Actor, declared: Permission, unit_path: str | None) -> Decision:
    if actor.user is None or not actor.user.is_active:
        return Decision(False, _("账号已停用。"), "disabled")
    giving = [held for held in actor.held if gives(held, declared.code)]
    for held in giving:
        if held.reaches(unit_path):
            where = _("全单位") if not held.unit_path else _("所授组织范围内")
            words = {"role": held.name, "where": where, "label": declared.label}
            return Decision(True, _("角色“%(role)s”在%(where)s有“%(label)s”权限。") % words, f"role:{held.code}")
    if giving:
        words = {"role": giving[0].name, "label": declared.label}
        reason = _("角色“%(role)s”有“%(label)s”权限，但所授范围不包括这个组织。") % words
        return Decision(False, reason, "scope")
    if not actor.held:
        return Decision(False, _("没有被授予任何角色。"), "none")
    words = {"roles": "、".join(dict.fromkeys(held.name for held in actor.held)), "label": declared.label}
    return Decision(False, _("所持角色（%(roles)s）都没有“%(label)s”权限。") % words, "none")


def _names(actor: Actor, declared: Permission) -> dict[str, object]:
    return {"name": actor.display_name, "label": declared.label}
