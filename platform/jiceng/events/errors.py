"""Misuse of the outbox by code, and messages that cannot be delivered. None of these is meant for end users."""


class OutboxError(Exception):
    """The caller asked for something that the outbox refuses; nothing was written."""


class NotInTransaction(OutboxError):
    """A message outside ``transaction.atomic`` could exist without its cause, or the other way round."""


class UnknownEvent(OutboxError):
    """No manifest declares this event."""


class UnknownTask(OutboxError):
    """No manifest declares this task."""


class PayloadMismatch(OutboxError):
    """The payload has not exactly the keys and types that the manifest declares."""


class Undeliverable(Exception):
    """A delivery that no retry can help. ``code``: one of ``tenants.models.DeadReason``."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(detail)
