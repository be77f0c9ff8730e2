"""Reads of links that lead outsiders in."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from hashlib import sha256

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from jiceng.access.actor import Actor
from jiceng.files import richtext
from jiceng.files.errors import FileMissing
from jiceng.files.models import ORIGINAL, StoredFile

from ..errors.voices import ShareGone, ShareMissing
from ..manifest.words import SHARE
from ..models import Article, Attachment, Level, ShareLink, State
from .articles import managed
from .voices import description_of, is_shareable

_FILE_ADDRESS = re.compile(r'(\s(?:src|href)=")/files/([0-9a-f-]{36})/(?:original|cover|thumb)"')


def digest_of(token: str) -> str:
    """How a link remembers its token."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def get_shared(*, token: str, at: datetime) -> ShareLink:
    """The link with its article and attachments. Raises ``ShareMissing``; ``ShareGone`` once it leads nowhere any more."""
    attachments = Prefetch("article__attachments", Attachment.objects.select_related("file"))
    rows = ShareLink.objects.select_related("article__column", "article__cover").prefetch_related(attachments)
    link = rows.filter(token_hash=digest_of(token)).first()
    if link is None:
        raise ShareMissing
    if link.revoked_at is not None or link.expires_at <= at or not is_shareable(link.article, at=at):
        raise ShareGone
    return link


def get_shared_file(*, token: str, file_id: uuid.UUID, variant: str, at: datetime) -> StoredFile:
    """A picture or attachment of the shared article, as uploaded. Raises ``ShareMissing``, ``ShareGone``, ``FileMissing``.

    Only what the article itself shows: other files that its kind keeps with it are not for outsiders.
    """
    article = get_shared(token=token, at=at).article
    shown = (
        {item.file_id for item in article.attachments.all()} | richtext.picture_ids(article.body) | {article.cover_id}
    )
    file = StoredFile.objects.filter(pk=file_id, owner=f"news.article:{article.pk}").first()
    if variant != ORIGINAL or file_id not in shown or file is None:
        raise FileMissing
    return file


def body_for_outsiders(article: Article, *, folder: str) -> str:
    """The article's text with its files' addresses below ``folder`` ("/news/s/<token>/files/")."""
    return _FILE_ADDRESS.sub(lambda match: f'{match[1]}{folder}{match[2]}/{ORIGINAL}"', article.body)


def card_of(article: Article, *, folder: str) -> dict[str, str]:
    """What ``news/h5/voices/card.html`` says: title, description, and the path of a picture below ``folder`` or ``""``."""
    image = f"{folder}{article.cover_id}/{ORIGINAL}" if article.cover_id else ""
    return {"title": article.title, "description": description_of(article), "image": image}


def links_of(article: Article) -> list[ShareLink]:
    """The article's links, the latest first."""
    return list(ShareLink.objects.filter(article=article).order_by("-created_at", "-id"))


def shareable(*, actor: Actor, at: datetime) -> QuerySet[Article]:
    """Public articles out now in the subtrees where ``actor`` may share, with ``link_count`` (live ones) and ``view_count``."""
    live = Q(share_links__revoked_at=None, share_links__expires_at__gt=at)
    found = managed(actor=actor, permission=SHARE).filter(state=State.PUBLISHED, level=Level.PUBLIC)
    return (
        found.filter(Q(expires_at=None) | Q(expires_at__gt=at))
        .annotate(link_count=Count("share_links", filter=live), view_count=Coalesce(Sum("share_links__view_count"), 0))
        .defer("body", "search_terms")
        .order_by("-published_at", "-id")
    )
