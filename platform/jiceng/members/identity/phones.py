"""Telephone numbers as people write them."""

from __future__ import annotations

import re
import unicodedata

from .faults import ValueFault

_NOISE = re.compile(r"[\s\-—–.()（）·]+")
_PREFIX = re.compile(r"^(?:\+?86|0086)(?=1[3-9][0-9]{9}$)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_FOREIGN = re.compile(r"\+(?!86)[1-9][0-9]{6,14}")
_AS_NUMBER = re.compile(r"\d\.\d+E\+?\d+", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?:\+?86-?)?(?:0\d{2,3}-?)?[1-9]\d{6,7}(?:(?:-|转|x)\d{1,6})?|\d{3,8}|(?:400|800)-?\d{3}-?\d{4}|1[3-9]\d{9}",
    re.ASCII,
)


def normalise_phone(raw: object) -> str:
    """``"13800138000"``, or ``"+85261234567"`` for numbers from elsewhere. Raises ``ValueFault``."""
    text = unicodedata.normalize("NFKC", str(raw)).strip().removesuffix(".0")
    if _AS_NUMBER.fullmatch(text):
        raise ValueFault("phone_as_number", "手机号码被表格当成了数字，请把这一列设为“文本”格式后重新填写。")
    number = _NOISE.sub("", text)
    if number.startswith("00") and not number.startswith("0086"):
        number = f"+{number[2:]}"
    number = _PREFIX.sub("", number)
    if _MOBILE.fullmatch(number) or _FOREIGN.fullmatch(number):
        return number
    digits = len(re.sub(r"\D", "", number))
    if number.startswith("1") and digits != 11:
        raise ValueFault("phone_length", f"手机号码应为 11 位，这里有 {digits} 位，请核对。")
    raise ValueFault("phone_invalid", "手机号码的格式不对；座机请填在“办公电话”，境外号码请以 + 和国家或地区代码开头。")


def normalise_office_phone(raw: object) -> str:
    """A number at work, extensions and short numbers too: ``"010-87654321转123"``. Raises ``ValueFault``."""
    number = re.sub(r"[\s()（）]+", "", unicodedata.normalize("NFKC", str(raw)).replace("—", "-").replace("–", "-"))
    number = number.removesuffix(".0")
    if len(number) <= 30 and _OFFICE.fullmatch(number):
        return number
    raise ValueFault("office_phone_invalid", "办公电话的格式不对，例如 010-87654321、87654321转801。")


def mask_phone(number: str) -> str:
    """``"138****0001"``."""
    if len(number) < 3:
        return "*" * len(number)
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 10 else f"{'*' * (len(number) - 2)}{number[-2:]}"
