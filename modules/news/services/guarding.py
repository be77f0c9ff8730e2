"""What may not be written at all: a tenant's sensitive words, and anything classified."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

from jiceng.files import richtext
from jiceng.kernel.errors import FieldError
from jiceng.kernel.module_settings import read as read_settings

from .. import errors
from ..models import Article, Level

# How papers are marked: GB/T 9704 puts "机密★1年" in the upper left corner.
_MARKING = re.compile(r"(?:绝密|机密|秘密)\s*(?:[★☆*＊]|级|件|文件)|(?:密级|保密等级)\s*[:：]?\s*(?:绝密|机密|秘密)")
_CLASSIFIED = frozenset({"secret", "confidential", "top_secret", "秘密", "机密", "绝密"})
_BETWEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff·.,，。*_-]+")


def level_of(declared: str) -> str:
    """The declared level. Raises ``ClassifiedRefused`` for classified ones, ``ArticleInvalid`` for unknown ones."""
    if declared in _CLASSIFIED:
        raise errors.ClassifiedRefused
    if declared not in Level.values:
        raise errors.ArticleInvalid(fields=(FieldError("/level", "unknown_level", _("请选择公开或内部。")),))
    return declared


def check_text(text: str, *, pointer: str = "/text") -> None:
    """Raise ``SensitiveWords`` if ``text`` holds any of the tenant's words, also with blanks or full stops between."""
    found = sensitive_words_in(text)
    if found:
        raise _refusal(found, pointer)


def sensitive_words_in(text: str) -> list[str]:
    """The tenant's words found in ``text``, in the order of the settings."""
    words = read_settings("news").sensitive_words
    if not words or not text:
        return []
    plain = _folded(text)
    return [word for word in words if (folded := _folded(word)) and folded in plain]


def check_article(article: Article, *, file_names: Iterable[str] = ()) -> None:
    """Raise ``SensitiveWords`` or ``ClassifiedRefused`` for what the article says or its files are called."""
    body = richtext.plain_text(article.body)
    for pointer, text in (("/title", article.title), ("/summary", article.summary), ("/body", body)):
        check_text(text, pointer=pointer)
    for text in (article.title, article.summary, body, *file_names):
        if _MARKING.search(unicodedata.normalize("NFKC", text).replace(" ", "")):
            raise errors.ClassifiedRefused


def _folded(text: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold())


def _refusal(words: list[str], pointer: str) -> errors.SensitiveWords:
    message = _("含有敏感词：%(words)s。") % {"words": "、".join(words[:5])}
    return errors.SensitiveWords(fields=(FieldError(pointer, errors.SensitiveWords.code, message),))
