"""How much of a text stands in another one: winnowed fingerprints of runs of eight characters.

Schleimer, Wilkerson, Aiken: Winnowing. Local Algorithms for Document Fingerprinting (SIGMOD 2003).
"""

from __future__ import annotations

import unicodedata
from hashlib import blake2b

GRAM = 8
# Every passage in common of GRAM + WINDOW - 1 characters leaves a fingerprint in common.
WINDOW = 4
LEAST_PASSAGE = 12
PASSAGES = 5


def letters_of(text: str) -> list[tuple[str, int]]:
    """Letters and digits in one form, each with its place in ``text``: blanks, marks and width make no difference."""
    return [
        (letter, place)
        for place, character in enumerate(text)
        for letter in unicodedata.normalize("NFKC", character).lower()
        if letter.isalnum()
    ]


def fingerprints_of(text: str) -> list[int]:
    """Signed 64-bit numbers, each once, in order; empty for a text shorter than one run."""
    hashes = _hashes("".join(letter for letter, _place in letters_of(text)))
    if not hashes:
        return []
    last = max(len(hashes) - WINDOW + 1, 1)
    return sorted({min(hashes[start : start + WINDOW]) for start in range(last)})


def passages(text: str, other: str) -> list[str]:
    """The longest passages of ``text`` whose runs all stand in ``other``, in the order of ``text``, in its own spelling."""
    letters = letters_of(text)
    known = set(_grams("".join(letter for letter, _place in letters_of(other))))
    plain = "".join(letter for letter, _place in letters)
    covered = bytearray(len(plain))
    for start, gram in enumerate(_grams(plain)):
        if gram in known:
            covered[start : start + GRAM] = b"\x01" * GRAM
    longest = sorted(_runs(covered), key=lambda run: run[0] - run[1])[:PASSAGES]
    return [text[letters[start][1] : letters[end - 1][1] + 1] for start, end in sorted(longest)]


def _runs(covered: bytearray) -> list[tuple[int, int]]:
    found, start = [], None
    for place, mark in enumerate([*covered, 0]):
        if mark and start is None:
            start = place
        elif not mark and start is not None:
            if place - start >= LEAST_PASSAGE:
                found.append((start, place))
            start = None
    return found


def _grams(plain: str) -> list[str]:
    return [plain[start : start + GRAM] for start in range(len(plain) - GRAM + 1)]


def _hashes(plain: str) -> list[int]:
    return [int.from_bytes(blake2b(gram.encode(), digest_size=8).digest(), signed=True) for gram in _grams(plain)]
