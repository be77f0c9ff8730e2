"""Whom an article was sent to, who has read and confirmed it, and who was reminded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from jiceng.kernel.ids import uuid7

from .articles import NAME_LENGTH, Article


class Recipient(models.Model):
    """One person of the list made when the article was published. ``unit``: where the person was then.

    ``user``: the login at that time; ``None`` cannot be reached inside the system. Written by the ten thousand, so with no
    index that another one covers.
    """

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="recipients", db_index=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("access.User", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey("members.Unit", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("article", "person"), name="news_recipient_once"),)
        indexes = (models.Index(fields=("user", "article"), name="news_recipient_user"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.article_id}"

    if TYPE_CHECKING:
        article_id: object
        person_id: object


class ReadReceipt(models.Model):
    """That one user has read one article, once; ``confirmed_at``: said to know it, where that is asked for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="receipts")
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("article", "user"), name="news_receipt_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=F("read_at")), name="news_receipt_read_first"
            ),
        )
        indexes = (models.Index(fields=("article", "-read_at"), name="news_receipt_latest"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.article_id}"

    if TYPE_CHECKING:
        user_id: object
        article_id: object


class Reminder(models.Model):
    """That those who had not read, confirmed or signed were reminded, by whom and how many."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="reminders")
    sent_at = models.DateTimeField()
    sender_id = models.CharField(max_length=64)
    sender_name = models.CharField(max_length=NAME_LENGTH)
    recipient_count = models.PositiveIntegerField()

    class Meta:
        ordering = ("-sent_at",)

    def __str__(self) -> str:
        return f"{self.article_id} {self.sent_at:%F %T}"

    if TYPE_CHECKING:
        article_id: object
