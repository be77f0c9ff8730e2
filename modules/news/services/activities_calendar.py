"""One activity as a calendar file (RFC 5545), written by hand: a dozen lines do not need a library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from ..models import Activity, Article

# Octets of UTF-8 in a line, without its end (RFC 5545, 3.1).
LINE_OCTETS = 75
_BREAKS = re.compile(r"\r\n|\r|\n")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def calendar_file(*, article: Article, activity: Activity, url: str, at: datetime) -> bytes:
    """A calendar with one event. ``url``: absolute, the article's page; ``at``: when the file is made.

    The same article is always the same event; calendars replace it when its version has grown.
    """
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Jiceng//News//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "BEGIN:VEVENT", f"UID:{article.pk}", f"SEQUENCE:{article.version}", f"DTSTAMP:{_moment(at)}",
        f"LAST-MODIFIED:{_moment(article.updated_at)}", f"DTSTART:{_moment(activity.starts_at)}",
        f"DTEND:{_moment(activity.ends_at)}", f"SUMMARY:{escaped(article.title)}", f"LOCATION:{escaped(activity.place)}",
        *([f"DESCRIPTION:{escaped(article.summary)}"] if article.summary else []), f"URL:{url}", "STATUS:CONFIRMED",
        "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    return b"".join(part + b"\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    """``text`` as a TEXT value: backslashes, semicolons, commas and line breaks escaped, control characters left out."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return _CONTROLS.sub("", _BREAKS.sub(r"\\n", text))


def folded(line: str) -> Iterator[bytes]:
    """``line`` in parts of at most 75 octets, each but the first beginning with a blank; no character is cut in two."""
    part = b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LINE_OCTETS:
            yield part
            part = b" "
        part += octets
    yield part


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
