"""Scopes nest, end whatever happens, and never pass between threads."""

import threading

import pytest

from jiceng.kernel.cache import scoped_key
from jiceng.kernel.context import Scope, ScopeMissing, current_scope, enter, require_scope

A, B = Scope("a", "t_a", "r_a"), Scope("b", "t_b", "r_b")


def test_scopes_nest_and_are_restored_after_errors():
    with enter(A):
        with pytest.raises(ZeroDivisionError), enter(B):
            assert require_scope() == B
            raise ZeroDivisionError
        assert require_scope() == A
    assert current_scope() is None


def test_a_new_thread_has_no_scope():
    seen = []
    with enter(A):
        thread = threading.Thread(target=lambda: seen.append(current_scope()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_cache_keys_carry_the_scope_and_need_one():
    with enter(A):
        ours = scoped_key("k", "jc", 1)
    with enter(B):
        assert scoped_key("k", "jc", 1) != ours
    with pytest.raises(ScopeMissing):
        scoped_key("k", "jc", 1)
