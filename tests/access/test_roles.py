"""Giving and taking roles: never above oneself, never to oneself, never the last administrator."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access import errors, policy
from jiceng.access.actor import Actor
from jiceng.access.models import Role, RoleAssignment
from jiceng.access.services import (
    assign_role,
    create_role,
    delete_role,
    disable_user,
    remove_assignment,
    set_role_permissions,
)
from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


def held(user) -> set[tuple[str, str]]:
    return set(RoleAssignment.objects.filter(user=user).values_list("role__code", "unit_path"))


def assignment_of(user, role: str) -> RoleAssignment:
    return RoleAssignment.objects.get(user=user, role__code=role)


@pytest.fixture
def deputy(in_hongqi, stranger):
    """Somebody who may manage roles below one unit and read the audit trail there, nothing else."""
    role = create_role(name="副手", permissions={"access.manage_roles", "audit.read"}, actor=Actor.system())
    assign_role(user=stranger, role=role.code, unit_path="aaaaaaaa/", actor=Actor.system())
    return stranger


def test_nobody_grants_above_their_own_level(deputy, member):
    actor, before = Actor.for_user(deputy), held(member)
    for role, where in (("administrator", ""), ("administrator", "aaaaaaaa/"), ("auditor", "aaaaaaaa/")):
        with pytest.raises(errors.AboveOwnLevel):
            assign_role(user=member, role=role, unit_path=where, actor=actor)
    with pytest.raises(errors.AboveOwnLevel):
        create_role(name="钥匙", permissions={"access.manage_keys"}, actor=actor)
    assert held(member) == before


def test_scope_of_a_grant_stays_within_the_own_scope(deputy, member, in_hongqi):
    actor = Actor.for_user(deputy)
    small = create_role(name="查看员", permissions={"audit.read"}, actor=Actor.system())
    for outside in ("", "bbbbbbbb/"):
        with pytest.raises(errors.AboveOwnLevel):
            assign_role(user=member, role=small.code, unit_path=outside, actor=actor)
    assign_role(user=member, role=small.code, unit_path="aaaaaaaa/cccccccc/", actor=actor)
    assert (small.code, "aaaaaaaa/cccccccc/") in held(member)


def test_nobody_changes_their_own_roles(in_hongqi, secretary, deputy):
    for user in (secretary, deputy):
        actor, before = Actor.for_user(user), held(user)
        with pytest.raises(errors.OwnRoles):
            assign_role(user=user, role="auditor", actor=actor)
        with pytest.raises(errors.OwnRoles):
            remove_assignment(assignment_id=RoleAssignment.objects.filter(user=user)[0].pk, actor=actor)
        assert held(user) == before
    own = next(iter(Actor.for_user(deputy).roles))
    with pytest.raises(errors.OwnRoles):
        set_role_permissions(role=own, permissions={"audit.read"}, actor=Actor.for_user(deputy))


def test_the_last_administrator_cannot_be_lost(in_hongqi, secretary, member):
    RoleAssignment.objects.filter(role__code="administrator").exclude(user=secretary).delete()
    with pytest.raises(errors.LastAdministrator):
        remove_assignment(assignment_id=assignment_of(secretary, "administrator").pk, actor=Actor.system())
    with pytest.raises(errors.LastAdministrator):
        disable_user(user_id=secretary.pk, actor=Actor.system())
    assert held(secretary) == {("administrator", "")}
    secretary.refresh_from_db()
    assert secretary.is_active

    assign_role(user=member, role="administrator", actor=Actor.for_user(secretary))
    disable_user(user_id=secretary.pk, actor=Actor.for_user(member))
    with pytest.raises(errors.LastAdministrator):
        disable_user(user_id=member.pk, actor=Actor.system())


def test_an_administrator_for_a_while_or_a_part_does_not_count(in_hongqi, secretary, member, clock):
    RoleAssignment.objects.filter(role__code="administrator").exclude(user=secretary).delete()
    assign_role(user=member, role="administrator", unit_path="aaaaaaaa/", actor=Actor.system())
    assign_role(user=member, role="auditor", valid_to=now() + timedelta(days=1), actor=Actor.system())
    with pytest.raises(errors.LastAdministrator):
        disable_user(user_id=secretary.pk, actor=Actor.system())
    assert policy.may(Actor.for_user(member), "audit.read", "bbbbbbbb/")
    with clock(now() + timedelta(days=2)):
        assert not policy.may(Actor.for_user(member), "audit.read", "bbbbbbbb/")


def test_built_in_roles_keep_only_differences(in_hongqi, secretary):
    boss = Actor.for_user(secretary)
    default = set(policy.permissions_of(Actor.for_user(secretary))) & {"audit.read", "access.read_users"}
    set_role_permissions(role="auditor", permissions=default, actor=boss)
    kept = set(Role.objects.get(code="auditor").grants.values_list("permission", "is_allowed"))
    assert all(not allowed for _code, allowed in kept), "only what members and auditors lost is kept"
    for fixed in ("administrator", "operator"):
        with pytest.raises(errors.RoleFixed):
            set_role_permissions(role=fixed, permissions=set(), actor=boss)
    with pytest.raises(Invalid):
        set_role_permissions(role="auditor", permissions={"no.such"}, actor=boss)


def test_a_role_in_use_is_not_deleted(in_hongqi, secretary, member):
    boss = Actor.for_user(secretary)
    role = create_role(name="通讯员", permissions={"audit.read"}, actor=boss)
    with pytest.raises(errors.RoleNameTaken):
        create_role(name="通讯员", permissions=set(), actor=boss)
    assign_role(user=member, role=role.code, actor=boss)
    with pytest.raises(errors.RoleInUse):
        delete_role(role=role.code, actor=boss)
    remove_assignment(assignment_id=assignment_of(member, role.code).pk, actor=boss)
    delete_role(role=role.code, actor=boss)
    assert not Role.objects.filter(code=role.code).exists()
    with pytest.raises(errors.RoleFixed):
        delete_role(role="member", actor=boss)


def test_every_change_is_in_the_trail(in_hongqi, secretary, member):
    boss = Actor.for_user(secretary)
    role = create_role(name="通讯员", permissions={"audit.read"}, actor=boss)
    set_role_permissions(role=role.code, permissions=set(), actor=boss)
    assign_role(user=member, role=role.code, actor=boss)
    remove_assignment(assignment_id=assignment_of(member, role.code).pk, actor=boss)
    delete_role(role=role.code, actor=boss)
    actions = AuditEntry.objects.filter(actor_id=str(secretary.pk)).order_by("id").values_list("action", flat=True)
    assert list(actions) == [
        "access.role.created", "access.role.changed", "access.role.assigned", "access.role.removed",
        "access.role.deleted",
    ]  # fmt: skip


def test_nobody_touches_the_account_of_somebody_above(in_hongqi, secretary, deputy):
    with pytest.raises(errors.AboveOwnLevel):
        disable_user(user_id=secretary.pk, actor=Actor.for_user(deputy))
    with pytest.raises(errors.OwnAccount):
        disable_user(user_id=secretary.pk, actor=Actor.for_user(secretary))
    secretary.refresh_from_db()
    assert secretary.is_active
