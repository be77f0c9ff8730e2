"""Video and sound: what plays is kept with its length, everything else is refused; players may jump ahead."""

from __future__ import annotations

import struct

import pytest

from jiceng.access.actor import Actor
from jiceng.files import errors, services
from jiceng.files.models import StoredFile
from tenants.context import tenant_scope
from tests.files import samples

MOVIE = samples.movie()


@pytest.fixture
def store(hongqi, people):
    """``store(name, content)`` as the member."""
    actor = Actor.for_user(people(hongqi).member)

    def make(name: str, content: bytes) -> StoredFile:
        with tenant_scope(hongqi):
            return services.store_media(upload=samples.upload(name, content), actor=actor)

    return make


@pytest.mark.parametrize(
    ("name", "content", "content_type", "seconds"),
    [
        ("党课.mp4", MOVIE, "video/mp4", 90),
        ("党课.mp4", samples.movie(seconds=3600, wide=True), "video/mp4", 3600),
        ("无声.mp4", samples.movie(codecs=(b"avc1",)), "video/mp4", 90),
        ("录音.m4a", samples.movie(codecs=(b"mp4a",)), "audio/mp4", 90),
        ("录音.mp3", samples.song(), "audio/mpeg", 11),
        ("录音.mp3", samples.song(tag=b"TIT2 hello"), "audio/mpeg", 11),
    ],
    ids=["mp4", "64-bit times", "no sound", "m4a", "mp3", "mp3 with a tag"],
)
def test_what_plays_is_kept(store, name, content, content_type, seconds):
    file = store(name, content)
    assert (file.content_type, file.duration_seconds, file.is_media) == (content_type, seconds, True)


def broken_size(kind: bytes, size: int) -> bytes:
    at = MOVIE.index(kind) - 4
    return MOVIE[:at] + struct.pack(">I", size) + MOVIE[at + 4 :]


HOSTILE = {
    "page as mp4": ("a.mp4", b"<html><script>alert(1)</script>", errors.ContentMismatch),
    "page as mp3": ("a.mp3", b"<script>alert(1)</script>" + samples.song(), errors.ContentMismatch),
    "program as mp4": ("a.mp4", b"MZ" + b"\x00" * 400, errors.ContentMismatch),
    "pdf as mp3": ("a.mp3", b"%PDF-1.7 " + b"x" * 400, errors.ContentMismatch),
    "zip as mp4": ("a.mp4", samples.archive({"a": b"b"}), errors.ContentMismatch),
    "empty": ("a.mp4", b"", errors.UploadEmpty),
    "other type": ("a.avi", MOVIE, errors.TypeRefused),
    "flash": ("a.swf", b"FWS", errors.TypeRefused),
    "cut off": ("a.mp4", MOVIE[:-500], errors.MediaBroken),
    "box beyond the end": ("a.mp4", broken_size(b"moov", 0x7FFFFFFF), errors.MediaBroken),
    "box of size 4": ("a.mp4", broken_size(b"mdat", 4), errors.MediaBroken),
    "endless inner box": ("a.mp4", broken_size(b"trak", 0xFFFFFFFF), errors.MediaBroken),
    "no movie": ("a.mp4", samples.box(b"ftyp", b"isom\x00\x00\x02\x00isom") + samples.box(b"mdat", b"\x00" * 99), errors.MediaBroken),
    "no length": ("a.mp4", samples.movie(seconds=0), errors.MediaBroken),
    "a day long": ("a.mp4", samples.movie(seconds=86_400), errors.MediaBroken),
    "codec of few phones": ("a.mp4", samples.movie(codecs=(b"hev1", b"mp4a")), errors.MediaUnplayable),
    "sound called video": ("a.mp4", samples.movie(codecs=(b"mp4a",)), errors.MediaUnplayable),
    "video called sound": ("a.m4a", MOVIE, errors.MediaUnplayable),
    "mp3 with a program behind": ("a.mp3", samples.song(10) + b"\x7fELF" + b"\x00" * 100_000, errors.MediaBroken),
    "two frames only": ("a.mp3", samples.song(2) + b"\x00" * 400, errors.ContentMismatch),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_does_not_is_refused(store, hongqi, name):
    file_name, content, refusal = HOSTILE[name]
    with pytest.raises(refusal):
        store(file_name, content)
    with tenant_scope(hongqi):
        assert not StoredFile.objects.exists()


RANGES = {
    "the first bytes": ("bytes=0-9", 206, "0-9"), "from the middle": ("bytes=100-", 206, f"100-{len(MOVIE) - 1}"),
    "the last ten": ("bytes=-10", 206, f"{len(MOVIE) - 10}-{len(MOVIE) - 1}"),
    "more than there is": ("bytes=10-99999999", 206, f"10-{len(MOVIE) - 1}"),
    "behind the end": (f"bytes={len(MOVIE)}-", 416, None), "backwards": ("bytes=9-3", 416, None), "none": ("bytes=-0", 416, None),
    "several": ("bytes=0-1,5-6", 200, None), "another unit": ("pages=1-2", 200, None), "empty": ("bytes=-", 200, None),
}  # fmt: skip


@pytest.mark.parametrize("name", RANGES)
def test_players_jump_ahead(store, client_for, people, hongqi, name):
    header, status, span = RANGES[name]
    file = store("党课.mp4", MOVIE)
    client = client_for(hongqi).login_as(people(hongqi).member)
    answer = client.get(file.url(), headers={"Range": header})
    assert answer.status_code == status
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "attachment" not in answer.get("Content-Disposition", "")
    if status == 416:
        assert answer["Content-Range"] == f"bytes */{len(MOVIE)}"
        return
    content = b"".join(answer.streaming_content)
    first, last = map(int, span.split("-")) if span else (0, len(MOVIE) - 1)
    assert content == MOVIE[first : last + 1]
    assert int(answer["Content-Length"]) == len(content)
    assert answer.get("Content-Range") == (f"bytes {span}/{len(MOVIE)}" if span else None)


def test_a_changed_file_is_sent_whole(store, client_for, people, hongqi):
    file = store("党课.mp4", MOVIE)
    client = client_for(hongqi).login_as(people(hongqi).member)
    etag = client.get(file.url())["ETag"]
    assert client.get(file.url(), headers={"Range": "bytes=0-9", "If-Range": etag}).status_code == 206
    assert client.get(file.url(), headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200


def test_attachments_may_play_too(hongqi, people):
    actor = Actor.for_user(people(hongqi).member)
    with tenant_scope(hongqi):
        file = services.store_attachment(upload=samples.upload("现场.mp4", MOVIE), actor=actor)
        assert (file.is_media, file.duration_seconds) == (True, 90)
        with pytest.raises(errors.UploadTooLarge):
            services.store_attachment(upload=samples.upload("大.txt", b"x" * (31 * 1024 * 1024)), actor=actor)
