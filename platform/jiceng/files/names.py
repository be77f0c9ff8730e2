"""The name a file arrived with: kept as text for people, made harmless, never part of a path."""

from __future__ import annotations

import re

from jiceng.kernel.errors import Invalid
from jiceng.kernel.text import clean

from .errors import TypeRefused

MAX_LENGTH = 120
# Names that Windows gives to devices, with any extension.
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\r\n\t]')


def display_name(raw: str) -> str:
    """A name safe to show and to save under: no folders, no marks, at most 120 characters, extension kept.

    Raises ``TypeRefused`` where nothing with an extension is left.
    """
    try:
        text = clean(raw.replace("\\", "/").rsplit("/", 1)[-1])
    except Invalid as error:
        raise TypeRefused from error
    stem, dot, extension = _FORBIDDEN.sub("_", text).rpartition(".")
    stem, extension = stem.strip(" ."), extension.strip().lower()
    if not dot or not stem or not extension:
        raise TypeRefused
    if _DEVICES.match(stem.partition(".")[0]):
        stem = f"_{stem}"
    return f"{stem[: MAX_LENGTH - len(extension) - 1]}.{extension}"
