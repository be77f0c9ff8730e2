"""What came of an activity: words and pictures below the article, written when it is over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.files import richtext
from jiceng.files import services as files
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import DomainError, FieldError

from .. import errors
from ..errors import activities as refusals
from ..manifest.words import PUBLISH
from ..models import Activity, Article
from . import guarding, scoping
from .activities import locked_activity
from .contributions_text import changed, html_of, pictures_in
from .filing import assign_files, owner_of
from .locking import locked
from .recording import record_deed

RESULT_LENGTH = 20_000
MOST_PICTURES = 9


@transaction.atomic
def publish_result(
    *, article_id: uuid.UUID, body: str, actor: Actor, at: datetime, pictures: Sequence[uuid.UUID] = (),
    uploads: Sequence[UploadedFile] = (),
) -> Activity:  # fmt: skip
    """Show readers what came of it. ``body``: plain words; ``pictures``: of those shown, which stay; at most 9 in all.

    Raises ``ArticleMissing``, ``NotPublished``, ``Forbidden``, ``ActivityMissing``, ``ActivityNotEnded``,
    ``ResultInvalid``, ``SensitiveWords``, ``ClassifiedRefused``. Locks the article and the activity.
    """
    article = locked(article_id)
    scoping.require_over(article, actor=actor, permission=PUBLISH)
    activity = locked_activity(article_id)
    if activity is None:
        raise refusals.ActivityMissing
    if not article.is_published:
        raise errors.NotPublished
    if activity.ends_at > at:
        raise refusals.ActivityNotEnded
    before = activity.result
    words = _words(body)
    guarding.check_article(Article(title=article.title, body=html_of(words)))
    kept = [pk for pk in pictures_in(before) if pk in set(pictures)]
    shown = [*kept, *_stored(article, uploads, len(kept), actor)]
    activity.result = richtext.sanitise(changed(before, words, shown))
    activity.result_at = at
    activity.save(update_fields=("result", "result_at"))
    assign_files(article, {"body": article.body}, actor=actor, at=at)  # lets go of pictures taken out
    record_deed(
        "news.activity.result_published", article, actor, before={"result": before}, after={"result": activity.result}
    )
    return activity


def _words(body: str) -> str:
    return str(Cleaner().text("body", body, RESULT_LENGTH, needed=True).done(refusals.ResultInvalid)["body"])


def _stored(article: Article, uploads: Sequence[UploadedFile], kept: int, actor: Actor) -> list[uuid.UUID]:
    """The uploads as pictures of the article."""
    if kept + len(uploads) > MOST_PICTURES:
        message = _("图片最多 %(most)d 张。") % {"most": MOST_PICTURES}
        raise refusals.ResultInvalid(fields=(FieldError("/uploads", "too_many", message),))
    try:
        found = [files.store_image(upload=upload, actor=actor).pk for upload in uploads]
        files.attach(file_ids=found, owner=owner_of(article), actor=actor)
    except DomainError as error:
        raise refusals.ResultInvalid(fields=(FieldError("/uploads", error.code, error.detail),)) from error
    return found
