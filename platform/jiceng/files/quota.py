"""How much an organisation may store. The landlord decides through the port named by ``settings.FILE_QUOTA``."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum
from django.utils.module_loading import import_string

from .errors import QuotaExceeded
from .models import StoredFile

DEFAULT_QUOTA_BYTES = 5 * 1024**3


def default_quota() -> int:
    """Bytes that the current scope may store."""
    return DEFAULT_QUOTA_BYTES


def quota_bytes() -> int:
    return import_string(getattr(settings, "FILE_QUOTA", "jiceng.files.quota.default_quota"))()


def used_bytes() -> int:
    """Bytes that the current scope stores."""
    return StoredFile.objects.aggregate(total=Sum("size_bytes"))["total"] or 0


def check_room(size_bytes: int) -> None:
    """Raises ``QuotaExceeded`` where ``size_bytes`` more would not fit."""
    if used_bytes() + size_bytes > quota_bytes():
        raise QuotaExceeded
