"""Document numbers: resident identity cards and what people from elsewhere carry.

Sources: GB 11643-1999 (resident numbers, check character by ISO 7064 MOD 11-2); 《港澳居民来往内地通行证》 H/M and 8 or 10
digits; 《台湾居民来往大陆通行证》 8 digits; residence permits 81/82/83 and permanent residence cards beginning with 9 follow
GB 11643 in shape.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from .faults import ValueFault

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
RESIDENT, PASSPORT, HK_MACAO_PERMIT = "resident", "passport", "hk_macao_permit"
TAIWAN_PERMIT, FOREIGN_PERMIT = "taiwan_permit", "foreign_permit"
# The first two digits: provinces, Hong Kong 81, Macao 82, Taiwan 83, foreigners 91 and up.
REGIONS = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91 92 93 94".split()
)
# Documents with another name that follow GB 11643, by their first digits.
_RESIDENT_SHAPED = {FOREIGN_PERMIT: ("9",), HK_MACAO_PERMIT: ("81", "82"), TAIWAN_PERMIT: ("83",)}
FIRST_YEAR = 1900
_SPACES = re.compile(r"[\s\-]+")
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_OLD_RESIDENT = re.compile(r"[0-9]{15}")
_AS_NUMBER = re.compile(r"\d+\.\d+E\+?\d+|\d{10,}\.\d+", re.IGNORECASE)
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (HK_MACAO_PERMIT, re.compile(r"[HM][0-9]{8}([0-9]{2})?")),
    (FOREIGN_PERMIT, re.compile(r"[A-Z]{3}[0-9]{12}")),
    (TAIWAN_PERMIT, re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?")),
    (PASSPORT, re.compile(r"(?=.*[0-9])[A-Z0-9]{5,17}")),
)


@dataclass(frozen=True, slots=True)
class IdNumber:
    """``kind``: a code of ``models.IdKind``. ``number``: upper case, no spaces; resident ones always with 18 characters."""

    kind: str
    number: str


def check_character(first17: str) -> str:
    """The eighteenth character of a resident number (GB 11643)."""
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def normalise_id_number(raw: str, kind: str = "") -> IdNumber:
    """The one form of a document number, its kind guessed from its shape unless given. Raises ``ValueFault``."""
    number = _SPACES.sub("", unicodedata.normalize("NFKC", str(raw))).upper()
    if _AS_NUMBER.fullmatch(number):
        raise ValueFault(
            "id_as_number", "证件号码被表格当成了数字，末几位已经丢失；请把这一列设为“文本”格式后重新填写。"
        )
    if kind in ("", RESIDENT) and _OLD_RESIDENT.fullmatch(number) and number[:2] in REGIONS:
        first17 = f"{number[:6]}19{number[6:]}"
        number = first17 + check_character(first17)
    if _RESIDENT.fullmatch(number):
        if kind not in ("", RESIDENT) and not number.startswith(_RESIDENT_SHAPED.get(kind, ())):
            raise ValueFault("id_kind", "这个号码像是居民身份证号码，请核对证件类型。")
        _check_resident(number)
        return IdNumber(FOREIGN_PERMIT if number[0] == "9" else RESIDENT, number)
    if kind == RESIDENT:
        raise ValueFault("id_length", "居民身份证号码应为 18 位（旧证 15 位），请核对。")
    return _other(number, kind)


def birth_date_of(number: IdNumber) -> date | None:
    """The birthday in a resident number; ``None`` for other documents."""
    if not _RESIDENT.fullmatch(number.number):
        return None
    return date(int(number.number[6:10]), int(number.number[10:12]), int(number.number[12:14]))


def gender_of(number: IdNumber) -> str:
    """``male`` or ``female`` by the seventeenth digit; ``""`` for other documents."""
    if not _RESIDENT.fullmatch(number.number):
        return ""
    return "male" if int(number.number[16]) % 2 else "female"


def mask_id_number(number: str) -> str:
    """``"110***********0021"``; of short ones the first and the last two are left."""
    if len(number) > 10:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    return f"{number[:1]}{'*' * (len(number) - 3)}{number[-2:]}" if len(number) > 3 else "*" * len(number)


def _check_resident(number: str) -> None:
    if number[:2] not in REGIONS:
        raise ValueFault("id_region", "身份证号码前两位不是有效的地区代码，请核对。")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise ValueFault("id_birth_date", "身份证号码中的出生日期不存在，请核对。") from error
    if born.year < FIRST_YEAR or born > date.today():  # noqa: DTZ011  a day more or less is no matter here
        raise ValueFault("id_birth_date", "身份证号码中的出生日期不合理，请核对。")
    if check_character(number[:17]) != number[17]:
        raise ValueFault("id_checksum", "身份证号码的校验位不对，多半是抄错了一位，请核对。")


def _other(number: str, kind: str) -> IdNumber:
    for shape_kind, shape in _SHAPES:
        if kind in ("", shape_kind) and shape.fullmatch(number):
            # Eighteen or fifteen digits that are no resident number are a resident number with a slip.
            if not kind and number.isdigit() and len(number) >= 14:
                break
            return IdNumber(shape_kind, number)
    if number[:-1].isdigit() and 14 <= len(number) <= 19:
        raise ValueFault("id_length", f"身份证号码应为 18 位，这里有 {len(number)} 位，请核对。")
    raise ValueFault("id_invalid", "证件号码的格式不对，请核对号码和证件类型。")
