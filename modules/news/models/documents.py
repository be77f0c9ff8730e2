"""文件传真: numbered documents that go round the units and are signed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .articles import NAME_LENGTH, Article


class Urgency(models.TextChoices):
    NORMAL = "normal", _("平件")
    URGENT = "urgent", _("加急")
    EXTREME = "extreme", _("特急")


class Document(models.Model):
    """What an article in a column of kind ``document`` has beside its text.

    ``number``: 文号, unique once given. ``sign_by``: until when the units must have signed. ``archive_number``: given with
    ``archived_at``; an archived document takes no more signatures or opinions.
    """

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="document")
    number = models.CharField(max_length=60, null=True, blank=True)
    issuer = models.CharField(max_length=100, blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    issued_on = models.DateField(null=True, blank=True)
    sign_by = models.DateTimeField(null=True, blank=True)
    archive_number = models.CharField(max_length=60, null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    archived_by_name = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("number",), name="news_document_number"),
            models.UniqueConstraint(fields=("archive_number",), name="news_document_archive_number"),
            models.CheckConstraint(
                condition=Q(archived_at=None, archive_number=None)
                | Q(archived_at__isnull=False, archive_number__isnull=False),
                name="news_document_archived",
            ),
        )

    def __str__(self) -> str:
        return self.number or ""

    if TYPE_CHECKING:
        article_id: object


class Circulation(models.Model):
    """One unit of the circulation list. Signed once, by one person, on the unit's behalf."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="circulations")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, related_name="+")
    unit_name = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()
    first_read_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey("access.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    signed_by_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    opinion = models.CharField(max_length=500, blank=True)
    reminded_count = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("order", "id")
        constraints = (
            models.UniqueConstraint(fields=("document", "unit"), name="news_circulation_once"),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by_name="") | (Q(signed_at__isnull=False) & ~Q(signed_by_name="")),
                name="news_circulation_signed_by_somebody",
            ),
        )
        indexes = (models.Index(fields=("unit", "document"), name="news_circulation_unit"),)

    def __str__(self) -> str:
        return f"{self.unit_name} {self.document_id}"

    if TYPE_CHECKING:
        document_id: object
        unit_id: object


class Opinion(models.Model):
    """What somebody on the circulation list wrote about the document, for all who may read it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="opinions")
    user = models.ForeignKey("access.User", on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=NAME_LENGTH)
    unit_name = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="news_opinion_says_something"),)
        indexes = (models.Index(fields=("document", "id"), name="news_opinion_document"),)

    def __str__(self) -> str:
        return self.text[:30]
