"""What organisations may call themselves: slugs, credit codes, phones, host names. Pure functions."""

from __future__ import annotations

import re

from jiceng.kernel.errors import FieldError

RESERVED_SLUGS = frozenset(
    """www api admin administrator public ops console portal help docs doc status static assets media files cdn mail smtp
    imap pop ftp ns ns1 ns2 dns mx vpn ssh root system platform tenant tenants jiceng support service services login
    logout signup register account accounts auth oauth sso wx wechat weixin wecom app apps m mobile dev test staging
    demo beta livez readyz internal localhost security billing pay payment blog news gov edu""".split()
)
SLUG = re.compile(r"^[a-z](?:[a-z0-9]|-(?!-)){1,30}[a-z0-9]\Z")
# Digits and letters that pass for others; two slugs that fold to one name are look-alikes.
_FOLD = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "8": "b", "-": None})
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
HOST = re.compile(r"^(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\Z")


def fold(slug: str) -> str:
    """The shape of a slug to the eye: ``g0ng-h1`` and ``gonghl`` fold to the same text."""
    return slug.translate(_FOLD).replace("rn", "m").replace("vv", "w")


_RESERVED_FOLDED = frozenset(fold(slug) for slug in RESERVED_SLUGS)


def slug_fault(slug: str) -> FieldError | None:
    """Why ``slug`` cannot be had whoever asks, or ``None``."""
    if not SLUG.match(slug) or slug.startswith(("pg-", "xn--")):
        text = "网址名由 3 至 32 个小写字母、数字或单个连字符组成，以字母开头，不以连字符结尾。"
        return FieldError("/slug", "slug_malformed", text)
    if slug in RESERVED_SLUGS:
        return FieldError("/slug", "slug_reserved", f"“{slug}”是平台保留的名称，请换一个。")
    if fold(slug) in _RESERVED_FOLDED:
        return FieldError("/slug", "slug_lookalike", f"“{slug}”与平台保留的名称太相似，请换一个。")
    return None


def credit_code_fault(code: str) -> FieldError | None:
    """Check a unified social credit code (统一社会信用代码): 18 characters, check character by GB 32100-2015."""
    if len(code) != 18 or any(letter not in CREDIT_ALPHABET for letter in code):
        text = "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）。"
        return FieldError("/credit_code", "credit_code_malformed", text)
    if credit_check_character(code[:17]) != code[17]:
        return FieldError("/credit_code", "credit_code_checksum", "统一社会信用代码的校验位不正确，请核对。")
    return None


def credit_check_character(first17: str) -> str:
    total = sum(CREDIT_ALPHABET.index(letter) * weight for letter, weight in zip(first17, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def normalise_phone(raw: str) -> str | None:
    """A mainland mobile or landline number without spaces and country code; ``None`` when it is neither."""
    digits = re.sub(r"[\s\-()（）]", "", raw)
    digits = re.sub(r"^(?:\+|00)86", "", digits)
    return digits if re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}", digits) else None


def normalise_domain(raw: str) -> str | None:
    """A full host name in ASCII (IDNA), lower case; ``None`` for IP literals, single labels and malformed names."""
    name = raw.strip().lower().rstrip(".")
    try:
        name = name.encode("idna").decode("ascii") if not name.isascii() else name
    except UnicodeError:
        return None
    return name if HOST.match(name) else None
