"""A roster as offices keep them: a title over the table, merged cells, serial dates, spaced phones, slips of the pen."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from random import Random

from openpyxl import Workbook

from jiceng.members.identity import check_character

HEADERS = (
    "序号",
    "所在党支部",
    "姓 名",
    "性别",
    "民族",
    "身份证号码",
    "出生年月",
    "联系电话",
    "政治面貌",
    "入党时间",
    "部门",
    "职务",
)
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文斌玲建国志红梅"
RARE = ("𠮷䶮", "迪丽热巴·迪力木拉提", "欧阳　娜", "单于飞")
FIRST_ROW = 4  # title, subtitle, header come before
SERIAL_ZERO = dt.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Messy:
    """``content``: the workbook. Row numbers are the sheet's. ``people``: how many different ones it holds."""

    content: bytes
    wrong_checksum_row: int
    right_number: str
    twin_rows: tuple[int, ...]
    unknown_units: tuple[str, ...]
    people: int
    branches: tuple[str, ...]
    departments: tuple[str, ...]


def messy_roster(count: int = 3000, *, seed: int = 1921) -> Messy:
    """``count`` rows in blocks of one branch each, the branch's name in a merged cell beside them."""
    random = Random(seed)
    branches = tuple(f"第{n}党支部" for n in range(1, max(2, count // 60) + 1))
    departments = tuple(f"{n}科" for n in ("综合", "登记", "档案信息", "测绘", "财务", "法务"))
    rows = [_person(random, number, departments) for number in range(count)]
    for number, name in enumerate(RARE):
        rows[number * 7 + 3][2] = name
    twins = (count // 2, count - 5)
    for number in twins:
        rows[number] = [number + 1, *rows[number - 20][1:]]
    book = Workbook()
    sheet = book.active
    sheet.title = "党员名册"
    sheet.append(["滨江市不动产登记服务中心党员名册"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADERS))
    sheet.append(["填报单位：组织人事科", None, None, "2026年11月"])
    sheet.append(HEADERS)
    size = -(-count // len(branches))
    for number, row in enumerate(rows):
        row[1] = branches[number // size] if number % size == 0 else None
        sheet.append(row)
    for start in range(0, count, size):
        end = min(start + size, count) - 1
        sheet.merge_cells(start_row=FIRST_ROW + start, start_column=2, end_row=FIRST_ROW + end, end_column=2)
    wrong = FIRST_ROW + 11
    right = sheet.cell(wrong, 6).value
    sheet.cell(wrong, 6).value = right[:17] + ("0" if right[17] != "0" else "1")
    sheet.cell(FIRST_ROW + 30, 11).value = "档案信息"  # nearly a department
    sheet.cell(FIRST_ROW + 31, 11).value = "窗口服务处"  # none at all
    sheet.append(["合计", None, f"{count} 人"])
    stream = io.BytesIO()
    book.save(stream)
    return Messy(
        stream.getvalue(), wrong, right, tuple(FIRST_ROW + number for number in twins), ("档案信息", "窗口服务处"),
        count - len(twins), branches, departments,
    )  # fmt: skip


def _person(random: Random, number: int, departments: tuple[str, ...]) -> list[object]:
    born = dt.date(random.randint(1962, 2002), random.randint(1, 12), random.randint(1, 28))
    first17 = f"420106{born:%Y%m%d}{number % 1000:03d}"
    joined = dt.date(born.year + random.randint(20, 24), 7, 1)
    phone = f"1{random.choice('35789')}{random.randint(0, 999_999_999):09d}"
    return [
        number + 1, None, random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN),
        "男" if number % 1000 % 2 else "女", random.choice(("汉", "汉族", "回族", "土家")),
        first17 + check_character(first17), _written(random, born), _spaced(random, phone),
        random.choice(("正式党员", "正式党员", "预备党员", "中共党员")), _serial(joined), random.choice(departments),
        random.choice(("科员", "窗口受理员", None, "副科长")),
    ]  # fmt: skip


def _written(random: Random, day: dt.date) -> object:
    return random.choice((f"{day:%Y.%m.%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", _serial(day)))


def _serial(day: dt.date) -> int:
    return (day - SERIAL_ZERO).days


def _spaced(random: Random, phone: str) -> object:
    return random.choice(
        (
            phone,
            f"{phone[:3]} {phone[3:7]} {phone[7:]}",
            f"+86 {phone}",
            f"{phone[:3]}-{phone[3:7]}-{phone[7:]}",
            int(phone),
        )
    )
