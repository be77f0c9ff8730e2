"""Overlapping pairs of characters: what text without blanks between words can be searched by."""

from __future__ import annotations

import re
import unicodedata

_RUN = re.compile(r"[^\W_]+")


def bigrams(text: str) -> set[str]:
    """All pairs of neighbouring letters or digits of ``text``, folded; runs of one stand alone."""
    found: set[str] = set()
    for run in _runs(text):
        found.update(run[index : index + 2] for index in range(max(len(run) - 1, 1)))
    return found


def pairs_of(word: str) -> list[str]:
    """The pairs that a text holding ``word`` must have, in order; none for single characters and punctuation."""
    return list(dict.fromkeys(
        run[index : index + 2] for run in _runs(word) for index in range(len(run) - 1)
    ))  # fmt: skip


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())
