"""One table: what is known of each stored file. The bytes lie in the storage, under the tenant's own prefix."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

ORIGINAL = "original"


class Kind(models.TextChoices):
    IMAGE = "image", _("图片")
    ATTACHMENT = "attachment", _("附件")


class StoredFile(models.Model):
    """An upload that passed every check.

    ``original_name``: text for people, never part of a path. ``storage_key``: prefix of its blobs in the storage.
    ``variants``: variant name -> {"content_type", "size_bytes", "width", "height"}, and
    "duration_seconds" for what plays. ``sha256``: of the bytes as uploaded.
    ``owner``: ``"<module>.<object>:<id>"`` of what it belongs to; empty until attached, and again when released.
    ``unattached_at``: since when nobody owns it; removed a day later.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    original_name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    storage_key = models.CharField(max_length=120)
    variants: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    owner = models.CharField(max_length=100, default="", blank=True)
    created_by = models.CharField(max_length=100)
    created_by_name = models.CharField(max_length=150, default="")
    created_at = models.DateTimeField()
    unattached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("storage_key",), name="files_storage_key_unique"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="files_kind_known"),
            models.CheckConstraint(
                condition=models.Q(owner="", unattached_at__isnull=False)
                | (~models.Q(owner="") & models.Q(unattached_at__isnull=True)),
                name="files_owned_or_waiting",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.ATTACHMENT) | models.Q(width__gt=0, height__gt=0),
                name="files_image_has_dimensions",
            ),
        )
        indexes = (
            models.Index(fields=("owner",), name="files_owner"),
            models.Index(
                fields=("unattached_at",), name="files_waiting", condition=models.Q(unattached_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_attached(self) -> bool:
        return bool(self.owner)

    @property
    def is_image(self) -> bool:
        return self.kind == Kind.IMAGE

    @property
    def is_media(self) -> bool:
        """A video or a sound that the browser plays."""
        return self.content_type.startswith(("video/", "audio/"))

    @property
    def duration_seconds(self) -> int:
        """How long it plays; 0 for what does not."""
        return int(self.variants.get(ORIGINAL, {}).get("duration_seconds", 0))

    @property
    def cover_url(self) -> str:
        """The address of a picture's middle size."""
        return self.url("cover")

    @property
    def pages(self) -> list[tuple[str, int, int]]:
        """(address, width, height) of the pages drawn of a PDF, in order."""
        names = [f"page-{number}" for number in range(1, len(self.variants) + 1)]
        drawn = [(self.url(name), self.variants[name]) for name in names if name in self.variants]
        return [(url, facts["width"], facts["height"]) for url, facts in drawn]

    @property
    def extension(self) -> str:
        return self.original_name.rpartition(".")[2].lower()

    def url(self, variant: str = ORIGINAL) -> str:
        """Where the tenant's host serves ``variant``."""
        return f"/files/{self.id}/{variant}"

    def blob_key(self, variant: str) -> str:
        return f"{self.storage_key}-{variant}"
