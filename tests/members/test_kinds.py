"""Kinds of units: everybody's, and a tenant's own word on them."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role
from jiceng.audit.models import AuditEntry
from jiceng.kernel.errors import Forbidden, Invalid
from jiceng.members import errors, kinds, services
from jiceng.members.models import UnitKind


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


def test_a_tenant_names_and_invents_kinds(actor):
    services.change_kind(code="party_branch", label="基层党支部", term_years=5, order=5, actor=actor)
    own = services.add_kind(label="网格党支部", tree="party", term_years=3, order=35, actor=actor)
    known = kinds.all_kinds()
    party = [str(kind.label) for kind in known.values() if kind.tree == "party"]
    assert party == ["基层党支部", "党委", "党总支", "网格党支部", "党小组"]
    assert known["party_branch"].term_years == 5
    unit = services.create_unit(name="一网格", kind=own.code, actor=actor)
    assert unit.tree == "party"
    assert AuditEntry.objects.filter(action="members.kind.changed").count() == 2


def test_kinds_switched_off_are_no_longer_offered(actor):
    services.change_kind(code="window", label="服务窗口", is_active=False, actor=actor)
    assert "window" not in kinds.all_kinds(only_active=True)
    with pytest.raises(Invalid):
        services.create_unit(name="一号窗口", kind="window", actor=actor)
    services.create_unit(name="办公室", kind="department", actor=actor)
    with pytest.raises(errors.KindInUse):
        services.change_kind(code="department", label="部门", is_active=False, actor=actor)
    assert "department" in kinds.all_kinds(only_active=True)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"label": ""}, Invalid), ({"label": "长" * 21}, Invalid), ({"term_years": 0}, Invalid),
        ({"term_years": 11}, Invalid), ({"label": "党委"}, errors.KindTaken), ({"code": "empire"}, errors.KindMissing),
    ],
    ids=["empty", "long", "zero", "eleven", "taken", "missing"],
)  # fmt: skip
def test_bad_kinds_are_refused(actor, changes, refusal):
    with pytest.raises(refusal):
        services.change_kind(**{"code": "party_branch", "label": "党支部", "actor": actor, **changes})
    assert not UnitKind.objects.exists()


def test_only_those_who_manage_everything_change_kinds(actor, member):
    top = services.create_unit(name="党委", kind="party_committee", actor=actor)
    assign_role(user=member, role="administrator", unit_path=top.path, actor=actor)
    local = Actor.for_user(member)
    with pytest.raises(Forbidden):
        services.add_kind(label="某", tree="party", actor=local)
    with pytest.raises(Forbidden):
        services.change_kind(code="party_branch", label="某", actor=local)
    assert not UnitKind.objects.exists()
