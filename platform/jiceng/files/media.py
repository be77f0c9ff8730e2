"""Video and sound, proved by walking their structure to the end; how long they play.

ISO/IEC 14496-12 (boxes of MP4 and M4A), ISO/IEC 11172-3 and 13818-3 (frames of MP3), ID3v2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .errors import ContentMismatch, MediaBroken, MediaUnplayable

# What cheap phones play. Sample entries of H.264 and AAC.
VIDEO, SOUND = {"avc1", "avc3"}, {"mp4a"}
LONGEST_SECONDS = 4 * 3600
BOXES_AT_MOST = 10_000
# Frames of MP3 in a row that make it more than an accident.
FRAMES_NEEDED = 3
_CONTAINERS = {"moov", "trak", "mdia", "minf", "stbl"}
_BITRATES = {
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG-1, layer III, kbit/s
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG-2 and 2.5
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


class Box(NamedTuple):
    """``start``/``end``: of what is inside."""

    path: str
    start: int
    end: int


def duration_of(content: bytes, parser: str) -> int:
    """Whole seconds, rounded up. Raises ``ContentMismatch``, ``MediaBroken``, ``MediaUnplayable``."""
    seconds = _mp3_seconds(content) if parser == "mp3" else _iso_seconds(content, wants_video=parser == "mp4")
    if not 0 < seconds <= LONGEST_SECONDS:
        raise MediaBroken
    return int(-(-seconds // 1))


def _iso_seconds(content: bytes, *, wants_video: bool) -> float:
    boxes = list(_boxes(content, 0, len(content), ""))
    kinds = [box.path for box in boxes]
    if not kinds or kinds[0] != "/ftyp":
        raise ContentMismatch
    if kinds.count("/moov") != 1 or "/mdat" not in kinds:
        raise MediaBroken
    entries = {entry for box in boxes if box.path.endswith("/stbl/stsd") for entry in _entries(content, box)}
    has_picture, has_sound = bool(entries & VIDEO), bool(entries & SOUND)
    if entries - VIDEO - SOUND or (not has_picture if wants_video else has_picture or not has_sound):
        raise MediaUnplayable
    header = next((box for box in boxes if box.path == "/moov/mvhd"), None)
    if header is None:
        raise MediaBroken
    return _movie_seconds(content[header.start : header.end])


def _boxes(content: bytes, start: int, end: int, path: str) -> Iterator[Box]:
    """Every box, outer before inner. They must fill ``start``–``end`` exactly."""
    seen = 0
    while start < end:
        seen += 1
        size = int.from_bytes(content[start : start + 4], "big")
        kind = content[start + 4 : start + 8]
        inside = start + 8
        if size == 1:
            size, inside = int.from_bytes(content[start + 8 : start + 16], "big"), start + 16
        elif size == 0 and not path:
            size = end - start
        if seen > BOXES_AT_MOST or not kind.isascii() or inside > start + size or start + size > end:
            raise MediaBroken
        name = kind.decode("ascii")
        yield Box(f"{path}/{name}", inside, start + size)
        if name in _CONTAINERS:
            yield from _boxes(content, inside, start + size, f"{path}/{name}")
        start += size


def _entries(content: bytes, box: Box) -> list[str]:
    """Codec names of a sample description."""
    found, at = [], box.start + 8
    for _number in range(min(int.from_bytes(content[box.start + 4 : box.start + 8], "big"), 8)):
        size = int.from_bytes(content[at : at + 4], "big")
        if size < 16 or at + size > box.end:
            raise MediaBroken
        found.append(content[at + 4 : at + 8].decode("latin-1"))
        at += size
    return found


def _movie_seconds(header: bytes) -> float:
    """``mvhd``: version 0 has 32-bit times, version 1 has 64-bit ones."""
    wide = header[:1] == b"\x01"
    at, width = (20, 8) if wide else (12, 4)
    scale = int.from_bytes(header[at : at + 4], "big")
    length = int.from_bytes(header[at + 4 : at + 4 + width], "big")
    if len(header) < at + 4 + width or not scale:
        raise MediaBroken
    return length / scale


def _mp3_seconds(content: bytes) -> float:
    """Adds up the frames; stops at what is none (tags at the end)."""
    at = _after_tag(content)
    seconds, frames = 0.0, 0
    while (frame := _frame(content, at)) is not None:
        length, lasts = frame
        at, seconds, frames = at + length, seconds + lasts, frames + 1
    if frames < FRAMES_NEEDED:
        raise ContentMismatch
    if at < len(content) - 64 * 1024:
        raise MediaBroken
    return seconds


def _after_tag(content: bytes) -> int:
    if content[:3] != b"ID3":
        return 0
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _frame(content: bytes, at: int) -> tuple[int, float] | None:
    """Bytes and seconds of the frame at ``at``; ``None`` where there is none, or only part of one."""
    head = content[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # sync word, layer III
        return None
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return None
    hertz, samples = _RATES[version][rate], 1152 if version == 3 else 576
    length = samples // 8 * _BITRATES[3 if version == 3 else 2][bitrate - 1] * 1000 // hertz + (head[2] >> 1 & 1)
    return (length, samples / hertz) if at + length <= len(content) else None

