"""Tables of notices: what was sent, whom it reached by which way, and what people want."""

from .habits import DutyHours, Habits, Mute, Pace
from .notices import Delivery, DeliveryState, Entry, Notice, NoticeState, SkipReason
from .reminders import TodoReminder

__all__ = [
    "Delivery", "DeliveryState", "DutyHours", "Entry", "Habits", "Mute", "Notice", "NoticeState", "Pace",
    "SkipReason", "TodoReminder",
]  # fmt: skip
