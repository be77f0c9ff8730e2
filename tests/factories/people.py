"""Three people in every test: a secretary who runs the tenant, a member with a login, a stranger with no role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.services import create_user
from tenants.context import platform_scope, tenant_scope
from tenants.directory import TenantRecord

PASSWORD = "Lvshui-Qingshan-2035"


@dataclass(frozen=True, slots=True)
class People:
    """``secretary``: administrator. ``editor``, ``member``: those roles. ``stranger``: signs in, holds no role."""

    secretary: User
    editor: User
    member: User
    stranger: User


def make_user(tenant: TenantRecord, username: str, *roles: str, display_name: str = "", password: str = PASSWORD) -> User:
    """A user of ``tenant`` holding ``roles`` everywhere."""
    with tenant_scope(tenant):
        return create_user(
            username=username, password=password, display_name=display_name, roles=roles, actor=Actor.system()
        )


def make_people(tenant: TenantRecord) -> People:
    return People(
        secretary=make_user(tenant, "shuji", "administrator", display_name="书记"),
        editor=make_user(tenant, "bianji", "editor", display_name="编辑"),
        member=make_user(tenant, "chengyuan", "member", display_name="成员"),
        stranger=make_user(tenant, "luren", display_name="路人"),
    )


def make_operator(username: str = "yunying", password: str = PASSWORD) -> User:
    """One of the platform's own people, in the public schema."""
    with platform_scope():
        return create_user(
            username=username, password=password, display_name="运营", roles=("operator",), actor=Actor.system()
        )


def make_api_key(tenant: TenantRecord, scopes: Iterable[str], *, creator: User | None = None) -> str:
    """A key of ``tenant`` with ``scopes`` (permission codes); returns the key itself."""
    from jiceng.access.services.keys import create_key

    with tenant_scope(tenant):
        actor = Actor.for_user(creator) if creator else Actor.system()
        _row, key = create_key(name="测试程序", scopes=list(scopes), actor=actor)
        return key


def switch_module(tenant: TenantRecord, code: str, *, is_on: bool) -> None:
    """Switch a module of ``tenant`` as its administrator would."""
    from tenants.modules import set_module

    with platform_scope():
        set_module(tenant_id=tenant.id, code=code, is_on=is_on, actor=Actor.system())
