"""One rule for what a question may say, whether it is typed, sent or read from a file."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from jiceng.kernel.cleaning import Cleaner

from ..models import CHOICE_KINDS, OPTION_LENGTH, QUESTION_LENGTH, QuestionKind

MOST_OPTIONS = 8
MOST_BLANKS = 10
MOST_ACCEPTED = 10
ACCEPTED_LENGTH = 100
MOST_TAGS = 10
TAG_LENGTH = 30
_BLANK = re.compile(r"_{2,}|＿{2,}")
_SPACES = re.compile(r"\s+")


def folded(text: str) -> str:
    """As answers are compared: full and half width, case and blanks make no difference."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()


def digest_of(kind: str, content: Mapping[str, Any]) -> str:
    """The same for what asks the same, in whatever order the options stand."""
    asked = [kind, folded(content["text"]), sorted(folded(option) for option in content["options"])]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()


def clean_content(cleaner: Cleaner, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """``text``, ``options``, ``answer``, ``reference``, ``explanation`` of a question; faults go into the cleaner."""
    for name, needed in (("text", True), ("reference", kind == QuestionKind.SHORT), ("explanation", False)):
        cleaner.text(name, given.get(name) or "", QUESTION_LENGTH, needed=needed)
    options = _options(cleaner, kind, given.get("options"))
    if kind == QuestionKind.FILL:
        answer: list[Any] = _blanks(cleaner, given.get("answer"), cleaner.values.get("text", ""))
    elif kind in CHOICE_KINDS:
        answer = _places(cleaner, kind, given.get("answer"), len(options))
    else:
        answer = []
    return {
        "text": cleaner.values.get("text", ""), "options": options, "answer": answer,
        "reference": cleaner.values.get("reference", "") if kind == QuestionKind.SHORT else "",
        "explanation": cleaner.values.get("explanation", ""),
    }  # fmt: skip


def clean_points(cleaner: Cleaner, name: str, value: Any) -> None:
    """Above 0 to 100 in steps of 0.5."""
    try:
        points = Decimal(str(value))
        fits = 0 < points <= 100 and points * 2 == int(points * 2)
    except (InvalidOperation, ValueError, OverflowError):
        fits = False
    if fits:
        cleaner.values[name] = points.quantize(Decimal("0.1"))
    else:
        cleaner.refuse(name, "out_of_range", _("分值应大于 0、不超过 100，以 0.5 为单位。"))


def clean_tags(cleaner: Cleaner, value: Any) -> None:
    if not isinstance(value, (list, tuple)) or len(value) > MOST_TAGS:
        cleaner.refuse("tags", "too_many", _("标签最多 %(count)d 个。") % {"count": MOST_TAGS})
        return
    found = [_text(cleaner, "tags", tag, TAG_LENGTH) for tag in value]
    cleaner.values["tags"] = list(dict.fromkeys(tag for tag in found if tag))


def _options(cleaner: Cleaner, kind: str, given: Any) -> list[str]:
    if kind == QuestionKind.TRUE_FALSE:
        return ["正确", "错误"]
    if kind not in CHOICE_KINDS:
        return []
    if not isinstance(given, (list, tuple)) or not 2 <= len(given) <= MOST_OPTIONS:
        cleaner.refuse("options", "wrong_count", _("选项应为 2 到 %(count)d 个。") % {"count": MOST_OPTIONS})
        return []
    options = [_text(cleaner, "options", option, OPTION_LENGTH, needed=True) for option in given]
    if len({folded(option) for option in options}) < len(options):
        cleaner.refuse("options", "repeated", _("选项不能重复。"))
    return options


def _places(cleaner: Cleaner, kind: str, given: Any, count: int) -> list[int]:
    """Places of right options, in order."""
    is_list = isinstance(given, (list, tuple)) and all(type(place) is int and 0 <= place < count for place in given)
    places = sorted(set(given)) if is_list else []
    if not places:
        cleaner.refuse("answer", "required", _("请指定正确答案。"))
    elif kind != QuestionKind.MULTIPLE and len(places) != 1:
        cleaner.refuse("answer", "only_one", _("只能有一个正确答案。"))
    elif kind == QuestionKind.MULTIPLE and len(places) < 2:
        cleaner.refuse("answer", "too_few", _("多选题至少有两个正确答案。"))
    return places


def _blanks(cleaner: Cleaner, given: Any, text: str) -> list[list[str]]:
    """Accepted texts for each blank."""
    if not isinstance(given, (list, tuple)) or not 1 <= len(given) <= MOST_BLANKS:
        cleaner.refuse("answer", "wrong_count", _("应有 1 到 %(count)d 个空的答案。") % {"count": MOST_BLANKS})
        return []
    blanks = []
    for accepted in given:
        texts = accepted if isinstance(accepted, (list, tuple)) else [accepted]
        if not 1 <= len(texts) <= MOST_ACCEPTED:
            cleaner.refuse("answer", "too_many", _("每个空要有 1 到 %(count)d 种答案。") % {"count": MOST_ACCEPTED})
            return []
        blanks.append([_text(cleaner, "answer", one, ACCEPTED_LENGTH, needed=True) for one in texts])
    marked = len(_BLANK.findall(text))
    if marked and marked != len(blanks):
        cleaner.refuse("answer", "other_count", _("题干里有 %(marked)d 个空，答案有 %(count)d 个。") % {
            "marked": marked, "count": len(blanks),
        })  # fmt: skip
    return blanks


def _text(cleaner: Cleaner, name: str, value: Any, longest: int, *, needed: bool = False) -> str:
    """One text of a list."""
    own = Cleaner().text(name, value, longest, needed=needed)
    if not isinstance(value, str):
        cleaner.refuse(name, "invalid_text", _("应为文字。"))
    elif own.faults and own.faults[0] not in cleaner.faults:
        cleaner.faults.append(own.faults[0])
    return str(own.values.get(name, ""))
