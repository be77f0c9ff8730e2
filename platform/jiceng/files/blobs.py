"""The bytes. Keys begin with the scope's key (the tenant's UUID), never with a schema or a name that people typed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from jiceng.kernel.context import require_scope

from .models import StoredFile


def new_key(file_id: uuid.UUID) -> str:
    """``<tenant uuid>/<two hex digits>/<file uuid>``; the digits are random ones, so folders fill evenly."""
    return f"{require_scope().key}/{file_id.hex[-2:]}/{file_id}"


def write(key: str, content: bytes) -> None:
    default_storage.save(key, ContentFile(content))


def read(file: StoredFile, variant: str) -> File[bytes]:
    """Open a blob. Raises ``FileNotFoundError``, also for a key outside the current scope."""
    if not file.storage_key.startswith(f"{require_scope().key}/"):
        raise FileNotFoundError(file.storage_key)
    return default_storage.open(file.blob_key(variant), "rb")


def remove(keys: Iterable[str]) -> None:
    for key in keys:
        default_storage.delete(key)


def strays(known: set[str], *, before: datetime) -> Iterator[str]:
    """Keys of this scope's blobs older than ``before`` whose ``storage_key`` is not in ``known``: aborted uploads."""
    root = require_scope().key
    if not default_storage.exists(root):
        return
    for folder in default_storage.listdir(root)[0]:
        for name in default_storage.listdir(f"{root}/{folder}")[1]:
            key = f"{root}/{folder}/{name}"
            if key.rpartition("-")[0] not in known and default_storage.get_modified_time(key) < before:
                yield key
