"""Links under which people outside the organisation may read one public article."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner

from ..errors import voices as refusals
from ..manifest.words import SHARE
from ..models import ShareLink
from ..selectors.sharing import digest_of
from ..selectors.voices import is_shareable
from . import scoping
from .locking import locked
from .recording import record_deed

DEFAULT_DAYS, MOST_DAYS = 30, 180
NOTE_LENGTH = 100
TOKEN_BYTES = 24


@transaction.atomic
def create_link(
    *, article_id: uuid.UUID, actor: Actor, at: datetime, days: int = DEFAULT_DAYS, note: str = ""
) -> tuple[ShareLink, str]:
    """A new link and its token, which is kept nowhere. ``days``: 1 to 180, until it expires.

    Raises ``ArticleMissing``, ``Forbidden``, ``NotShareable``, ``ShareInvalid``. Locks the article.
    """
    article = locked(article_id)
    scoping.require_over(article, actor=actor, permission=SHARE)
    if not is_shareable(article, at=at):
        raise refusals.NotShareable
    cleaner = Cleaner().text("note", note, NOTE_LENGTH)
    if not 1 <= days <= MOST_DAYS:
        cleaner.refuse("days", "out_of_range", _("有效期须为 1 至 %(most)d 天。") % {"most": MOST_DAYS})
    cleaned = cleaner.done(refusals.ShareInvalid)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = ShareLink.objects.create(
        article=article, token_hash=digest_of(token), note=cleaned["note"], created_by_id=actor.id or "",
        created_by_name=actor.display_name, created_at=at, expires_at=at + timedelta(days=days),
    )  # fmt: skip
    after = {"link": str(link.pk), "expires_at": link.expires_at.isoformat(), "note": link.note}
    record_deed("news.share.created", article, actor, after=after)
    return link, token


@transaction.atomic
def revoke_link(*, article_id: uuid.UUID, link_id: uuid.UUID, actor: Actor, at: datetime) -> ShareLink:
    """Make a link lead nowhere. Idempotent. Raises ``ArticleMissing``, ``ShareMissing``, ``Forbidden``. Locks the article."""
    article = locked(article_id)
    scoping.require_over(article, actor=actor, permission=SHARE)
    link = ShareLink.objects.filter(pk=link_id, article=article).first()
    if link is None:
        raise refusals.ShareMissing
    if link.revoked_at is None:
        link.revoked_at = at
        link.save(update_fields=("revoked_at",))
        record_deed("news.share.revoked", article, actor, after={"link": str(link.pk), "note": link.note})
    return link


@transaction.atomic
def count_view(*, link: ShareLink) -> None:
    """That somebody has opened the link: one statement, whatever else is going on."""
    ShareLink.objects.filter(pk=link.pk).update(view_count=F("view_count") + 1)
