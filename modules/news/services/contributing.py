"""What members hand in from the phone: drafts of their own, submitted, taken back, told what became of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.events.services import emit
from jiceng.files import services as files
from jiceng.kernel.errors import DomainError, FieldError, Forbidden, Invalid
from jiceng.notices import services as notices
from jiceng.workflow.models import Case, CaseState
from jiceng.workflow.services import withdraw as withdraw_case

from .. import errors, selectors
from ..errors import contributions as refusals
from ..manifest.words import CONTRIBUTE
from ..models import TITLE_LENGTH, Article, CaseOutline, Column, ColumnKind
from ..selectors import contributions as reads
from . import articles, reviewing
from .assigning import ArticleFields
from .contributions import PARTS
from .contributions_text import changed, html_of, pictures_in, text_of
from .locking import locked

MOST_PICTURES = 9
# Cases keep their pictures with what was done.
PICTURED = "practice"


class Contribution(TypedDict, total=False):
    """What a member types. ``text``, or for cases the three parts: plain words. ``pictures``: of those it has, the ones
    that stay; ``uploads``: new ones, at most 9 in all. ``credited_unit``: one of the member's own, or ``None``.
    """

    title: str
    summary: str
    text: str
    background: str
    practice: str
    effect: str
    credited_unit: uuid.UUID | None
    tags: list[str]
    pictures: list[uuid.UUID]
    uploads: Sequence[UploadedFile]


@transaction.atomic
def start_contribution(
    *, column_id: uuid.UUID, given: Contribution, actor: Actor, at: datetime, submits: bool = False
) -> Article:
    """Write a draft of one's own in a column that takes contributions; with ``submits``, hand it in right away.

    Raises ``Forbidden``, ``ContributionsClosed``, and ``ArticleInvalid`` and ``SensitiveWords`` with pointers to the keys of
    ``Contribution``; what ``submit_contribution`` raises.
    """
    user = _member(actor)
    column = reads.open_column(column_id)
    with _pointing_at_keys():
        fields = _fields(given, kind=column.kind, article=None, actor=actor)
        article = articles.create_article(
            fields={"column": column.code, **fields}, actor=actor, at=at, contributor=user
        )
    return _submit(article, actor, at) if submits else article


@transaction.atomic
def save_contribution(
    *, article_id: uuid.UUID, given: Contribution, actor: Actor, at: datetime, version: int | None = None,
    submits: bool = False,
) -> Article:  # fmt: skip
    """Change one's own draft, or one that the reviewers have returned, which is a draft again then. Locks the article.

    Raises as ``start_contribution``; ``ArticleMissing`` for those of others, ``ContributionFixed``, ``StaleArticle``.
    """
    article = _own(article_id, actor, version)
    if article.is_in_review and reads.is_returned(article):
        article = _take_back(article, actor, at)
        version = None
    if not article.is_draft:
        raise refusals.ContributionFixed
    with _pointing_at_keys():
        fields = _fields(given, kind=article.column.kind, article=article, actor=actor)
        article = articles.update_article(article_id=article_id, fields=fields, actor=actor, at=at, version=version)
    return _submit(article, actor, at) if submits else article


@transaction.atomic
def submit_contribution(*, article_id: uuid.UUID, actor: Actor, at: datetime) -> Article:
    """Hand one's own draft in for review. Raises ``ArticleMissing``, ``ContributionFixed``, ``ContributionsClosed``.

    And what ``reviewing.submit_for_review`` raises. Emits ``news.contribution.submitted``. Locks the article.
    """
    return _submit(_own(article_id, actor), actor, at)


@transaction.atomic
def reclaim_contribution(*, article_id: uuid.UUID, actor: Actor, at: datetime) -> Article:
    """Take one's own contribution out of review; it is a draft again. Raises ``ArticleMissing``, ``NotUnderReview``."""
    article = _own(article_id, actor)
    if not article.is_in_review:
        raise refusals.NotUnderReview
    return _take_back(article, actor, at)


@transaction.atomic
def delete_contribution(*, article_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """Delete one's own draft. Raises ``ArticleMissing``, ``NotDraft``."""
    articles.delete_draft(article_id=_own(article_id, actor).pk, actor=actor, at=at)


@transaction.atomic
def copy_case(*, article_id: uuid.UUID, actor: Actor, at: datetime) -> Article:
    """A draft of one's own with the texts of a published case; its pictures stay where they are.

    Raises ``ArticleMissing``, ``ArticleWithdrawn``, ``NotACase``, ``ContributionsClosed``, ``Forbidden``.
    """
    user = _member(actor)
    source = selectors.get_published(article_id=article_id, actor=actor, at=at)
    if source.column.kind != ColumnKind.CASE:
        raise refusals.NotACase
    column = _column_for_copies(source)
    outline, unit = CaseOutline.objects.get(pk=source.pk), reads.first_unit_of(actor)
    details: dict[str, Any] = {name: html_of(text_of(getattr(outline, name))) for name in PARTS}
    details |= {"tags": reads.tags_of(source), "credited_unit": str(unit.pk) if unit else None}
    title = (_("参照《%(title)s》") % {"title": source.title})[:TITLE_LENGTH]
    fields: ArticleFields = {"column": column.code, "title": title, "body": "", "details": details}
    article = articles.create_article(fields=fields, actor=actor, at=at, contributor=user)
    CaseOutline.objects.filter(pk=article.pk).update(copied_from=source)
    return article


@transaction.atomic
def tell_contributor(*, case_id: uuid.UUID | str, at: datetime) -> None:
    """A review has ended: the member hears how. Nothing for other workflows, or what they took back themselves."""
    case = Case.objects.filter(pk=case_id, workflow=reviewing.WORKFLOW).first()
    article = Article.objects.filter(pk=case.subject_id, contributor__isnull=False).first() if case else None
    if case is None or article is None or article.contributor_id is None or case.state not in (CaseState.APPROVED, CaseState.REJECTED):
        return
    is_approved = case.state == CaseState.APPROVED
    title = _("投稿已通过：%(title)s") if is_approved else _("投稿未通过：%(title)s")
    remark = reads.remark_on(article)
    notices.send(
        category="news.contribution", title=(title % {"title": article.title})[:100], at=at, url=contribution_url(article),
        text="" if is_approved or not remark else _("审核意见：%(remark)s") % {"remark": remark},
        source=f"news.contribution:{article.pk}", users=[article.contributor_id], key=f"news.contribution:{case.pk}",
    )  # fmt: skip


def contribution_url(article: Article) -> str:
    """Its page for the member who wrote it. Written out, as in ``addresses``; a test compares."""
    return f"/news/contribute/{article.pk}/"


# --- Whose it is, and where it stands ---------------------------------------------------------------------------------
def _member(actor: Actor) -> User:
    policy.require(actor, CONTRIBUTE)
    if actor.user is None:
        raise Forbidden
    return actor.user


def _own(article_id: uuid.UUID, actor: Actor, version: int | None = None) -> Article:
    user = _member(actor)
    article = locked(article_id)
    if article.contributor_id != user.pk:
        raise errors.ArticleMissing
    if version is not None and article.version != version:
        raise errors.StaleArticle
    return article


def _submit(article: Article, actor: Actor, at: datetime) -> Article:
    if not article.is_draft:
        raise refusals.ContributionFixed
    reads.open_column(article.column.pk)
    with _pointing_at_keys():
        submitted = reviewing.submit_for_review(article_id=article.pk, actor=actor, at=at)
    emit("news.contribution.submitted", payload={"article_id": str(article.pk)}, actor_id=actor.id)
    return submitted


def _take_back(article: Article, actor: Actor, at: datetime) -> Article:
    case = reads.running_case(article)
    if case is None:
        raise refusals.NotUnderReview
    withdraw_case(case_id=case.pk, actor=actor, at=at)
    return locked(article.pk)


def _column_for_copies(source: Article) -> Column:
    columns = list(reads.open_columns().filter(kind=ColumnKind.CASE))
    if not columns:
        raise refusals.ContributionsClosed
    return next((column for column in columns if column.pk == source.column_id), columns[0])


# --- From what is typed to what articles keep -------------------------------------------------------------------------
def _fields(given: Contribution, *, kind: str, article: Article | None, actor: Actor) -> ArticleFields:
    fields: ArticleFields = {"title": given.get("title", ""), "summary": given.get("summary", "")}
    old = _texts_of(article, kind)
    pictures = _pictures(given, old[PICTURED if kind == ColumnKind.CASE else "text"], actor)
    details: dict[str, Any] = {}
    if kind == ColumnKind.CASE:
        for name in PARTS:
            shown = pictures if name == PICTURED else None
            details[name] = changed(old[name], given.get(name, ""), shown)  # type: ignore[arg-type]
        fields["body"] = ""  # made of the parts
    else:
        fields["body"] = changed(old["text"], given.get("text", ""), pictures)
    if kind != ColumnKind.ARTICLE:
        details |= {"tags": given.get("tags", []), "credited_unit": _own_unit(given.get("credited_unit"), actor)}
        fields["details"] = details
    return fields


def _texts_of(article: Article | None, kind: str) -> dict[str, str]:
    """The HTML that is there already, by key of ``Contribution``."""
    if kind == ColumnKind.CASE:
        outline = CaseOutline.objects.filter(pk=article.pk).first() if article else None
        return {name: getattr(outline, name, "") for name in PARTS}
    return {"text": article.body if article else ""}


def _pictures(given: Contribution, html: str, actor: Actor) -> list[uuid.UUID]:
    wanted = set(given.get("pictures", ()))
    kept, uploads = [pk for pk in pictures_in(html) if pk in wanted], list(given.get("uploads", ()))
    if len(kept) + len(uploads) > MOST_PICTURES:
        message = _("图片最多 %(most)d 张。") % {"most": MOST_PICTURES}
        raise errors.ArticleInvalid(fields=(FieldError("/uploads", "too_many", message),))
    try:
        return [*kept, *(files.store_image(upload=upload, actor=actor).pk for upload in uploads)]
    except DomainError as error:
        raise errors.ArticleInvalid(fields=(FieldError("/uploads", error.code, error.detail),)) from error


def _own_unit(unit_id: uuid.UUID | None, actor: Actor) -> str | None:
    if unit_id is None:
        return None
    if unit_id not in {unit.pk for unit in reads.units_of(actor)}:
        message = _("只能署自己所在的组织。")
        raise errors.ArticleInvalid(fields=(FieldError("/credited_unit", "not_your_unit", message),))
    return str(unit_id)


@contextmanager
def _pointing_at_keys() -> Iterator[None]:
    """Faults in articles' fields become faults in what the member typed."""
    try:
        yield
    except Invalid as error:
        if not error.fields:
            raise
        fields = [FieldError(_key(fault.pointer), fault.code, fault.message) for fault in error.fields]
        raise type(error)(error.detail, fields=fields) from error


def _key(pointer: str) -> str:
    name = pointer.removeprefix("/details").removeprefix("/body")
    return name or "/text"
