"""Who may do what, where, and the answer to why."""

from __future__ import annotations

import pytest

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role, set_role_permissions
from jiceng.kernel.errors import Forbidden, Unauthenticated
from jiceng.kernel.manifest import Manifest, Permission
from jiceng.kernel.registry import Registry, registry

pytestmark = pytest.mark.django_db

# Role x permission, every platform permission of this part named. A new permission without a row fails.
MATRIX = {
    "access.read_users": {"administrator", "auditor"},
    "access.manage_users": {"administrator"},
    "access.manage_roles": {"administrator"},
    "access.manage_keys": {"administrator"},
    "audit.read": {"administrator", "auditor"},
}


def test_role_matrix(in_hongqi, people, hongqi):
    staff = people(hongqi)
    assign_role(user=staff.stranger, role="auditor", actor=Actor.system())
    by_role = {
        "administrator": staff.secretary, "editor": staff.editor, "member": staff.member, "auditor": staff.stranger,
    }  # fmt: skip
    declared = {code for code in registry.permissions if code.startswith(("access.", "audit."))}
    assert declared == set(MATRIX)
    for code, expected in MATRIX.items():
        allowed = {role for role, user in by_role.items() if policy.may(Actor.for_user(user), code)}
        assert allowed == expected, code


def test_unknown_permission_is_denied_to_everybody(in_hongqi, secretary):
    for actor in (Actor.anonymous(), Actor.system(), Actor.for_user(secretary)):
        decision = policy.decide(actor, "access.manage_usres")
        assert (decision.allowed, decision.source) == (False, "unknown")


def test_refusals_differ_for_visitors_and_users(in_hongqi, stranger):
    with pytest.raises(Unauthenticated):
        policy.require(Actor.anonymous(), "audit.read")
    with pytest.raises(Forbidden):
        policy.require(Actor.for_user(stranger), "audit.read")


def test_scope_is_a_subtree(in_hongqi, stranger):
    assign_role(user=stranger, role="auditor", unit_path="aaaaaaaa/bbbbbbbb/", actor=Actor.system())
    actor = Actor.for_user(stranger)
    assert policy.may(actor, "audit.read")
    assert policy.may(actor, "audit.read", "aaaaaaaa/bbbbbbbb/")
    assert policy.may(actor, "audit.read", "aaaaaaaa/bbbbbbbb/cccccccc/")
    assert not policy.may(actor, "audit.read", "aaaaaaaa/")
    assert not policy.may(actor, "audit.read", "aaaaaaaa/bbbbbbbc/")
    assert policy.unit_paths(actor, "audit.read") == ("aaaaaaaa/bbbbbbbb/",)
    assert policy.unit_paths(actor, "access.manage_users") == ()


def test_explain_says_why(in_hongqi, secretary, stranger, member):
    assign_role(user=stranger, role="auditor", unit_path="aaaaaaaa/", actor=Actor.system())
    yes = policy.explain(secretary, "audit.read")
    assert (yes.allowed, yes.source) == (True, "role:administrator")
    assert "管理员" in yes.reason and "查看审计日志" in yes.reason
    elsewhere = policy.explain(stranger, "audit.read", "bbbbbbbb/")
    assert (elsewhere.allowed, elsewhere.source) == (False, "scope")
    none = policy.explain(member, "audit.read")
    assert (none.allowed, none.source) == (False, "none")
    assert "成员" in none.reason
    member.is_active = False
    assert policy.explain(member, "audit.read").source == "disabled"


def test_what_belongs_to_a_module_that_is_off_is_given_to_nobody(in_hongqi, secretary, monkeypatch):
    fishing = Manifest(
        code="fishing", name="钓鱼", category="life", summary="",
        permissions=(Permission("fishing.fish", "钓鱼"), Permission("fishing.watch", "观看", public=True)),
    )  # fmt: skip
    extended = Registry((*registry.manifests, fishing))
    monkeypatch.setattr("jiceng.kernel.registry.load", lambda: extended)
    off, on = frozenset({"access"}), frozenset({"access", "fishing"})
    for code in ("fishing.fish", "fishing.watch"):
        refused = policy.explain(secretary, code, modules=off)
        assert (refused.allowed, refused.source) == (False, "module")
        assert "钓鱼" in refused.reason
        assert policy.explain(secretary, code, modules=on).allowed
    assert policy.may(Actor.anonymous(on), "fishing.watch")
    assert not policy.may(Actor.anonymous(on), "fishing.fish")
    assert policy.may(Actor.for_user(secretary, off), "audit.read"), "platform parts are always on"


def test_overrides_and_own_roles(in_hongqi, secretary, editor, member):
    boss = Actor.for_user(secretary)
    public = {code for code, permission in registry.permissions.items() if permission.public}
    set_role_permissions(role="editor", permissions={"audit.read"}, actor=boss)
    assert policy.permissions_of(Actor.for_user(editor)) == {"audit.read"} | public
    role = create_role(name="密钥员", permissions={"access.manage_keys"}, actor=boss)
    assign_role(user=member, role=role.code, actor=boss)
    assert policy.may(Actor.for_user(member), "access.manage_keys")


def test_at_most_two_queries_per_actor(in_hongqi, secretary, django_assert_num_queries):
    actor = Actor.for_user(secretary)
    with django_assert_num_queries(2):
        for code in MATRIX:
            policy.may(actor, code)
            policy.may(actor, code, "aaaaaaaa/")
        assert actor.is_administrator


def test_anonymous_costs_nothing(in_hongqi, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not policy.may(Actor.anonymous(), "audit.read")
