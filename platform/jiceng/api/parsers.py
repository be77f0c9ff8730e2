"""JSON in: strict, bounded, and never a server error."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from .errors import BodyMalformed, BodyTooLarge

MAX_DEPTH = 32
MAX_BYTES = 1024 * 1024
MAX_INTEGER = 2**63 - 1


class StrictJSONParser(BaseParser):
    """``application/json``: at most 1 MB, 32 levels, UTF-8, no duplicate keys, no NaN, no number beyond 64 bits."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Raises ``BodyMalformed`` and ``BodyTooLarge``."""
        request = (parser_context or {}).get("request")
        try:
            # Django keeps ``body`` for whoever needs the bytes afterwards, and refuses long ones unread.
            raw = request._request.body if request is not None else stream.read()
        except RequestDataTooBig as error:
            raise BodyTooLarge from error
        return loads(raw)


def loads(raw: bytes) -> Any:
    """Parse ``raw``. Raises ``BodyMalformed`` and ``BodyTooLarge``."""
    if len(raw) > MAX_BYTES:
        raise BodyTooLarge
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        raise BodyMalformed(_("提交的内容不是 UTF-8 编码。")) from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise BodyMalformed from error
    _check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BodyMalformed(_("JSON 对象里有重复的键。"))
    return found


def _integer(text: str) -> int:
    value = int(text) if len(text) <= 20 else MAX_INTEGER + 1
    if abs(value) > MAX_INTEGER:
        raise BodyMalformed(_("数字超出了允许的范围。"))
    return value


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise BodyMalformed(_("数字超出了允许的范围。"))
    return value


def _constant(_text: str) -> None:
    raise BodyMalformed(_("JSON 中不允许 NaN 和 Infinity。"))


def _too_deep() -> BodyMalformed:
    return BodyMalformed(_("JSON 的层数太多，最多 %(limit)d 层。") % {"limit": MAX_DEPTH})


def _check(value: Any) -> None:
    """Refuse what parsed but cannot be stored: too many levels, NUL and lone surrogates in text. Not recursive."""
    waiting = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, str):
            _check_text(item)
        elif isinstance(item, (dict, list)):
            if depth >= MAX_DEPTH:
                raise _too_deep()
            if isinstance(item, dict):
                for key in item:
                    _check_text(key)
                item = list(item.values())
            waiting.extend((child, depth + 1) for child in item)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise BodyMalformed(_("文字中含有不允许的控制字符。"))
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise BodyMalformed(_("文字中含有无法识别的字符。")) from error
