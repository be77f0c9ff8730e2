"""Rounds, points and follow-ups in the audit trail."""

from __future__ import annotations

from typing import Any

from jiceng.access.actor import Actor
from jiceng.audit.services import record


def record_deed(action: str, thing: Any, label: str, actor: Actor, **more: Any) -> None:
    """``thing``: the row that was changed. Never call it for what somebody gave somebody."""
    record(action=action, actor=actor, target=str(thing.pk), target_label=label, **more)
