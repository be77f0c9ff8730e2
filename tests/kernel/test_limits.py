"""Tallies: each number once, per tenant, and no answer rather than a wrong one when Redis is away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from copy import deepcopy

from jiceng.kernel import limits
from tenants.context import tenant_scope


def test_numbers_are_given_out_once(in_hongqi):
    def count(_number: int) -> int:
        tally = limits.tally("test", window_seconds=60)
        assert tally is not None
        assert 0 < tally.reset_seconds <= 60
        return tally.count

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(copy_context().run, count, number) for number in range(40)]
    assert sorted(job.result() for job in jobs) == list(range(1, 41))


def test_tenants_and_names_are_counted_apart(in_hongqi, dongfeng):
    limits.tally("test", window_seconds=60)
    assert limits.tally("other", window_seconds=60).count == 1
    with tenant_scope(dongfeng):
        assert limits.tally("test", window_seconds=60).count == 1
    assert limits.tally("test", window_seconds=60).count == 2


def test_without_redis_there_is_no_tally(in_hongqi, settings):
    caches = deepcopy(settings.CACHES)
    caches["default"]["LOCATION"] = "redis://127.0.0.1:1/0"
    settings.CACHES = caches
    assert limits.tally("test", window_seconds=60) is None
