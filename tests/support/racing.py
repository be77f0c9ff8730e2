"""Calls at the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from tenants.context import tenant_scope
from tenants.directory import TenantRecord


def at_once(tenant: TenantRecord, count: int, call: Callable[[], Any]) -> list[Any]:
    """Run ``call`` in ``count`` threads of ``tenant`` at the same moment; what each returned, or the class it raised."""
    gate, outcomes = threading.Barrier(count), []

    def run() -> None:
        try:
            with tenant_scope(tenant):
                gate.wait(10)
                outcomes.append(call())
        except Exception as error:
            outcomes.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes
