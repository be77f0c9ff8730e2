"""Who is credited, as a table."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record

from ..selectors import contributions as reads


@transaction.atomic
def export_credits(*, actor: Actor) -> list[tuple[int, str, int, int, int]]:
    """Year, unit, achievements, cases, both."""
    rows = [(row.year, row.unit, row.achievements, row.cases, row.total) for row in reads.credits(actor=actor)]
    record(
        action="news.contribution.exported", actor=actor, target="credits", target_label=_("投稿采用"),
        after={"rows": len(rows)},
    )  # fmt: skip
    return rows
