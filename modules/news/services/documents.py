"""文件传真: the circulation list, receipts signed for units, opinions, reminders, the archive."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner, clean_day, clean_ids, clean_moment
from jiceng.members.models import Unit
from jiceng.notices import services as notices
from jiceng.workflow.services import close_todos, put_todo

from .. import errors
from ..errors import documents as refusals
from ..manifest.words import CIRCULATE, PUBLISH
from ..models import Article, Circulation, Document, Opinion, Urgency
from ..selectors.documents import holders_of
from . import guarding, scoping
from .addresses import article_url
from .kind import Kind
from .locking import locked
from .recording import record_deed

MAX_UNITS = 500
BETWEEN, MOST = timedelta(hours=24), 3


class DocumentKind(Kind):
    """Circulated documents are for those on their list, and tell them themselves."""

    is_closed = True
    sends_own_notice = True

    def clean(self, details: Mapping[str, Any], *, article: Article | None) -> dict[str, Any]:
        """``number``, ``issuer``, ``urgency``, ``issued_on``, ``sign_by``, ``units`` (ids, in order)."""
        cleaner = Cleaner(within="details")
        cleaner.refuse_unknown(details, {"number", "issuer", "urgency", "issued_on", "sign_by", "units"})
        for name, longest in (("number", 60), ("issuer", 100)):
            if name in details:
                cleaner.text(name, details[name] or "", longest)
        if "number" in cleaner.values:
            cleaner.values["number"] = cleaner.values["number"] or None
        if "urgency" in details and details["urgency"] not in Urgency.values:
            cleaner.refuse("urgency", "unknown_urgency", _("缓急须为平件、加急或特急。"))
        elif "urgency" in details:
            cleaner.values["urgency"] = details["urgency"]
        clean_day(cleaner, details, "issued_on")
        clean_moment(cleaner, details, "sign_by")
        if "units" in details:
            _clean_units(cleaner, details["units"], article)
        return cleaner.done(errors.ArticleInvalid)

    def save(self, article: Article, details: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
        document, _is_new = Document.objects.get_or_create(article=article)
        for name in ("number", "issuer", "urgency", "issued_on", "sign_by"):
            if name in details:
                setattr(document, name, details[name])
        try:
            with transaction.atomic():
                document.save()
        except IntegrityError as error:
            raise refusals.NumberTaken from error
        if "units" in details and not article.is_published:
            Circulation.objects.filter(document=document).exclude(unit__in=details["units"]).delete()
            _add(document, details["units"], at)

    def snapshot(self, article: Article) -> dict[str, Any]:
        document = Document.objects.filter(pk=article.pk).first()
        if document is None:
            return {}
        units = Circulation.objects.filter(document=document).values_list("unit", flat=True)
        return {
            "number": document.number or "", "issuer": document.issuer, "urgency": document.urgency,
            "issued_on": _text(document.issued_on), "sign_by": _text(document.sign_by), "units": [str(pk) for pk in units],
        }  # fmt: skip

    def check(self, article: Article, *, at: datetime) -> None:
        cleaner = Cleaner(within="details")
        document = Document.objects.get(pk=article.pk)
        if not Circulation.objects.filter(document=document).exists():
            cleaner.refuse("units", "required", _("请选择传阅的组织。"))
        if document.sign_by and document.sign_by <= (article.publish_at or at):
            cleaner.refuse("sign_by", "in_the_past", _("签收期限必须晚于发布时间。"))
        cleaner.done(errors.ArticleInvalid)

    def published(self, article: Article, *, actor: Actor, at: datetime) -> None:
        document = Document.objects.get(pk=article.pk)
        _hand_out(article, document, Circulation.objects.filter(document=document).select_related("unit"), actor, at)

    def withdrawn(self, article: Article, *, actor: Actor, at: datetime) -> None:
        for row in Circulation.objects.filter(document=article.pk, signed_at=None):
            close_todos(owner=owner_of(row), actor=actor, at=at, is_done=False)


def owner_of(row: Circulation) -> str:
    """How a unit's to-do names what it is about."""
    return f"news.circulation:{row.pk}"


@transaction.atomic
def sign(*, article_id: uuid.UUID, unit_id: uuid.UUID, actor: Actor, at: datetime, opinion: str = "") -> Circulation:
    """Sign a document's receipt on behalf of a unit of its list. ``opinion``: up to 500 characters, for all readers.

    Raises ``ArticleMissing``, ``NotPublished``, ``DocumentArchived``, ``CirculationMissing``, ``Forbidden`` without the
    right there, ``AlreadySigned``, ``OpinionInvalid``, ``SensitiveWords``. Closes the unit's to-do. Emits
    ``news.document.signed``. Locks the article's row and the unit's.
    """
    article, _document = _open_document(article_id)
    row = (
        Circulation.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(document=article_id, unit=unit_id)
        .first()
    )
    if row is None:
        raise refusals.CirculationMissing
    policy.require(actor, CIRCULATE, row.unit.path)
    if row.signed_at is not None:
        raise refusals.AlreadySigned(
            _("%(who)s已于此前代表%(unit)s签收。") % {"who": row.signed_by_name, "unit": row.unit_name}
        )
    row.opinion = _opinion(opinion)
    row.signed_at, row.signed_by, row.signed_by_name = at, actor.user, actor.display_name
    row.first_read_at = row.first_read_at or at
    row.save()
    close_todos(owner=owner_of(row), actor=actor, at=at)
    record_deed("news.document.signed", article, actor, after={"unit": row.unit_name, "opinion": row.opinion})
    payload = {"article_id": str(article.pk), "unit_id": str(row.unit_id), "unit_name": row.unit_name}
    emit("news.document.signed", payload=payload, actor_id=actor.id)
    return row


@transaction.atomic
def comment(*, article_id: uuid.UUID, text: str, actor: Actor, at: datetime) -> Opinion:
    """Write an opinion on a document. Whether ``actor`` may read it is the caller's selector's to say.

    Raises ``ArticleMissing``, ``NotPublished``, ``DocumentArchived``, ``OpinionInvalid``, ``SensitiveWords``.
    """
    article, document = _open_document(article_id)
    cleaned = _opinion(text, needed=True)
    row = _unit_of(document, actor)
    opinion = Opinion.objects.create(
        document=document, user=actor.user, author_name=actor.display_name, unit_name=row.unit_name if row else "",
        text=cleaned, created_at=at,
    )  # fmt: skip
    record_deed("news.document.commented", article, actor, after={"text": cleaned})
    return opinion


@transaction.atomic
def note_reading(*, article: Article, actor: Actor, at: datetime) -> None:
    """That somebody who signs for units of the list has opened the document; the first time counts."""
    unread = Circulation.objects.filter(document=article.pk, first_read_at=None).select_related("unit")
    mine = [row.pk for row in unread if policy.may(actor, CIRCULATE, row.unit.path)]
    if mine:
        Circulation.objects.filter(pk__in=mine, first_read_at=None).update(first_read_at=at)


@transaction.atomic
def remind_units(
    *, article_id: uuid.UUID, actor: Actor, at: datetime, unit_id: uuid.UUID | None = None
) -> tuple[int, int]:
    """Remind the units that have not signed (or one of them): each at most once in 24 hours and three times in all.

    Returns how many were reminded and how many were spared. Raises ``ArticleMissing``, ``NotPublished``,
    ``DocumentArchived``, ``Forbidden``, ``CirculationMissing``, ``NobodyOutstanding``, ``AllRemindedLately``.
    """
    article, document = _open_document(article_id)
    scoping.require_over(article, actor=actor, permission=PUBLISH)
    rows = (
        Circulation.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(document=document, signed_at=None)
    )
    found = list(rows.filter(unit=unit_id) if unit_id else rows)
    if not found:
        raise refusals.CirculationMissing if unit_id else refusals.NobodyOutstanding
    due = [
        row for row in found if row.reminded_count < MOST and not (row.reminded_at and row.reminded_at > at - BETWEEN)
    ]
    if not due:
        raise refusals.AllRemindedLately
    for row in due:
        row.reminded_count, row.reminded_at = row.reminded_count + 1, at
    Circulation.objects.bulk_update(due, ("reminded_count", "reminded_at"))
    _tell(article, due, _("请签收：%(title)s"), actor, at, key=f"news.document.reminder:{article.pk}:{at.isoformat()}")
    names = [row.unit_name for row in due]
    record_deed("news.document.reminded", article, actor, after={"units": names})
    return len(due), len(found) - len(due)


@transaction.atomic
def add_units(*, article_id: uuid.UUID, unit_ids: Iterable[uuid.UUID], actor: Actor, at: datetime) -> int:
    """Send a published document to more units; returns how many are new. Raises as ``remind_units``, and ``ArticleInvalid``."""
    article, document = _open_document(article_id)
    scoping.require_over(article, actor=actor, permission=PUBLISH)
    cleaner = Cleaner(within="details")
    _clean_units(cleaner, [str(pk) for pk in unit_ids], article)
    added = _add(document, cleaner.done(errors.ArticleInvalid)["units"], at)
    _hand_out(article, document, added, actor, at)
    if added:
        record_deed("news.document.units_added", article, actor, after={"units": [row.unit_name for row in added]})
    return len(added)


@transaction.atomic
def archive(*, article_id: uuid.UUID, number: str, actor: Actor, at: datetime) -> Document:
    """File a document away under ``number``; from now on its trace only grows by being read.

    Units that have not signed are recorded as such and their to-dos closed. Raises ``ArticleMissing``, ``NotPublished``,
    ``DocumentArchived``, ``Forbidden``, ``ArticleInvalid``, ``NumberTaken``. Emits ``news.document.archived``.
    """
    article, document = _open_document(article_id)
    scoping.require_over(article, actor=actor, permission=PUBLISH)
    cleaned = Cleaner().text("archive_number", number, 60, needed=True).done(errors.ArticleInvalid)
    document.archive_number, document.archived_at = cleaned["archive_number"], at
    document.archived_by_name = actor.display_name
    try:
        with transaction.atomic():
            document.save()
    except IntegrityError as error:
        raise refusals.NumberTaken from error
    unsigned = list(Circulation.objects.filter(document=document, signed_at=None))
    for row in unsigned:
        close_todos(owner=owner_of(row), actor=actor, at=at, is_done=False)
    record_deed("news.document.archived", article, actor, after={
        "archive_number": document.archive_number, "unsigned": [row.unit_name for row in unsigned],
    })  # fmt: skip
    payload = {"article_id": str(article.pk), "archive_number": cleaned["archive_number"]}
    emit("news.document.archived", payload=payload, actor_id=actor.id)
    return document


def _open_document(article_id: uuid.UUID) -> tuple[Article, Document]:
    """The locked article of a published document that is not archived."""
    article = locked(article_id)
    document = Document.objects.filter(pk=article_id).first()
    if document is None:
        raise errors.ArticleMissing
    if not article.is_published:
        raise errors.NotPublished
    if document.archived_at is not None:
        raise refusals.DocumentArchived
    return article, document


def _clean_units(cleaner: Cleaner, given: Any, article: Article | None) -> None:
    ids = clean_ids(cleaner, given, "units", most=MAX_UNITS)
    known = {unit.pk: unit for unit in Unit.objects.filter(pk__in=ids, dissolved_on=None)}
    if len(known) != len(ids):
        cleaner.refuse("units", "unknown_unit", _("所选组织不存在或已撤销。"))
    cleaner.values["units"] = [known[pk] for pk in ids if pk in known]


def _add(document: Document, units: list[Unit], at: datetime) -> list[Circulation]:
    """Rows for the units that have none yet."""
    have = set(Circulation.objects.filter(document=document).values_list("unit", flat=True))
    rows = [
        Circulation(document=document, unit=unit, unit_name=unit.name, order=number, added_at=at)
        for number, unit in enumerate(units, len(have)) if unit.pk not in have
    ]  # fmt: skip
    return Circulation.objects.bulk_create(rows)


def _hand_out(article: Article, document: Document, rows: Iterable[Circulation], actor: Actor, at: datetime) -> None:
    """A to-do for each unit and a notice to everybody who may sign for one."""
    found = list(rows)
    for row in found:
        put_todo(
            owner=owner_of(row), kind="news.document", title=_("签收：%(title)s") % {"title": article.title},
            url=article_url(article), at=at, due_at=document.sign_by, permission=CIRCULATE, unit_path=row.unit.path,
        )  # fmt: skip
    if found:
        _tell(article, found, _("新文件待签收：%(title)s"), actor, at, key=None)


def _tell(
    article: Article, rows: list[Circulation], title: str, actor: Actor, at: datetime, *, key: str | None
) -> None:
    users = holders_of([row.unit for row in rows], at=at)
    if users:
        notices.send(
            category="news.document", title=(title % {"title": article.title})[:100], text=article.summary, at=at, actor=actor,
            url=article_url(article), source=f"news.article:{article.pk}", users=users, key=key,
        )  # fmt: skip


def _unit_of(document: Document, actor: Actor) -> Circulation | None:
    rows = Circulation.objects.filter(document=document).select_related("unit").order_by(F("unit__depth").desc())
    return next((row for row in rows if policy.may(actor, CIRCULATE, row.unit.path)), None)


def _opinion(text: str, *, needed: bool = False) -> str:
    cleaned = Cleaner().text("opinion", text, 500, needed=needed).done(refusals.OpinionInvalid)["opinion"]
    guarding.check_text(cleaned, pointer="/opinion")
    return str(cleaned)


def _text(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None
