"""Sealed values open only where they were sealed."""

import pytest

from jiceng.kernel import crypto
from jiceng.kernel.context import Scope, ScopeMissing, enter

HONGQI = Scope("11111111-1111-7111-8111-111111111111", "t_a", "r_a")
DONGFENG = Scope("22222222-2222-7222-8222-222222222222", "t_b", "r_b")


def test_a_value_opens_in_its_scope_and_context():
    with enter(HONGQI):
        sealed = crypto.seal(b"13800138000", context="person.phone|1")
        assert crypto.open_sealed(sealed, context="person.phone|1") == b"13800138000"
        assert sealed != crypto.seal(b"13800138000", context="person.phone|1")


def test_another_tenant_another_row_or_a_changed_byte_do_not_open():
    with enter(HONGQI):
        sealed = crypto.seal(b"secret", context="person.phone|1")
        with pytest.raises(crypto.Unsealable):
            crypto.open_sealed(sealed, context="person.phone|2")
        with pytest.raises(crypto.Unsealable):
            crypto.open_sealed(sealed[:-1] + bytes([sealed[-1] ^ 1]), context="person.phone|1")
        with pytest.raises(crypto.Unsealable):
            crypto.open_sealed(b"\x09" + sealed[1:], context="person.phone|1")
    with enter(DONGFENG), pytest.raises(crypto.Unsealable):
        crypto.open_sealed(sealed, context="person.phone|1")


def test_blind_indexes_differ_between_tenants_and_purposes():
    with enter(HONGQI):
        ours, other = crypto.blind_index("138", purpose="phone"), crypto.blind_index("138", purpose="id")
        assert ours == crypto.blind_index("138", purpose="phone")
    with enter(DONGFENG):
        theirs = crypto.blind_index("138", purpose="phone")
    assert len({ours, other, theirs}) == 3


def test_no_scope_no_key():
    with pytest.raises(ScopeMissing):
        crypto.seal(b"x", context="y")


def test_signatures_hold_for_their_value_and_purpose_only():
    signature = crypto.sign("t|1", purpose="task")
    assert crypto.is_signed("t|1", signature, purpose="task")
    assert not crypto.is_signed("t|2", signature, purpose="task")
    assert not crypto.is_signed("t|1", signature, purpose="file")
    assert not crypto.is_signed("t|1", "", purpose="task")
    assert not crypto.is_signed("t|1", "签名", purpose="task")
