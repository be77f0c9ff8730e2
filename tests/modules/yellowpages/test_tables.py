"""Lists in and out: what leaves is what comes in."""

from __future__ import annotations

import pytest

from modules.yellowpages import errors
from modules.yellowpages.models import Entry
from modules.yellowpages.services import tables
from tests.factories.news import MONDAY
from tests.files import samples

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
HEAD = "类别,名称,电话,地址,营业时间,简介,标签,公开"
GOOD = f"{HEAD}\n食堂餐饮,机关食堂,值班 010-12345678；010-1,和平路 1 号,一至五 07:00-08:30,早餐,早餐,是\n热线电话,便民热线,12345,,,,,否\n"


@pytest.fixture(autouse=True)
def categories(in_hongqi):
    kit.category()


def take(text, *, is_rehearsal=False):
    table = tables.read_upload(samples.upload("黄页.csv", text.encode("utf-8-sig"), "text/csv"))
    return tables.import_entries(table=table, is_rehearsal=is_rehearsal, actor=kit.SYSTEM, at=MONDAY)


def test_in_again_and_out():
    assert take(GOOD, is_rehearsal=True) == tables.Result(2, 0, 0, ())
    assert not Entry.objects.exists()
    assert take(GOOD) == tables.Result(2, 0, 0, ())
    assert take(GOOD) == tables.Result(0, 0, 2, ())
    rows = tables.export_entries(actor=kit.SYSTEM)
    assert rows[0] == (
        "食堂餐饮",
        "机关食堂",
        "值班 010-12345678；010-1",
        "和平路 1 号",
        "一至五 07:00-08:30",
        "早餐",
        "早餐",
        "是",
    )
    assert take(GOOD.replace("12345,", "12346,")) == tables.Result(0, 1, 1, ())


def test_one_fault_and_nothing_is_written():
    bad = GOOD + "没有的类别,甲,1,,,,,\n食堂餐饮,,,,,,,\n食堂餐饮,乙,打我,,,,,\n食堂餐饮,丙,,,随时,,,\n"
    result = take(bad)
    assert [number for number, _sentence in result.faults] == [4, 5, 6, 7]
    assert not Entry.objects.exists()


@pytest.mark.parametrize("text", ["名称\n甲\n", "", "类别\n食堂餐饮\n"])
def test_tables_without_the_columns(text):
    with pytest.raises(errors.TableInvalid):
        take(text)
    assert not Entry.objects.exists()


def test_hostile_files():
    for name, content in (("a.xlsx", samples.sheet_bomb()), ("a.xlsx", b"PK\x03\x04"), ("a.csv", b"\x00\x01\x02")):
        with pytest.raises(errors.TableInvalid):
            tables.read_upload(samples.upload(name, content))
