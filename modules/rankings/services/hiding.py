"""Not wanting to be named."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.points.selectors import ledger

from .. import errors
from ..models import Hidden


@transaction.atomic
def set_hidden(*, is_hidden: bool, actor: Actor, at: datetime) -> bool:
    """Hide oneself on every board, or show oneself again; doing so twice is the same as once. Raises ``NotOnRoster``."""
    person = ledger.owner(actor)
    if person is None:
        raise errors.NotOnRoster
    if is_hidden:
        Hidden.objects.bulk_create([Hidden(person=person, created_at=at)], ignore_conflicts=True)
    else:
        Hidden.objects.filter(person=person).delete()
    return is_hidden
