"""Names, dates, genders and ethnicities as people write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from jiceng.kernel.errors import Invalid
from jiceng.kernel.text import clean

from .faults import ValueFault

NAME_LENGTH = 50
# GB/T 3304-1991, the 56 ethnic groups.
ETHNICITIES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()
_ETHNICITY = {word: f"{name}族" for name in ETHNICITIES for word in (name, f"{name}族")}
_GENDER = {
    "男": "male",
    "女": "female",
    "男性": "male",
    "女性": "female",
    "male": "male",
    "female": "female",
    "m": "male",
    "f": "female",
}
_YES = {"是", "有", "对", "1", "y", "yes", "true", "√", "✓", "显示"}
_NO = {"否", "无", "不", "0", "n", "no", "false", "×", "不显示"}
_DOTS = re.compile(r"[・•．‧∙]|(?<=[\u4e00-\u9fff])\.(?=[\u4e00-\u9fff])")
_HAN_ONLY = re.compile(r"[^A-Za-z]*")
_BAD_IN_NAME = re.compile(r"[0-9０-９@#$%^&*_=+<>{}\[\]\\/|~`!?？！；;：:，,。、\"“”]")
_DATE = re.compile(r"(\d{4})[-./年\s](\d{1,2})(?:[-./月\s](\d{1,2}))?[日号]?(?:[T\s]\d{1,2}:\d{2}.*)?月?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_DATE_SPACES = re.compile(r"\s*([-./年月])\s*")
FIRST_YEAR, LAST_YEAR = 1900, 2100
EXCEL_EPOCH = date(1899, 12, 30)  # day 0 of the 1900 system, its false leap day allowed for
FIRST_SERIAL, LAST_SERIAL = 367, 73415  # 1901 to 2100: outside it is more likely a year or a count


def clean_name(raw: object) -> str:
    """A name in its one form: ``"张　三"`` -> ``"张三"``, every dot in a minority name -> ``"·"``. Raises ``ValueFault``."""
    try:
        name = clean(str(raw if raw is not None else ""))
    except Invalid as error:
        raise ValueFault("name_invalid", error.detail) from error
    if _HAN_ONLY.fullmatch(name):
        name = re.sub(r"\s+", "", name)
    name = re.sub(r"\s+", " ", _DOTS.sub("·", name))
    if len(name) > NAME_LENGTH:
        raise ValueFault("too_long", f"姓名不能超过 {NAME_LENGTH} 个字。")
    if _BAD_IN_NAME.search(name):
        raise ValueFault("name_invalid", "姓名中不能有数字和符号，请核对。")
    return name


def parse_date(value: object) -> date:
    """A day from a date, an Excel serial number, or text such as 1998.7.1, 1998年7月1日, 19980701, 1998-07 (the first).

    Raises ``ValueFault``.
    """
    if isinstance(value, datetime):
        day = value.date()
    elif isinstance(value, date):
        day = value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        day = _from_number(value)
    else:
        day = _from_text(unicodedata.normalize("NFKC", str(value)).strip())
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueFault("date_invalid", "日期的年份不合理，请核对。")
    return day


def parse_gender(raw: object) -> str:
    found = _GENDER.get(unicodedata.normalize("NFKC", str(raw)).strip().lower())
    if found is None:
        raise ValueFault("choice", "性别请填写“男”或“女”。")
    return found


def parse_ethnicity(raw: object) -> str:
    """``"汉"`` -> ``"汉族"``."""
    words = re.sub(r"\s+", "", str(raw))
    if words in _ETHNICITY:
        return _ETHNICITY[words]
    if words in ("其他", "未识别民族", "外国血统中国籍人士"):
        return words
    raise ValueFault("choice", "民族请填写规范名称，例如“汉族”“维吾尔族”。")


def parse_yes(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    words = unicodedata.normalize("NFKC", str(raw)).strip().lower().removesuffix(".0")
    if words in _YES or words in _NO:
        return words in _YES
    raise ValueFault("choice", "请填写“是”或“否”。")


def _from_serial(number: float) -> date | None:
    return EXCEL_EPOCH + timedelta(days=int(number)) if FIRST_SERIAL <= number <= LAST_SERIAL else None


def _from_number(number: float) -> date:
    """A table keeps a typed 1998.07 as the number 1998.07, and a typed 1998.10 as 1998.1: whether that is January is lost."""
    text = repr(number).removesuffix(".0")
    if not FIRST_YEAR <= number < LAST_YEAR + 1:
        return _from_serial(number) or _from_text(text)
    if text.endswith(".1"):
        raise ValueFault("date_ambiguous", "分不清是 1 月还是 10 月；请把这一列设为“文本”格式，或写成 2020-01。")
    return _from_text(text)


def _from_text(text: str) -> date:
    text = _DATE_SPACES.sub(r"\1", text.removesuffix(".0")).rstrip(".")
    if re.fullmatch(r"\d{5}", text) and (day := _from_serial(float(text))):
        return day
    found = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None:
        raise ValueFault("date_invalid", "日期看不懂，请写成 2020-01-31 或 2020年1月31日。")
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError as error:
        raise ValueFault("date_impossible", "没有这一天，请核对日期。") from error
