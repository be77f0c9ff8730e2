"""Lists that leave the system. Each export is audited."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel import clock

from .. import selectors
from ..models import Article
from .recording import record_deed


@transaction.atomic
def export_readers(*, article: Article, actor: Actor) -> list[tuple[str, str, str, str, str]]:
    """Name, unit, whether there is a login, read at, confirmed at: every person on the list of recipients."""
    rows = [
        (row.person.name, row.unit.name if row.unit else "", _("有") if row.user_id else _("无"),
         _moment(row.read_at), _moment(row.confirmed_at))  # type: ignore[attr-defined]  # annotated by the selector
        for row in selectors.recipients(article=article)
    ]  # fmt: skip
    record_deed("news.article.readers_exported", article, actor, after={"recipient_count": len(rows)})
    return rows


@transaction.atomic
def export_history(*, article: Article, actor: Actor) -> list[tuple[str, str, str, str, str, str]]:
    """When, who, what, before, after, note: every deed, the earliest first."""
    changes, cursor = selectors.history(article=article)
    while cursor:
        more, cursor = selectors.history(article=article, cursor=cursor)
        changes += more
    record_deed("news.article.history_exported", article, actor)
    return [
        (_moment(change.at), change.who, str(change.deed), _words(change.before), _words(change.after), change.note)
        for change in reversed(changes)
    ]  # fmt: skip


def _words(values: dict[str, str]) -> str:
    return "\n".join(f"{name}：{value}" for name, value in values.items())


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(clock.local_zone()):%Y-%m-%d %H:%M:%S}" if at else ""
