"""Columns: the headings that articles stand under, and what kind of article each takes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7


class Section(models.TextChoices):
    """The entry on the phone's home page under which a column is found."""

    NEWS = "news", _("新闻聚焦")
    FEATURES = "features", _("党员特色")


class ColumnKind(models.TextChoices):
    """Decides the form: what an article of the column has beside title and body. Fixed once the column has articles."""

    ARTICLE = "article", _("图文")
    ASSESSMENT = "assessment", _("考核任务")
    DOCUMENT = "document", _("文件传阅")
    ACTIVITY = "activity", _("活动报名")
    LESSON = "lesson", _("微党课")
    ACHIEVEMENT = "achievement", _("成果投稿")
    CASE = "case", _("案例")


# What stands in for a cover.
KIND_ICONS = {
    "article": "newspaper", "assessment": "clipboard-check", "document": "file-text", "activity": "calendar-days",
    "lesson": "circle-play", "achievement": "award", "case": "lightbulb",
}  # fmt: skip


class Column(models.Model):
    """A heading that articles stand under. Tenants make their own; ``code`` is what the API and links call it.

    ``needs_review``: its articles go through the workflow ``news.publish`` first. ``allows_comments``: unless an article
    says otherwise. ``takes_contributions``: members may hand in articles from the phone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=ColumnKind, default=ColumnKind.ARTICLE)
    section = models.CharField(max_length=10, choices=Section, default=Section.NEWS)
    needs_review = models.BooleanField(default=False)
    allows_comments = models.BooleanField(default=False)
    takes_contributions = models.BooleanField(default=False)
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
        return KIND_ICONS.get(self.kind, "newspaper")
