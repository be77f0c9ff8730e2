"""Cleaning text that people type: one rule for every form, serializer and import."""

from __future__ import annotations

import re
import unicodedata

from .errors import Invalid

# Marks that change how text reads without being seen: bidirectional controls, zero-width characters, BOM, soft hyphen.
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(value: str) -> str:
    """Return ``value`` in NFC, without invisible marks, trimmed. Keeps new lines, tabs, emoji and rare characters.

    Raises ``Invalid`` for control characters (NUL among them) and lone surrogates.
    """
    if _CONTROL.search(value):
        raise Invalid("文字中含有不允许的控制字符。")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Invalid("文字中含有无法识别的字符。") from error
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", value)).strip()
