"""Tables of notices: what was sent, whom it reached by which way, and what people want."""

from .habits import DutyHours, Habits, Mute
from .notices import Delivery, DeliveryState, Entry, Notice, NoticeState, SkipReason

__all__ = [
    "Delivery", "DeliveryState", "DutyHours", "Entry", "Habits", "Mute", "Notice", "NoticeState", "SkipReason",
]  # fmt: skip
