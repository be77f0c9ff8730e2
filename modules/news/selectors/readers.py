"""Who was meant to read an article, who has, and who has not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from jiceng.access.models import User
from jiceng.kernel import clock

from ..models import Article, ReadReceipt, Recipient, Reminder

STATISTIC_DAYS = 14


@dataclass(frozen=True, slots=True)
class ReadingFigures:
    """How far an article got. ``user_count``: people on the list of recipients; ``reader_count``: of them, who has read it;
    ``guest_count``: readers not on it. ``daily``: (local day, first reads) of the days after publishing, gaps filled.
    """

    reader_count: int
    confirmed_count: int
    user_count: int
    guest_count: int
    unreachable_count: int
    daily: tuple[tuple[Any, int], ...]

    @property
    def percent(self) -> int:
        return round(100 * self.reader_count / self.user_count) if self.user_count else 0

    @property
    def unread_count(self) -> int:
        return max(self.user_count - self.reader_count, 0)

    @property
    def unconfirmed_count(self) -> int:
        return max(self.user_count - self.confirmed_count, 0)


def readers(*, article: Article) -> QuerySet[ReadReceipt]:
    """Who has read the article, latest first."""
    return ReadReceipt.objects.filter(article=article).select_related("user").order_by("-read_at", "-id")


def guests(*, article: Article) -> QuerySet[ReadReceipt]:
    """Readers who are not on the list of recipients, latest first."""
    listed = Recipient.objects.filter(article=article, user__isnull=False)
    return readers(article=article).exclude(user__in=listed.values("user"))


def recipients(*, article: Article, show: str = "", words: str = "") -> QuerySet[Recipient]:
    """The list of recipients with ``read_at`` and ``confirmed_at``, by unit and name.

    ``show``: ``"unread"``, ``"unconfirmed"``, ``"read"``, ``"confirmed"``, ``"unreachable"`` (no login) or everybody.
    """
    receipt = ReadReceipt.objects.filter(article=article, user=OuterRef("user"))
    found = Recipient.objects.filter(article=article).annotate(
        read_at=Subquery(receipt.values("read_at")), confirmed_at=Subquery(receipt.values("confirmed_at"))
    )
    narrowing = {
        "unread": Q(read_at=None), "read": Q(read_at__isnull=False), "unconfirmed": Q(confirmed_at=None),
        "confirmed": Q(confirmed_at__isnull=False), "unreachable": Q(user=None),
    }  # fmt: skip
    if show in narrowing:
        found = found.filter(narrowing[show])
    if words:
        found = found.filter(person__name__icontains=words)
    return found.select_related("person", "unit").order_by("unit__path", "person__pinyin", "id")


def outstanding_users(*, article: Article) -> QuerySet[User]:
    """Active users on the list who have not read the article; not confirmed, where that is asked for."""
    receipts = ReadReceipt.objects.filter(article=article)
    if article.needs_confirmation:
        receipts = receipts.filter(confirmed_at__isnull=False)
    listed = Recipient.objects.filter(article=article, user__isnull=False)
    return User.objects.filter(is_active=True, pk__in=listed.values("user")).exclude(pk__in=receipts.values("user"))


def reminders(*, article: Article) -> list[Reminder]:
    """When those who had not read were reminded, latest first."""
    return list(Reminder.objects.filter(article=article))


def reading_figures(*, article: Article, at: datetime) -> ReadingFigures:
    receipts = ReadReceipt.objects.filter(article=article)
    zone = clock.local_zone()
    per_day = dict(
        receipts.annotate(day=TruncDate("read_at", tzinfo=zone))
        .values_list("day")
        .annotate(count=Count("*"))
        .order_by()
    )
    first = (article.published_at or at).astimezone(zone).date()
    last = min(at.astimezone(zone).date(), first + timedelta(days=STATISTIC_DAYS - 1))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    listed = Recipient.objects.filter(article=article)
    of_them = receipts.filter(user__in=listed.filter(user__isnull=False).values("user"))
    reached = of_them.aggregate(read=Count("*"), confirmed=Count(F("confirmed_at")))
    sent = listed.aggregate(people=Count("*"), with_login=Count("user"))
    return ReadingFigures(
        reader_count=reached["read"], confirmed_count=reached["confirmed"], user_count=sent["people"],
        guest_count=sum(per_day.values()) - reached["read"], unreachable_count=sent["people"] - sent["with_login"],
        daily=tuple((day, per_day.get(day, 0)) for day in days),
    )  # fmt: skip
