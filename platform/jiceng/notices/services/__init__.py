"""Sending and withdrawing, reading, wanting, and getting it out to the channels."""

from .delivering import deliver_due, retry_failed
from .handed import Outcome, settle_handed
from .purging import purge
from .reading import mark_all_read, mark_read, mark_source_read
from .sending import send, withdraw
from .todos import remind_of_todos
from .wanting import save_wishes

__all__ = [
    "Outcome", "deliver_due", "mark_all_read", "mark_read", "mark_source_read", "purge", "remind_of_todos", "retry_failed",
    "save_wishes", "send", "settle_handed", "withdraw",
]  # fmt: skip
