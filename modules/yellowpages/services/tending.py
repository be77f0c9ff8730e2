"""Asking keepers whether what they keep is still right."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.kernel.clock import local_zone
from jiceng.workflow import services as workflow

from ..selectors import entries as reads
from .entries import owner_of

BATCH = 500


@transaction.atomic
def ask_keepers(*, at: datetime) -> int:
    """A to-do for the keeper (for editors, where there is none) of each entry that nobody verified for long; returns how many.

    Run twice it asks nobody twice: an open to-do is brought up to date.
    """
    stale = reads.stale(at.astimezone(local_zone()).date())[:BATCH]
    for entry in stale:
        addressee = {"user_id": entry.keeper_id} if entry.keeper_id else {"permission": "yellowpages.manage"}
        workflow.put_todo(
            owner=owner_of(entry), kind="yellowpages.verify", at=at, due_at=at + timedelta(days=14),
            title=_("核实黄页：%(name)s") % {"name": entry.name}, url=f"/yellowpages/{entry.pk}/", **addressee,
        )  # fmt: skip
    return len(stale)
