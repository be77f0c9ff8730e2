"""Deeds of this module in the audit trail."""

from __future__ import annotations

from typing import Any

from jiceng.access.actor import Actor
from jiceng.audit.services import record

from ..models import Assignment, Course, Exam, Material


def record_deed(action: str, target: Course | Material | Assignment | Exam, actor: Actor, **more: Any) -> None:
    record(action=action, actor=actor, target=str(target.pk), target_label=target.title, **more)
