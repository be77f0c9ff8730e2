"""The senders of this process: threads, so that a receiver that is slow keeps no worker from its other work.

Those that have been failing get few of them. Whoever finds none free is not kept waiting but comes again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import lru_cache

from django.conf import settings

Job = Callable[[], None]


def hand_over(job: Job, refuse: Job, *, is_troubled: bool) -> None:
    """Run ``job`` in the caller's scope by one of the senders, or ``refuse`` at once when none is free."""
    if not settings.WEBHOOKS_THREADS:  # nobody to hand it to: by the caller
        job()
        return
    slots = _slots(is_troubled)
    if not slots.acquire(blocking=False):
        refuse()
        return
    _executor().submit(copy_context().run, _release_after, slots, job)


def _release_after(slots: threading.Semaphore, job: Job) -> None:
    try:
        job()
    finally:
        slots.release()


@lru_cache(maxsize=2)
def _slots(is_troubled: bool) -> threading.Semaphore:
    troubled = settings.WEBHOOKS_TROUBLED_THREADS
    return threading.Semaphore(troubled if is_troubled else settings.WEBHOOKS_THREADS - troubled)


@lru_cache(maxsize=1)
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.WEBHOOKS_THREADS, thread_name_prefix="webhooks")
