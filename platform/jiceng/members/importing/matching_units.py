"""Finding the unit that a text in a roster means, or the ones it may mean."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz, process

SUGGESTION_COUNT = 3
NEAR_ENOUGH = 55
_SEPARATORS = re.compile(r"\s*(?:/|／|\\|>|＞|→|\||－－|--)\s*")
_NOISE = re.compile(r"[\s（）()·•“”\"']+")
_ORDINALS = str.maketrans("0123456789", "〇一二三四五六七八九")


@dataclass(frozen=True, slots=True)
class UnitName:
    """``full_name``: with all above it, ``"中心党总支 / 综合科党支部"``."""

    id: UUID
    name: str
    full_name: str
    tree: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """``unit_id``: the one meant, ``None`` where that is not certain. ``suggestions``: (id, full name), nearest first."""

    unit_id: UUID | None
    suggestions: tuple[tuple[UUID, str], ...] = ()


class UnitMatcher:
    """Matches texts against the units that stand. Texts repeat: each is worked out once."""

    def __init__(self, units: Iterable[UnitName]) -> None:
        self._by_name: dict[tuple[str, str], list[UnitName]] = defaultdict(list)
        self._by_path: dict[tuple[str, str], list[UnitName]] = defaultdict(list)
        self._of_tree: dict[str, list[UnitName]] = defaultdict(list)
        self._memo: dict[tuple[str, str], Match] = {}
        for unit in units:
            self._of_tree[unit.tree].append(unit)
            self._by_name[unit.tree, normal(unit.name)].append(unit)
            if unit.code and normal(unit.code) != normal(unit.name):
                self._by_name[unit.tree, normal(unit.code)].append(unit)
            parts = [normal(part) for part in path_parts(unit.full_name)]
            for start in range(len(parts) - 1):  # "总支/支部" also when the committee above is left out
                self._by_path[unit.tree, "/".join(parts[start:])].append(unit)
                self._by_path[unit.tree, "".join(parts[start:])].append(unit)

    def match(self, text: str, tree: str) -> Match:
        key = (tree, text)
        if key not in self._memo:
            self._memo[key] = self._find(text, tree)
        return self._memo[key]

    def _find(self, text: str, tree: str) -> Match:
        parts = [normal(part) for part in path_parts(text)]
        if len(parts) > 1:
            found = self._by_path.get((tree, "/".join(parts)), [])
        else:
            # Written without anything between, a path looks like a name: 中心党总支综合科党支部.
            found = self._by_name.get((tree, parts[0])) or self._by_path.get((tree, parts[0]), [])
        if len(found) == 1:
            return Match(found[0].id)
        if found:
            return Match(None, tuple((unit.id, unit.full_name) for unit in found[:SUGGESTION_COUNT]))
        return Match(None, self._nearest(text, tree))

    def _nearest(self, text: str, tree: str) -> tuple[tuple[UUID, str], ...]:
        units = self._of_tree.get(tree, [])
        wanted = normal(path_parts(text)[-1])
        ranked = process.extract(
            wanted, [normal(unit.name) for unit in units], scorer=fuzz.ratio, limit=SUGGESTION_COUNT,
            score_cutoff=NEAR_ENOUGH,
        )  # fmt: skip
        return tuple((units[place].id, units[place].full_name) for _name, _score, place in ranked)


def path_parts(text: str) -> list[str]:
    """``"总支/支部"`` -> ``["总支", "支部"]``; never empty."""
    return [part for part in _SEPARATORS.split(text.strip()) if part] or [text.strip()]


def normal(name: str) -> str:
    """What two spellings of one unit have in common: width, spaces, 中共…委员会, digits as Chinese numerals."""
    words = _NOISE.sub("", unicodedata.normalize("NFKC", name)).translate(_ORDINALS).lower()
    words = re.sub(r"^中共(?:中国共产党)?|^中国共产党", "", words)
    words = re.sub(r"(党支部|党总支)委员会$", r"\1", words)
    words = (
        re.sub(r"支部$", "党支部", words)
        if words.endswith("支部") and not words.endswith(("党支部", "团支部"))
        else words
    )
    return re.sub(r"^第(?=[〇一二三四五六七八九十]+(?:党支部|党小组))", "", words)
