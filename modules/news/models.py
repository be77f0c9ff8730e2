"""Columns, articles, their attachments, and who has read what. Constraints live in the database."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

TITLE_LENGTH = 100
SUMMARY_LENGTH = 200


# What stands in for a cover, by column code.
COLUMN_ICONS = {
    "releases": "newspaper", "assessments": "clipboard-check", "documents": "file-text", "notices": "calendar-days",
}  # fmt: skip


class State(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


class Column(models.Model):
    """A heading that articles stand under. Tenants make their own; ``code`` is what the API and links call it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("order", "code")
        constraints = (
            models.UniqueConstraint(fields=("name",), name="news_column_name_unique"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="news_column_named"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def icon(self) -> str:
        return COLUMN_ICONS.get(self.code, "newspaper")


class Article(models.Model):
    """A piece of news: draft → published → withdrawn.

    ``body``: HTML that ``richtext.sanitise`` let through. ``version``: grows with every change; editors send it back.
    ``author_id``/``publisher_id``: users of this tenant or API keys, kept with their names as they were then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    column = models.ForeignKey(Column, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=TITLE_LENGTH)
    summary = models.CharField(max_length=SUMMARY_LENGTH, default="", blank=True)
    body = models.TextField(default="", blank=True)
    cover = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    is_pinned = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    author_id = models.CharField(max_length=64)
    author_name = models.CharField(max_length=150)
    publisher_id = models.CharField(max_length=64, default="", blank=True)
    publisher_name = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, default="", blank=True)

    if TYPE_CHECKING:
        column_id: object
        cover_id: uuid.UUID | None

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(title=""), name="news_article_titled"),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT, published_at__isnull=True, withdrawn_at__isnull=True)
                | Q(state=State.PUBLISHED, published_at__isnull=False, withdrawn_at__isnull=True)
                | Q(state=State.WITHDRAWN, published_at__isnull=False, withdrawn_at__gte=models.F("published_at")),
                name="news_article_state_has_its_times",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="news_article_version_counts_from_1"),
        )
        indexes = (
            models.Index(fields=("-is_pinned", "-published_at", "-id"), name="news_article_shown",
                         condition=Q(state=State.PUBLISHED)),
            models.Index(fields=("state", "-updated_at"), name="news_article_edited"),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        return self.state == State.WITHDRAWN

    @property
    def is_unread(self) -> bool:
        return not getattr(self, "is_read", True)

    @property
    def cover_thumb(self) -> str:
        """The address of the small cover, ``""`` without one. Cheap where the cover was selected too."""
        return self.cover.url("thumb") if self.cover else ""

    @property
    def cover_image(self) -> str:
        return self.cover.url("cover") if self.cover else ""

    @property
    def cover_size(self) -> tuple[int, int]:
        """Width and height of ``cover_image``, so that the page does not jump."""
        drawn = self.cover.variants["cover"] if self.cover else {}
        return drawn.get("width", 0), drawn.get("height", 0)


class Attachment(models.Model):
    """A file offered below an article."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "id")
        constraints = (models.UniqueConstraint(fields=("file",), name="news_attachment_file_unique"),)

    def __str__(self) -> str:
        return str(self.file_id)

    if TYPE_CHECKING:
        file_id: object


class ReadReceipt(models.Model):
    """That one user has read one article, once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="receipts")
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("article", "user"), name="news_receipt_once"),)
        indexes = (models.Index(fields=("article", "-read_at"), name="news_receipt_latest"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.article_id}"

    if TYPE_CHECKING:
        user_id: object
        article_id: object
