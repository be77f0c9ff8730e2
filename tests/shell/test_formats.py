from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from jiceng.shell import formats

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


@pytest.fixture(autouse=True)
def _shanghai():
    with timezone.override("Asia/Shanghai"):
        yield


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=59), "刚刚"),
        (timedelta(minutes=1), "1 分钟前"),
        (timedelta(minutes=59, seconds=59), "59 分钟前"),
        (timedelta(hours=1), "1 小时前"),
        (timedelta(hours=11, minutes=59), "11 小时前"),
        (timedelta(hours=12, minutes=1), "昨天 23:59"),
        (timedelta(hours=36), "昨天 00:00"),
        (timedelta(hours=36, seconds=1), "11月21日"),
        (timedelta(days=400), "2025年10月19日"),
        (-timedelta(hours=1), "11月23日 13:00"),
    ],
)
def test_ago(passed, text):
    assert formats.ago(NOW - passed, now=NOW) == text


def test_day_is_the_tenants_day():
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert formats.day(late, now=NOW) == "11月23日"
    with timezone.override("UTC"):
        assert formats.day(late, now=NOW) == "11月22日"
    assert formats.day(None, now=NOW) == ""


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, ""), (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (1536, "1.5 KB"), (5 * 1024**2, "5.0 MB"),
     (300 * 1024**3, "300 GB"), (2**60, "1048576 TB")],
)  # fmt: skip
def test_filesize(size, text):
    assert formats.filesize(size) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("13800000227", "138****0227"),
        ("02083331234", "020****1234"),
        ("12345", "***45"),
        ("1", "1"),
        ("", ""),
        (None, ""),
    ],
)
def test_masked_phone(number, text):
    assert formats.masked_phone(number) == text


def test_avatar_is_stable():
    assert formats.initial("  欧阳娜") == "欧"
    assert formats.initial(None) == "?"
    assert formats.colour_class("李明") == formats.colour_class("李明")
    assert {formats.colour_class(str(index)) for index in range(50)} == {"c0", "c1", "c2", "c3"}


def test_plain_values():
    assert [formats.plain(value) for value in (True, False, None, "", ["甲", True], 0, "文")] == [
        "是", "否", "—", "—", "甲、是", "0", "文",
    ]  # fmt: skip


def test_number():
    assert [formats.number(value) for value in (0, 1234567, 2.5, 3.0)] == ["0", "1,234,567", "2.5", "3"]
