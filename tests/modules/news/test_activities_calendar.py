"""The calendar file, octet by octet."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest

from modules.news.models import Activity, Article
from modules.news.services.activities_calendar import calendar_file, escaped, folded

STARTS = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
PK = uuid.UUID("01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a11")


def made(**more):
    article = Article(pk=PK, version=3, updated_at=STARTS, **{"title": "义务植树", "summary": "", **more})
    activity = Activity(
        article=article, starts_at=STARTS, ends_at=STARTS.replace(hour=3), place="湿地公园，南门; 2\\号"
    )
    return calendar_file(article=article, activity=activity, url="https://hq.example/news/1/", at=STARTS.replace(day=1))


def test_the_whole_file():
    assert made(summary="带手套,\n带水").decode().split("\r\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Jiceng//News//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "BEGIN:VEVENT", f"UID:{PK}", "SEQUENCE:3", "DTSTAMP:20260301T010000Z", "LAST-MODIFIED:20260306T010000Z",
        "DTSTART:20260306T010000Z", "DTEND:20260306T030000Z", "SUMMARY:义务植树", "LOCATION:湿地公园，南门\\; 2\\\\号",
        "DESCRIPTION:带手套\\,\\n带水", "URL:https://hq.example/news/1/", "STATUS:CONFIRMED", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip


@pytest.mark.parametrize("shift", range(4), ids=str)
def test_long_lines_are_folded_between_characters(shift):
    title = "a" * shift + "植树😀" * 40
    content = made(title=title)
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
    assert f"\r\nSUMMARY:{title}\r\n" in content.replace(b"\r\n ", b"").decode()
    assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")


def test_a_line_of_exactly_75_octets_stays_whole():
    assert [len(part) for part in folded("x" * 75)] == [75]
    assert [len(part) for part in folded("x" * 76)] == [75, 2]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("a\r\nb\rc\nd", r"a\nb\nc\nd"), ("a;b,c\\n", r"a\;b\,c\\n"), ("x\x00\x07y\tz", "xy\tz")],
    ids=["breaks", "marks", "controls"],
)
def test_texts_are_escaped(given, wanted):
    assert escaped(given) == wanted


def test_nothing_typed_begins_a_line_of_its_own():
    content = made(title="植树\r\nATTENDEE:mailto:x@example.test\nEND:VEVENT", summary="\r\nBEGIN:VALARM").decode()
    names = re.findall(r"^([A-Z-]+)[:;]", content.replace("\r\n ", ""), re.MULTILINE)
    assert "ATTENDEE" not in names and names.count("BEGIN") == names.count("END") == 2
