"""A document's whole trace, and the register, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import clock

from .. import selectors
from ..models import Article, Opinion
from ..selectors import documents as reads
from ..selectors.history import Change
from .recording import record_deed


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a document."""

    at: datetime
    who: str
    unit: str
    deed: str
    text: str


def trace(*, article: Article) -> list[Step]:
    """Written, reviewed, published, opened, signed, commented, reminded, archived: the earliest first."""
    found = [*_deeds(article), *_receipts(article), *_opinions(article)]
    return sorted(found, key=lambda step: step.at)


def _deeds(article: Article) -> Iterator[Step]:
    for prefix in ("news.article.", "news.document."):
        changes, cursor = selectors.history(article=article, prefix=prefix)
        while True:
            yield from (_step(change) for change in changes if change.action not in _SHOWN_OTHERWISE)
            if not cursor:
                break
            changes, cursor = selectors.history(article=article, cursor=cursor, prefix=prefix)


# Receipts and opinions say more about these than the audit trail.
_SHOWN_OTHERWISE = {"news.document.signed", "news.document.commented"}


def _step(change: Change) -> Step:
    is_list = change.action.startswith("news.document.")
    text = "；".join(f"{name}：{value}" for name, value in change.after.items()) if is_list else change.note
    return Step(change.at, change.who, "", str(change.deed), text)


def _receipts(article: Article) -> Iterator[Step]:
    for row in reads.circulations(article):
        if row.first_read_at and row.first_read_at != row.signed_at:
            yield Step(row.first_read_at, "", row.unit_name, _("首次打开"), "")
        if row.signed_at:
            yield Step(row.signed_at, row.signed_by_name, row.unit_name, _("签收"), row.opinion)


def _opinions(article: Article) -> Iterator[Step]:
    for opinion in Opinion.objects.filter(document=article.pk):
        yield Step(opinion.created_at, opinion.author_name, opinion.unit_name, _("批注"), opinion.text)


@transaction.atomic
def export_trace(*, article: Article, actor: Actor) -> list[tuple[str, str, str, str, str]]:
    """When, who, unit, deed, text."""
    record_deed("news.document.exported", article, actor)
    return [(_moment(step.at), step.who, step.unit, step.deed, step.text) for step in trace(article=article)]


@transaction.atomic
def export_register(*, actor: Actor, at: datetime) -> list[tuple[str, ...]]:
    """Number, title, issuer, urgency, published at, signed of all, sign by, archive number."""
    found = reads.register(selectors.managed(actor=actor), at=at)
    record(action="news.document.exported", actor=actor, target="register", target_label=_("文件台账"))
    return [
        (
            row.document.number or "", row.title, row.document.issuer, row.document.get_urgency_display(),
            _moment(row.published_at), f"{row.signed}/{row.total}", _moment(row.document.sign_by),  # type: ignore[attr-defined]
            row.document.archive_number or "",
        )
        for row in found
    ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(clock.local_zone()):%Y-%m-%d %H:%M:%S}" if at else ""
