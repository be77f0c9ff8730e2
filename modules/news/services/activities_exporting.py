"""The list of sign-ups as a table. Each export is audited."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel import clock

from ..models import Article
from ..selectors import activities as reads
from .recording import record_deed


@transaction.atomic
def export_sign_ups(*, article: Article, actor: Actor) -> list[tuple[str, ...]]:
    """Order, name, unit, state, note, signed up at, cancelled at, attended at: everybody, in the order of signing up."""
    rows: list[tuple[str, ...]] = [
        (
            str(row.number), row.name, row.unit_name, str(row.get_state_display()), row.note, _moment(row.signed_up_at),
            _moment(row.cancelled_at), _moment(row.attended_at) and _("已到"),
        )
        for row in reads.sign_ups(article)
    ]  # fmt: skip
    record_deed("news.activity.exported", article, actor, after={"sign_up_count": len(rows)})
    return rows


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(clock.local_zone()):%Y-%m-%d %H:%M:%S}" if at else ""
