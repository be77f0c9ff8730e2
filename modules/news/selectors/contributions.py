"""Reads of what members hand in: their own, and who is credited."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractYear

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.kernel import clock
from jiceng.members.models import Unit
from jiceng.members.selectors.people import memberships_of, person_of_user
from jiceng.workflow.models import Case, CaseEvent, CaseEventKind, CaseState

from ..errors import ArticleMissing, ColumnMissing
from ..errors.contributions import ContributionsClosed
from ..manifest.words import CONTRIBUTE, WRITE
from ..models import Article, ArticleTag, Column, ColumnKind, State

WORKFLOW = "news.publish"
CREDITED_KINDS = (ColumnKind.ACHIEVEMENT, ColumnKind.CASE)
# Other kinds need more than a member can say on the phone.
OPEN_KINDS = (ColumnKind.ARTICLE, *CREDITED_KINDS)
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own contribution. ``is_returned``: the reviewers want it completed; ``remark``: what they said last."""

    article: Article
    is_returned: bool
    remark: str

    @property
    def is_editable(self) -> bool:
        return self.article.is_draft or self.is_returned


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the cursor of the next ones (``None`` at the end)."""

    rows: list[Any]
    next: str | None


@dataclass(frozen=True, slots=True)
class Credit:
    """What a unit is credited with in a year."""

    unit: str
    year: int
    achievements: int
    cases: int

    @property
    def total(self) -> int:
        return self.achievements + self.cases


# --- Handing in -------------------------------------------------------------------------------------------------------
def open_columns() -> QuerySet[Column]:
    """Columns that take contributions now."""
    return Column.objects.filter(is_active=True, takes_contributions=True, kind__in=OPEN_KINDS).order_by(
        "order", "code"
    )


def open_column(column_id: uuid.UUID) -> Column:
    """Raises ``ColumnMissing``, ``ContributionsClosed``."""
    column = open_columns().filter(pk=column_id).first()
    if column is None:
        raise ContributionsClosed if Column.objects.filter(pk=column_id).exists() else ColumnMissing
    return column


def units_of(actor: Actor) -> list[Unit]:
    """The units that ``actor`` belongs to, the one beside the name first."""
    person = person_of_user(actor.user.pk) if actor.user else None
    if person is None:
        return []
    belongs = [row.unit for row in memberships_of(person, only_open=True).select_related("unit")]
    found = {unit.pk: unit for unit in (person.unit, *belongs) if unit and unit.dissolved_on is None}
    return list(found.values())


def first_unit_of(actor: Actor) -> Unit | None:
    return next(iter(units_of(actor)), None)


def my_contributions(*, actor: Actor, cursor: str = "") -> Page:
    """A page of one's own, last changed first."""
    found = Article.objects.filter(contributor=actor.user).select_related("column").defer("body", "search_terms")
    last = Article.objects.filter(contributor=actor.user, pk=cursor).first() if is_id(cursor) else None
    if last is not None:
        found = found.filter(Q(updated_at__lt=last.updated_at) | Q(updated_at=last.updated_at, pk__lt=last.pk))
    rows = list(found.order_by("-updated_at", "-id")[: PER_PAGE + 1])
    shown = rows[:PER_PAGE]
    returned = _returned(shown)
    mine = [Mine(row, row.is_in_review and str(row.pk) in returned, "") for row in shown]
    return Page(mine, str(shown[-1].pk) if len(rows) > PER_PAGE else None)


def get_mine(*, article_id: uuid.UUID, actor: Actor) -> Mine:
    """One's own contribution in any state. Raises ``ArticleMissing``, for those of others too."""
    found = Article.objects.select_related("column", "credited_unit", "outline").defer("search_terms")
    article = found.filter(pk=article_id, contributor__isnull=False, contributor=actor.user).first()
    if article is None:
        raise ArticleMissing
    said = "" if article.is_published else remark_on(article)
    return Mine(article, article.is_in_review and is_returned(article), said)


def running_case(article: Article) -> Case | None:
    """The article's review that has not ended."""
    return Case.objects.filter(workflow=WORKFLOW, subject_id=str(article.pk), ended_at=None).first()


def is_returned(article: Article) -> bool:
    """Whether the reviewers have given it back to be completed."""
    return str(article.pk) in _returned([article])


def remark_on(article: Article) -> str:
    """What reviewers said when they last returned or refused the article."""
    said = CaseEvent.objects.filter(case__workflow=WORKFLOW, case__subject_id=str(article.pk)).filter(
        Q(kind=CaseEventKind.RETURNED) | Q(kind=CaseEventKind.REJECTED)
    )
    return said.order_by("-happened_at", "-id").values_list("comment", flat=True).first() or ""


def _returned(rows: Iterable[Article]) -> set[str]:
    subjects = [str(row.pk) for row in rows]
    found = Case.objects.filter(workflow=WORKFLOW, subject_id__in=subjects, state=CaseState.RETURNED)
    return set(found.values_list("subject_id", flat=True))


# --- Reading ----------------------------------------------------------------------------------------------------------
def tags_of(article: Article) -> list[str]:
    return list(ArticleTag.objects.filter(article=article).order_by("name").values_list("name", flat=True))


def phone_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """Whose achievement or case it is, its tags, and whether ``actor`` may start from it."""
    is_case = article.column.kind == ColumnKind.CASE
    may_copy = is_case and article.is_published and actor.user is not None and policy.may(actor, CONTRIBUTE)
    return {
        "credited_unit": article.credited_unit, "contributor": article.author_name if article.contributor_id else "",
        "tags": tags_of(article), "may_copy": may_copy and open_columns().filter(kind=ColumnKind.CASE).exists(),
    }  # fmt: skip


def console_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """The same, and what reviewers said."""
    return {**phone_part(article, actor=actor, at=at), "remark": remark_on(article)}


# --- Credit -----------------------------------------------------------------------------------------------------------
def credits(*, actor: Actor) -> list[Credit]:
    """What units of the subtrees where ``actor`` writes are credited with: by year, the latest first, then most first.

    One query, whatever their number; years are the local ones of publishing.
    """
    found = Article.objects.filter(state=State.PUBLISHED, credited_unit__isnull=False, column__kind__in=CREDITED_KINDS)
    paths = policy.unit_paths(actor, WRITE)
    if paths is not None:
        reach = Q(pk__in=())
        for path in paths:
            reach |= Q(credited_unit__path__startswith=path)
        found = found.filter(reach)
    is_case = Q(column__kind=ColumnKind.CASE)
    rows = (
        found.annotate(year=ExtractYear("published_at", tzinfo=clock.local_zone()))
        .order_by()
        .values("year", "credited_unit__name", "credited_unit")
        .annotate(cases=Count("pk", filter=is_case), achievements=Count("pk", filter=~is_case))
    )
    counted = [Credit(row["credited_unit__name"], row["year"], row["achievements"], row["cases"]) for row in rows]
    return sorted(counted, key=lambda row: (-row.year, -row.total, row.unit))


def is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
