"""Chinese names as pinyin, for sorting and for finding by typing letters."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Surnames that are read otherwise than the same character elsewhere (《现代汉语词典》, surname readings).
SURNAME_READINGS = {
    "万俟": ("mo", "qi"), "尉迟": ("yu", "chi"), "澹台": ("tan", "tai"), "单于": ("chan", "yu"), "长孙": ("zhang", "sun"),
    "单": ("shan",), "仇": ("qiu",), "解": ("xie",), "区": ("ou",), "查": ("zha",), "曾": ("zeng",), "任": ("ren",),
    "盖": ("ge",), "朴": ("piao",), "缪": ("miao",), "覃": ("qin",), "翟": ("zhai",), "冼": ("xian",), "折": ("she",),
    "繁": ("po",), "种": ("chong",), "员": ("yun",), "召": ("shao",), "秘": ("bi",), "乐": ("yue",), "尉": ("wei",),
    "宓": ("mi",), "那": ("na",), "哈": ("ha",), "黑": ("he",), "晟": ("cheng",), "逄": ("pang",),
}  # fmt: skip


def syllables(name: str) -> list[str]:
    """The toneless syllables of ``name``, its surname read as a surname; other scripts stay as they are, lower case."""
    for length in (2, 1):
        reading = SURNAME_READINGS.get(name[:length])
        if reading and len(name) > length:
            return [*reading, *_plain(name[length:])]
    # A surname and what follows are read apart; both repeat from person to person.
    return [*_plain(name[:1]), *_plain(name[1:])] if "\u4e00" <= name[:1] <= "\u9fff" else [*_plain(name)]


def sort_key(name: str) -> str:
    """``"欧阳华"`` -> ``"ou yang hua"``."""
    return " ".join(syllables(name))


def search_key(name: str) -> str:
    """The whole reading and its initials: ``"欧阳华"`` -> ``"ouyanghua oyh"``."""
    return _search_key(syllables(name))


@lru_cache(maxsize=50_000)
def keys(name: str) -> tuple[str, str, str]:
    """Sort key, search key and initial at once, for many names."""
    parts = syllables(name)
    return " ".join(parts), _search_key(parts), _initial(parts)


def initial(name: str) -> str:
    """The letter under which ``name`` stands in the directory: ``"O"``; ``"#"`` for other scripts."""
    return _initial(syllables(name))


def _search_key(parts: list[str]) -> str:
    return f"{''.join(parts)} {''.join(part[0] for part in parts)}"


def _initial(parts: list[str]) -> str:
    letter = next(iter(parts), "#")[:1].upper()
    return letter if "A" <= letter <= "Z" else "#"


@lru_cache(maxsize=50_000)
def _plain(text: str) -> tuple[str, ...]:
    found = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)
    return tuple(part for part in (piece.strip().lower() for piece in found) if part)
