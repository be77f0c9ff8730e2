"""What readers say and do: comments, likes, favourites; and links that lead outsiders in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .articles import NAME_LENGTH, Article

COMMENT_LENGTH = 500


class CommentState(models.TextChoices):
    PENDING = "pending", _("待审核")
    SHOWN = "shown", _("已显示")
    HIDDEN = "hidden", _("已隐藏")
    DELETED = "deleted", _("本人已删除")


class Comment(models.Model):
    """A reader's words below an article; ``parent``: the comment it answers (one level). ``unit_name``: as it was then."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="answers")
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    author_name = models.CharField(max_length=NAME_LENGTH)
    unit_name = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=COMMENT_LENGTH)
    state = models.CharField(max_length=10, choices=CommentState)
    created_at = models.DateTimeField()
    moderated_at = models.DateTimeField(null=True, blank=True)
    moderator_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    moderation_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="news_comment_says_something"),)
        indexes = (
            models.Index(fields=("article", "-id"), name="news_comment_article"),
            models.Index(fields=("-id",), condition=Q(state="pending"), name="news_comment_pending"),
        )

    def __str__(self) -> str:
        return self.text[:30]

    if TYPE_CHECKING:
        article_id: object
        user_id: object


class ReactionKind(models.TextChoices):
    LIKE = "like", _("点赞")
    FAVOURITE = "favourite", _("收藏")


class Reaction(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ReactionKind)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("article", "kind", "user"), name="news_reaction_once"),)
        indexes = (models.Index(fields=("user", "kind", "-id"), name="news_reaction_user"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.article_id}"

    if TYPE_CHECKING:
        article_id: object


class ShareLink(models.Model):
    """An address under which people outside the organisation may read one public article. ``token_hash``: SHA-256."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="share_links")
    token_hash = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=100, blank=True)
    created_by_id = models.CharField(max_length=64)
    created_by_name = models.CharField(max_length=NAME_LENGTH)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    view_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="news_sharelink_period"),
        )

    def __str__(self) -> str:
        return f"{self.article_id} {self.created_at:%F}"

    if TYPE_CHECKING:
        article_id: object
