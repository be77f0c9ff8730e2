"""Normalising what identifies a person: document numbers, phones, names, dates. (First cut; see the package's owner.)"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from jiceng.kernel.errors import Invalid
from jiceng.kernel.text import clean

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


class ValueFault(ValueError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class IdNumber:
    kind: str
    number: str


def check_character(first17: str) -> str:
    return CHECKS[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def normalise_id_number(raw: str, kind: str = "") -> IdNumber:
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", str(raw))).upper()
    if re.fullmatch(r"\d{15}", number):
        number = number[:6] + "19" + number[6:]
        number += check_character(number)
    if re.fullmatch(r"\d{17}[\dX]", number):
        if check_character(number[:17]) != number[17]:
            raise ValueFault("id_checksum", "证件号码的校验位不对，请核对后重新填写。")
        parse_date(number[6:14])
        return IdNumber("resident", number)
    if kind in ("", "resident"):
        raise ValueFault("id_invalid", "证件号码的格式不对，请核对后重新填写。")
    return IdNumber(kind, number)


def mask_id_number(number: str) -> str:
    return number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 9 else number[:1] + "****" + number[-2:]


def normalise_phone(raw: object) -> str:
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", str(raw)))
    number = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", number)
    if not re.fullmatch(r"1[3-9]\d{9}|\+\d{6,15}", number):
        raise ValueFault("phone_invalid", "手机号码的格式不对，请填写 11 位手机号码。")
    return number


def normalise_office_phone(raw: object) -> str:
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", str(raw)))
    if not re.fullmatch(r"[\d\-+转]{3,20}", number):
        raise ValueFault("office_phone_invalid", "办公电话的格式不对，例如 010-12345678。")
    return number


def mask_phone(number: str) -> str:
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else f"****{number[-4:]}"


def clean_name(raw: object) -> str:
    try:
        name = re.sub(r"[・•．]", "·", clean(str(raw or "")))
    except Invalid as error:
        raise ValueFault("name_invalid", error.detail) from error
    if re.search(r"[\u4e00-\u9fff]", name) and not re.search(r"[A-Za-z]", name):
        name = re.sub(r"\s", "", name)
    if len(name) > 50:
        raise ValueFault("too_long", "姓名不能超过 50 个字。")
    return name


def parse_date(value: object) -> date:
    text = str(value)
    found = re.fullmatch(r"(\d{4})\D?(\d{1,2})?\D?(\d{1,2})?\D?", text)
    try:
        if re.fullmatch(r"\d{5}", text):
            return date(1899, 12, 30) + timedelta(days=int(text))
        if found:
            return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        pass
    raise ValueFault("date_invalid", "日期的格式不对，请写成 2020-01-31 这样。")


def parse_gender(raw: str) -> str:
    found = {"男": "male", "女": "female", "男性": "male", "女性": "female"}.get(raw.strip())
    if found is None:
        raise ValueFault("choice", "性别请填写“男”或“女”。")
    return found


def parse_ethnicity(raw: object) -> str:
    return clean(str(raw))[:20]
