"""Articles, every version of them, and their attachments. Constraints live in the database."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .columns import Column

TITLE_LENGTH = 100
SUMMARY_LENGTH = 200
NAME_LENGTH = 150


class State(models.TextChoices):
    DRAFT = "draft", _("草稿")
    REVIEW = "review", _("审核中")
    SCHEDULED = "scheduled", _("待发布")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


class Level(models.TextChoices):
    """What the editor declares. Anything classified may not enter the system at all."""

    PUBLIC = "public", _("公开")
    INTERNAL = "internal", _("内部")


class Article(models.Model):
    """A piece of news: draft → (review →) (scheduled →) published → withdrawn.

    ``body``: HTML that ``richtext.sanitise`` let through. ``version``: grows with every change; editors send it back.
    ``author_id``/``publisher_id``: users of this tenant or API keys, kept with their names as they were then.
    ``unit``: on whose behalf; editors of that subtree may change it, ``None``: the whole organisation.
    ``audience``: ``None`` is everybody who may read news. ``is_open``: those who come to fit the audience later see it
    too; otherwise only those on the list made when it was published (``Recipient``).
    ``publish_at``: when a scheduled article comes out; ``expires_at``: when lists cease to show it.
    ``needs_confirmation``: recipients must confirm that they know, by ``confirm_by`` if given.
    ``credited_unit``/``contributor``: whose achievement or case it is, and the member who handed it in.
    ``search_terms``: what ``selectors.searching`` looks through, set by the services.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    column = models.ForeignKey(Column, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=TITLE_LENGTH)
    summary = models.CharField(max_length=SUMMARY_LENGTH, default="", blank=True)
    body = models.TextField(default="", blank=True)
    cover = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    level = models.CharField(max_length=10, choices=Level, default=Level.INTERNAL)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    is_pinned = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    author_id = models.CharField(max_length=64)
    author_name = models.CharField(max_length=NAME_LENGTH)
    publisher_id = models.CharField(max_length=64, default="", blank=True)
    publisher_name = models.CharField(max_length=NAME_LENGTH, default="", blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    publish_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    correction_note = models.CharField(max_length=200, default="", blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, default="", blank=True)

    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_open = models.BooleanField(default=True)
    recipient_count = models.PositiveIntegerField(null=True, blank=True)
    needs_confirmation = models.BooleanField(default=False)
    confirm_by = models.DateTimeField(null=True, blank=True)
    allows_comments = models.BooleanField(default=False)

    credited_unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contributor = models.ForeignKey("access.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    search_terms = SearchVectorField(null=True, editable=False)

    if TYPE_CHECKING:
        column_id: object
        cover_id: uuid.UUID | None
        unit_id: uuid.UUID | None
        audience_id: uuid.UUID | None
        credited_unit_id: uuid.UUID | None
        contributor_id: uuid.UUID | None

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(title=""), name="news_article_titled"),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT, published_at__isnull=True, withdrawn_at__isnull=True)
                | Q(
                    state=State.REVIEW, published_at__isnull=True, withdrawn_at__isnull=True, submitted_at__isnull=False
                )
                | Q(
                    state=State.SCHEDULED,
                    published_at__isnull=True,
                    withdrawn_at__isnull=True,
                    publish_at__isnull=False,
                )
                | Q(state=State.PUBLISHED, published_at__isnull=False, withdrawn_at__isnull=True)
                | Q(state=State.WITHDRAWN, published_at__isnull=False, withdrawn_at__gte=models.F("published_at")),
                name="news_article_state_has_its_times",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="news_article_version_counts_from_1"),
            models.CheckConstraint(
                condition=Q(confirm_by=None) | Q(needs_confirmation=True), name="news_article_confirm_by_needs_it"
            ),
        )
        indexes = (
            models.Index(fields=("-is_pinned", "-published_at", "-id"), name="news_article_shown",
                         condition=Q(state=State.PUBLISHED)),
            models.Index(fields=("column", "-is_pinned", "-published_at", "-id"), name="news_article_in_column",
                         condition=Q(state=State.PUBLISHED)),
            models.Index(fields=("audience", "-is_pinned", "-published_at", "-id"), name="news_article_for_audience",
                         condition=Q(state=State.PUBLISHED)),
            models.Index(fields=("state", "-updated_at"), name="news_article_edited"),
            models.Index(fields=("contributor", "-updated_at"), name="news_article_contributor"),
            GinIndex(fields=("search_terms",), name="news_article_search", fastupdate=False),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_in_review(self) -> bool:
        return self.state == State.REVIEW

    @property
    def is_scheduled(self) -> bool:
        return self.state == State.SCHEDULED

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


class VersionKind(models.TextChoices):
    SAVED = "saved", _("保存")
    SUBMITTED = "submitted", _("送审")
    RETURNED = "returned", _("退回")
    PUBLISHED = "published", _("发布")
    CORRECTED = "corrected", _("更正")
    WITHDRAWN = "withdrawn", _("撤回")
    RESTORED = "restored", _("恢复旧版")


class ArticleVersion(models.Model):
    """The article as it stood after one change. Written once, never changed. ``details``: the column form's own fields."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=VersionKind)
    title = models.CharField(max_length=TITLE_LENGTH)
    summary = models.CharField(max_length=SUMMARY_LENGTH, default="", blank=True)
    body = models.TextField(default="", blank=True)
    details = models.JSONField(default=dict)
    note = models.CharField(max_length=200, default="", blank=True)
    made_at = models.DateTimeField()
    editor_id = models.CharField(max_length=64, blank=True)
    editor_name = models.CharField(max_length=NAME_LENGTH)

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("article", "number"), name="news_version_once"),)

    def __str__(self) -> str:
        return f"{self.article_id} {self.number}"

    if TYPE_CHECKING:
        article_id: object


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


class ArticleTag(models.Model):
    """A word that an article can be found by."""

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=20)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("name", "article"), name="news_tag_once"),)

    def __str__(self) -> str:
        return self.name
