"""Deeds of this module in the audit trail, and the register of what visitors see."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Model

from jiceng.access.actor import Actor
from jiceng.audit.services import record

from ..models import Register


def record_deed(action: str, target: Model, label: str, actor: Actor, **more: Any) -> None:
    record(action=f"volunteering.{action}", actor=actor, target=str(target.pk), target_label=label, **more)


def mark_changed() -> None:
    """Pages that browsers keep are asked for anew. Within the transaction of the change."""
    if not Register.objects.filter(pk="projects").update(version=F("version") + 1):
        Register.objects.bulk_create([Register(pk="projects", version=2)], ignore_conflicts=True)
