"""Reads of circulated documents: who may read and sign, how far the circulation got, the register."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor, current_assignments
from jiceng.access.models import RoleAssignment
from jiceng.access.selectors import roles_giving
from jiceng.members.models import LABEL_LENGTH, Person, PersonState, Unit

from ..manifest.words import CIRCULATE
from ..models import Article, Circulation, Document, Opinion, State

PHONE_COUNT = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a circulation got."""

    total: int
    signed: int
    is_overdue: bool

    @property
    def unsigned(self) -> int:
        return self.total - self.signed


def holders_of(units: Iterable[Unit], *, at: datetime) -> list[uuid.UUID]:
    """The active users whose role there, or in a unit above, lets them sign for one of ``units``.

    Those who hold it over everything are not asked: they see the register.
    """
    found = _assignments(units, at)
    return sorted(set(found.values_list("user", flat=True)))


def units_without_holders(article: Article, *, at: datetime) -> list[str]:
    """Names of units of the list for which nobody could sign."""
    rows = list(Circulation.objects.filter(document=article.pk).select_related("unit"))
    held = set(_assignments([row.unit for row in rows], at).values_list("unit_path", flat=True))
    return [row.unit_name for row in rows if not held.intersection(_prefixes(row.unit.path))]


def _assignments(units: Iterable[Unit], at: datetime) -> QuerySet[RoleAssignment]:
    paths = {prefix for unit in units for prefix in _prefixes(unit.path)}
    roles = roles_giving(CIRCULATE)
    return current_assignments(at).filter(unit_path__in=paths, user__is_active=True, role__code__in=roles)


def _prefixes(path: str) -> list[str]:
    step = LABEL_LENGTH + 1
    return [path[:end] for end in range(step, len(path) + 1, step)]


def circulations(article: Article) -> QuerySet[Circulation]:
    return Circulation.objects.filter(document=article.pk).select_related("unit", "signed_by").order_by("order", "id")


def progress(article: Article, *, at: datetime) -> Progress:
    counted = Circulation.objects.filter(document=article.pk).aggregate(total=Count("*"), signed=Count("signed_at"))
    sign_by = Document.objects.filter(pk=article.pk).values_list("sign_by", flat=True).first()
    overdue = bool(sign_by and sign_by <= at and counted["signed"] < counted["total"])
    return Progress(counted["total"], counted["signed"], overdue)


def may_read(article: Article, *, actor: Actor) -> bool:
    """Whoever may sign for a unit of the list may read the document."""
    paths = policy.unit_paths(actor, CIRCULATE)
    if paths is None:
        return True
    return bool(paths) and _listed(paths).filter(document=article.pk).exists()


def mine(*, actor: Actor, at: datetime, show: str = "waiting") -> list[Article]:
    """Published documents that ``actor`` may sign for: ``"waiting"`` for a signature, or ``"signed"``; the latest first."""
    paths = policy.unit_paths(actor, CIRCULATE)
    if paths == ():
        return []
    rows = (Circulation.objects.all() if paths is None else _listed(paths)).filter(document=OuterRef("pk"))
    wanted = Exists(rows.filter(signed_at=None)) & Q(document__archived_at=None)
    found = Article.objects.filter(state=State.PUBLISHED, column__kind="document")
    found = found.filter(wanted) if show == "waiting" else found.filter(Exists(rows)).exclude(wanted)
    rows_shown = (
        found.select_related("document", "column").defer("body", "search_terms").order_by("-published_at", "-id")
    )
    return list(rows_shown[:PHONE_COUNT])


def _listed(paths: tuple[str, ...]) -> QuerySet[Circulation]:
    wanted = Q(pk__in=())
    for path in paths:
        wanted |= Q(unit__path__startswith=path)
    return Circulation.objects.filter(wanted)


def register(found: QuerySet[Article], *, at: datetime, show: str = "", words: str = "") -> QuerySet[Article]:
    """``found`` narrowed to documents, with ``total`` and ``signed``. ``show``: open, overdue or archived."""
    rows = Circulation.objects.filter(document=OuterRef("pk"), signed_at=None)
    found = (
        found.filter(column__kind="document")
        .select_related("document")
        .annotate(total=Count("document__circulations"), signed=Count("document__circulations__signed_at"))
    )
    narrowing = {
        "open": Q(state=State.PUBLISHED, document__archived_at=None), "archived": Q(document__archived_at__isnull=False),
        "overdue": Q(state=State.PUBLISHED, document__archived_at=None, document__sign_by__lte=at) & Exists(rows),
    }  # fmt: skip
    if show in narrowing:
        found = found.filter(narrowing[show])
    for word in words.split()[:5]:
        found = found.filter(Q(title__icontains=word) | Q(document__number__icontains=word))
    return found.defer("body", "search_terms").order_by("-created_at", "-id")


def phone_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """The document's head, the units that ``actor`` may sign for, and the opinions."""
    document = Document.objects.get(pk=article.pk)
    rows = [row for row in circulations(article) if policy.may(actor, CIRCULATE, row.unit.path)]
    person = Person.objects.filter(user=actor.user, state=PersonState.ACTIVE).first() if actor.user else None
    return {
        "document": document, "rows": rows[:50], "opinions": list(Opinion.objects.filter(document=document)[:200]),
        "progress": progress(article, at=at), "reader": person or actor.user, "may_write": document.archived_at is None,
    }  # fmt: skip


def console_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """The circulation as far as it got."""
    document = Document.objects.get(pk=article.pk)
    return {
        "document": document, "rows": list(circulations(article)), "progress": progress(article, at=at),
        "opinions": list(Opinion.objects.filter(document=document)[:200]),
        "without_holders": units_without_holders(article, at=at) if not article.is_withdrawn else [],
    }  # fmt: skip
