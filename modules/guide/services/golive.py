"""Leaving a step of going live out for now, and taking it up again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record

from .. import errors
from ..models import PutOff
from ..selectors.golive import Step


@transaction.atomic
def put_off(*, steps: Iterable[Step], key: str, is_put_off: bool, actor: Actor, at: datetime) -> None:
    """``steps``: those that ``actor`` has; raises ``StepMissing`` for any other. Again changes nothing."""
    step = next((step for step in steps if step.key == key), None)
    if step is None:
        raise errors.StepMissing
    if is_put_off:
        _row, has_changed = PutOff.objects.get_or_create(
            key=key, defaults={"by_name": actor.display_name, "put_off_at": at}
        )
    else:
        has_changed = bool(PutOff.objects.filter(key=key).delete()[0])
    if has_changed:
        action = "guide.golive.put_off" if is_put_off else "guide.golive.taken_up"
        record(action=action, actor=actor, target=key, target_label=step.label)
