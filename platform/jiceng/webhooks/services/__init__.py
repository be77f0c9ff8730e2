"""Writes: endpoints, what is queued for them, sending, and doing it again."""

from .endpoints import (
    change_endpoint,
    create_endpoint,
    disable_endpoint,
    enable_endpoint,
    remove_endpoint,
    rotate_secret,
)
from .replaying import TESTED, replay_delivery, replay_since, send_test

__all__ = [
    "TESTED", "change_endpoint", "create_endpoint", "disable_endpoint", "enable_endpoint", "remove_endpoint", "replay_delivery",
    "replay_since", "rotate_secret", "send_test",
]  # fmt: skip
