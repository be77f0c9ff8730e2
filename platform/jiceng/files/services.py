"""Storing, attaching and removing files. Services of modules call these inside their own transactions."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.kernel import clock
from jiceng.kernel.ids import uuid7
from jiceng.kernel.tasks import enqueue

from . import blobs, inspection, names, quota
from .errors import FileNotYours
from .filetypes import (
    ATTACHMENT_MAX_BYTES,
    ATTACHMENT_TYPES,
    IMAGE_MAX_BYTES,
    IMAGE_TYPES,
    MEDIA_MAX_BYTES,
    MEDIA_TYPES,
)  # fmt: skip
from .models import ORIGINAL, Kind, StoredFile
from .owners import actor_key
from .previews import PDF

# With the hour between runs of the cleaning an unattached file is gone within a day.
ORPHAN_AGE = timedelta(hours=23)
CLEANING_BATCH = 500


def store_image(*, upload: UploadedFile, actor: Actor) -> StoredFile:
    """Check a picture, draw it anew in all variants and keep it, unattached. Raises the errors of ``files.errors``."""
    inspected = inspection.inspect(upload, types=IMAGE_TYPES, max_bytes=IMAGE_MAX_BYTES)
    return _store(inspected, actor=actor)


def store_attachment(*, upload: UploadedFile, actor: Actor) -> StoredFile:
    """Check a document, picture, video or sound and keep it, unattached. Raises the errors of ``files.errors``."""
    is_media = names.display_name(upload.name or "").rpartition(".")[2] in MEDIA_TYPES
    inspected = inspection.inspect(
        upload, types={**ATTACHMENT_TYPES, **MEDIA_TYPES}, max_bytes=MEDIA_MAX_BYTES if is_media else ATTACHMENT_MAX_BYTES
    )
    return _store(inspected, actor=actor)


def store_media(*, upload: UploadedFile, actor: Actor) -> StoredFile:
    """Check a video or sound (MP4 with H.264, M4A, MP3; up to 60 MB) and keep it, unattached. Raises as ``store_image``."""
    inspected = inspection.inspect(upload, types=MEDIA_TYPES, max_bytes=MEDIA_MAX_BYTES)
    return _store(inspected, actor=actor)


@transaction.atomic
def store_generated(*, content: bytes, name: str, content_type: str, owner: str, actor: Actor) -> StoredFile:
    """Keep a file that the platform made itself, belonging to ``owner`` from the start. Raises ``QuotaExceeded``."""
    quota.check_room(len(content))
    file_id, at = uuid7(), clock.now()
    file = StoredFile(
        id=file_id, kind=Kind.ATTACHMENT, original_name=names.display_name(name), content_type=content_type,
        size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest(), storage_key=blobs.new_key(file_id),
        owner=owner, created_by=actor_key(actor), created_by_name=actor.display_name, created_at=at,
        variants={ORIGINAL: {"content_type": content_type, "size_bytes": len(content), "width": 0, "height": 0}},
    )  # fmt: skip
    blobs.write(file.blob_key(ORIGINAL), content)
    file.save(force_insert=True)
    return file


@transaction.atomic
def remove(*, owner: str) -> int:
    """Remove all files of ``owner`` at once, for what must not be kept. Returns how many."""
    files = list(StoredFile.objects.select_for_update().filter(owner=owner))
    keys = [file.blob_key(variant) for file in files for variant in file.variants]
    StoredFile.objects.filter(pk__in=[file.pk for file in files]).delete()
    transaction.on_commit(lambda: blobs.remove(keys))
    return len(files)


@transaction.atomic
def _store(inspected: inspection.Inspected, *, actor: Actor) -> StoredFile:
    """Write the blobs, then the row. Should the transaction fail, the blobs are strays and cleaned like orphans."""
    quota.check_room(inspected.size_bytes)
    file_id, at = uuid7(), clock.now()
    original = inspected.variants[0]
    file = StoredFile(
        id=file_id, kind=inspected.kind, original_name=inspected.name, content_type=original.content_type,
        size_bytes=inspected.size_bytes, sha256=inspected.sha256, width=original.width or None,
        height=original.height or None, storage_key=blobs.new_key(file_id), created_by=actor_key(actor),
        created_by_name=actor.display_name, created_at=at, unattached_at=at,
        variants={
            variant.name: {
                "content_type": variant.content_type, "size_bytes": len(variant.content),
                "width": variant.width, "height": variant.height,
            }
            for variant in inspected.variants
        },
    )  # fmt: skip
    if inspected.duration_seconds:
        file.variants[ORIGINAL]["duration_seconds"] = inspected.duration_seconds
    for variant in inspected.variants:
        blobs.write(file.blob_key(variant.name), variant.content)
    file.save(force_insert=True)
    if file.content_type == PDF:
        enqueue("files.draw_pages", file_id=file.pk)
    _plan_cleaning(at)
    return file


@transaction.atomic
def attach(*, file_ids: Iterable[uuid.UUID], owner: str, actor: Actor) -> dict[uuid.UUID, StoredFile]:
    """Give files to ``owner`` (``"<module>.<object>:<id>"``): those that ``actor`` uploaded and nobody has, or that it has.

    Returns them by id. Raises ``FileNotYours`` when any id is none of these; then nothing is attached. Locks the rows.
    """
    wanted = set(file_ids)
    files = {file.id: file for file in StoredFile.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    for file_id in wanted:
        file = files.get(file_id)
        if file is None or not (file.owner == owner or (not file.is_attached and file.created_by == actor_key(actor))):
            raise FileNotYours
    fresh = [file for file in files.values() if not file.is_attached]
    for file in fresh:
        file.owner, file.unattached_at = owner, None
    StoredFile.objects.bulk_update(fresh, ("owner", "unattached_at"))
    return files


@transaction.atomic
def release(*, owner: str, keep: Iterable[uuid.UUID] = (), at: datetime) -> int:
    """Take from ``owner`` all its files but ``keep``; they are removed a day later. Returns how many."""
    count = StoredFile.objects.filter(owner=owner).exclude(pk__in=list(keep)).update(owner="", unattached_at=at)
    if count:
        _plan_cleaning(at)
    return count


def _plan_cleaning(at: datetime) -> None:
    """One run an hour is enough, however much is uploaded in it."""
    due = (at + ORPHAN_AGE).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    enqueue("files.remove_orphans", at=due, key=f"files.remove_orphans:{due:%Y%m%d%H}")


@transaction.atomic
def remove_orphans(*, at: datetime) -> int:
    """Remove files that nobody has owned for a day, and blobs without a row. Idempotent. Returns how many files."""
    before = at - ORPHAN_AGE
    orphans = list(
        StoredFile.objects.select_for_update(skip_locked=True)
        .filter(unattached_at__lt=before)
        .order_by("unattached_at")[:CLEANING_BATCH]
    )
    keys = [file.blob_key(variant) for file in orphans for variant in file.variants]
    StoredFile.objects.filter(pk__in=[file.pk for file in orphans]).delete()
    known = set(StoredFile.objects.values_list("storage_key", flat=True))
    known |= {file.storage_key for file in orphans}
    keys += blobs.strays(known, before=before)
    transaction.on_commit(lambda: blobs.remove(keys))
    return len(orphans)
