"""The columns a roster may have, what people call them, and guessing which is which."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

GOOD_GUESS = 85


@dataclass(frozen=True, slots=True)
class Column:
    """``code``: a person's field, or ``<body>_unit``, ``<body>_state``, ``<body>_joined``, ``party_confirmed``.

    ``hint``: what the template says of it. ``example``: of the template's sample row.
    """

    code: str
    label: Any
    aliases: tuple[str, ...] = ()
    hint: Any = ""
    example: str = ""
    is_text: bool = False


COLUMNS: Mapping[str, Column] = {
    column.code: column
    for column in (
        Column("name", _("姓名"), ("名字", "人员姓名", "党员姓名", "职工姓名"), _("必填"), "张三（示例）"),
        Column("employee_number", _("工号"), ("员工编号", "职工号", "人员编号", "员工号"), "", "A0001", is_text=True),
        Column("gender", _("性别"), (), _("男、女"), "男"),
        Column("ethnicity", _("民族"), (), "", "汉族"),
        Column("id_number", _("证件号码"), ("身份证号", "身份证号码", "公民身份号码", "身份证", "证件号"),
               _("18 位身份证号，或护照、通行证号码"), "", is_text=True),
        Column("birth_date", _("出生日期"), ("出生年月", "生日", "出生年月日"), _("例如 1990-01-31"), "1990-01-31"),
        Column("phone", _("手机号码"), ("手机", "手机号", "联系电话", "联系方式", "电话", "移动电话", "本人手机"), "", "13800138000", is_text=True),
        Column("office_phone", _("办公电话"), ("单位电话", "座机", "固定电话", "分机"), "", "", is_text=True),
        Column("email", _("电子邮箱"), ("邮箱", "电子邮件", "email", "e-mail"), "", ""),
        Column("education", _("学历"), ("文化程度", "最高学历"), "", "本科"),
        Column("staff_unit", _("所在部门"), ("部门", "所属部门", "科室", "工作部门", "单位部门", "所在科室", "单位", "工作单位", "所在单位"),
               _("行政部门名称，可写上级，例如 政务大厅/受理一组"), "综合科"),
        Column("title", _("职务"), ("岗位", "现任职务", "职务名称", "行政职务"), "", "科员"),
        Column("work_start_date", _("参加工作时间"), ("参加工作日期", "工作时间"), "", ""),
        Column("hire_date", _("入职日期"), ("入职时间", "到岗日期", "进入本单位时间"), "", "2015-07-01"),
        Column("staff_state", _("在岗状态"), ("人员状态", "在职状态", "状态"), _("在职、试用期、退休、借调在外"), "在职"),
        Column("party_state", _("政治面貌"), ("党员类型", "党员类别", "人员类别", "党员状态"),
               _("正式党员、预备党员、发展对象、入党积极分子、入党申请人、共青团员、群众"), "正式党员"),
        Column("party_unit", _("所在党支部"), ("党支部", "所在党组织", "所属党支部", "支部", "所在支部", "所属支部", "组织关系所在支部", "支部名称"),
               "", "综合科党支部"),
        Column("party_joined", _("入党时间"), ("入党日期", "入党年月", "加入党组织日期"), "", "2018-06-30"),
        Column("party_confirmed", _("转正时间"), ("转正日期", "转为正式党员日期"), "", "2019-06-30"),
        Column("union_unit", _("所在工会小组"), ("工会小组", "所在工会", "工会"), "", ""),
        Column("union_joined", _("入会时间"), ("加入工会时间", "入会日期"), "", ""),
        Column("league_unit", _("所在团支部"), ("团支部", "团组织", "所在团组织"), "", ""),
        Column("league_joined", _("入团时间"), ("入团日期",), "", ""),
        Column("women_unit", _("所在妇联组织"), ("妇联", "妇女小组", "妇联组织"), "", ""),
    )
}  # fmt: skip
# 政治面貌 as people write it -> (body, state); no Party membership for the last two.
POLITICAL_STATUS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("正式党员", "中共党员", "党员", "中共正式党员"), ("party", "full")),
    **dict.fromkeys(("预备党员", "中共预备党员"), ("party", "probationary")),
    **dict.fromkeys(("发展对象", "党员发展对象"), ("party", "candidate")),
    **dict.fromkeys(("入党积极分子", "积极分子"), ("party", "activist")),
    **dict.fromkeys(("入党申请人", "申请人"), ("party", "applicant")),
    **dict.fromkeys(("共青团员", "团员"), ("league", "member")),
    **dict.fromkeys(("群众", "无党派", "无", "民主党派"), ("", "")),
}
STAFF_STATUS: Mapping[str, str] = {
    **dict.fromkeys(("在职", "在岗", "正式", "正式在职"), "regular"),
    **dict.fromkeys(("试用", "试用期", "见习"), "probation"),
    **dict.fromkeys(("退休", "离退休", "离休"), "retired"),
    **dict.fromkeys(("借调", "借调在外", "外派"), "seconded"),
}
_NOISE = re.compile(r"[\s*＊:：\-]|[（(].*?[)）]|必填|选填")


def guess_mapping(headers: Sequence[str]) -> dict[int, str]:
    """Column number (from 0) -> target code; each target at most once, the best fit wins. Unknown ones are left out."""
    scored = sorted(
        (
            (-_score(header, column.code), place, column.code)
            for place, header in enumerate(headers)
            if header
            for column in COLUMNS.values()
            if _score(header, column.code) >= GOOD_GUESS
        ),
    )
    mapping: dict[int, str] = {}
    for _minus, place, code in scored:
        if place not in mapping and code not in mapping.values():
            mapping[place] = code
    return dict(sorted(mapping.items()))


def known_header_count(cells: Sequence[str]) -> int:
    """How many of ``cells`` are names of columns, literally."""
    exact = _exact_names()
    return sum(1 for cell in cells if cell and len(cell) <= 40 and _normal(cell) in exact)


@lru_cache(maxsize=4096)
def _score(header: str, code: str) -> float:
    wanted = _normal(header)
    if not wanted:
        return 0
    own, aliases = _names(code)
    # The name itself before an alias, the alias named first before later ones, all before what only looks alike.
    if wanted in own:
        return 101
    if wanted in aliases:
        return 100 - aliases.index(wanted) / 100
    return max(fuzz.ratio(wanted, name) for name in (*own, *aliases))


@lru_cache(maxsize=1)
def _exact_names() -> frozenset[str]:
    return frozenset(name for code in COLUMNS for names in _names(code) for name in names)


@lru_cache(maxsize=len(COLUMNS))
def _names(code: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The column's own names and what else it is called. In every language: a template may be filled in in another."""
    column = COLUMNS[code]
    own = {code}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            own.add(str(column.label))
    return frozenset(map(_normal, own)), tuple(map(_normal, column.aliases))


def _normal(name: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).lower()
