"""Files that the platform makes itself: theirs from the start, gone at a word, within the quota."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage

from jiceng.access.actor import Actor
from jiceng.files import blobs, quota, services
from jiceng.files.errors import QuotaExceeded
from jiceng.files.models import StoredFile

OWNER = "members.rosterexport:1"


def generate(content: bytes = b"rows", owner: str = OWNER) -> StoredFile:
    return services.store_generated(
        content=content, name="名册 a/b.xlsx", content_type="text/plain", owner=owner, actor=Actor.system()
    )


def test_kept_for_its_owner_under_a_harmless_name(in_hongqi):
    file = generate()
    assert (file.original_name, file.owner, file.unattached_at) == ("b.xlsx", OWNER, None)
    assert blobs.read(file, "original").read() == b"rows"
    assert file.storage_key.startswith(f"{in_hongqi.id}/")


def test_removed_at_once_with_its_bytes(in_hongqi, django_capture_on_commit_callbacks):
    file, other = generate(), generate(owner="members.rosterexport:2")
    with django_capture_on_commit_callbacks(execute=True):
        assert services.remove(owner=OWNER) == 1
    assert list(StoredFile.objects.all()) == [other]
    assert not default_storage.exists(file.blob_key("original"))
    assert default_storage.exists(other.blob_key("original"))
    assert services.remove(owner=OWNER) == 0


def test_counts_against_the_quota(in_hongqi, settings):
    settings.FILE_QUOTA = "tests.files.test_generated.three_bytes"
    with pytest.raises(QuotaExceeded):
        generate()
    assert not StoredFile.objects.exists()
    assert quota.used_bytes() == 0


def three_bytes() -> int:
    return 3
