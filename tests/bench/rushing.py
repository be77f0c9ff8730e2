"""Calls from many threads at the same moment, each with a connection of its own, timed."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def rush(record: Any, threads: int, calls: Sequence[Callable[[], Any]]) -> list[float]:
    """How long each call took, in seconds, with so many threads at it from the same moment."""
    from tenants.context import tenant_scope

    gate, queue, lock = threading.Barrier(threads), iter(calls), threading.Lock()

    def work(_number: int) -> list[float]:
        spent = []
        with tenant_scope(record):
            connection.ensure_connection()
            gate.wait()
            while True:
                with lock:
                    call = next(queue, None)
                if call is None:
                    break
                started = time.perf_counter()
                call()
                spent.append(time.perf_counter() - started)
        connection.close()
        return spent

    with ThreadPoolExecutor(threads) as pool:
        return [seconds for found in pool.map(work, range(threads)) for seconds in found]


def percentile(spent: Sequence[float], percent: int) -> float:
    """In milliseconds."""
    return statistics.quantiles(spent, n=100)[percent - 1] * 1000
