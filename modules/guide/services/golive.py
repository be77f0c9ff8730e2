"""Leaving a step of going live out for now, and taking it up again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record

from .. import errors
from ..models import PutOff
from ..selectors.golive import road


@transaction.atomic
def put_off(*, key: str, is_put_off: bool, actor: Actor, at: datetime) -> None:
    """Raises ``StepMissing`` for a step that ``actor`` does not have. Again changes nothing."""
    stage = next((stage for stage in road(actor).stages if stage.step.key == key), None)
    if stage is None:
        raise errors.StepMissing
    if is_put_off:
        _row, has_changed = PutOff.objects.get_or_create(
            key=key, defaults={"by_name": actor.display_name, "put_off_at": at}
        )
    else:
        has_changed = bool(PutOff.objects.filter(key=key).delete()[0])
    if has_changed:
        action = "guide.golive.put_off" if is_put_off else "guide.golive.taken_up"
        record(action=action, actor=actor, target=key, target_label=stage.step.label)
