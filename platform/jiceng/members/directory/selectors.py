"""Reads of the directory. Every one takes the viewer and answers with entries, never with people."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from ..bodies import Tree
from ..errors import PersonUnknown, UnitUnknown
from ..identity import ValueFault, normalise_phone
from ..models import LABEL_LENGTH, Membership, Person, Post, Unit
from ..sealing import TAIL_LENGTH, phone_index, tail_index
from .entries import Entry, entry_for
from .rules import FULL, Levels, current_levels
from .viewers import Viewer, listed_for, shown

ORDER = ("initial", "pinyin", "name", "id")
FOUND_LIMIT = 50


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit to open. ``count``: people in it and below whom this viewer finds there."""

    id: uuid.UUID
    name: str
    tree: str
    count: int


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit opened. ``above``: from the top down, without itself."""

    id: uuid.UUID
    name: str
    tree_label: str
    above: tuple[Unit, ...]
    below: tuple[UnitRow, ...]


def people(viewer: Viewer, *, initial: str = "") -> QuerySet[Person]:
    """Everybody listed, in the order of the letters; ``initial``: only those under one."""
    found = listed_for(viewer).order_by(*ORDER)
    return found.filter(initial=initial) if initial else found


def people_in(viewer: Viewer, unit_id: uuid.UUID, levels: Levels) -> QuerySet[Person]:
    """Those listed right in a unit: by a membership that ``viewer`` may know of, or because it stands beside their name."""
    held = Membership.objects.filter(person=OuterRef("pk"), ended_on=None, unit=unit_id)
    known = Q(unit=unit_id) | (Q(Exists(held)) & shown(viewer, levels, "memberships"))
    return listed_for(viewer).filter(known).order_by(*ORDER)


def search(viewer: Viewer, words: str, levels: Levels) -> QuerySet[Person]:
    """By name, pinyin, initials, title, the last digits of a phone or a whole one, as far as ``viewer`` sees these.

    A whole number finds only those whose phone is shown in full: else a masked one could be guessed.
    """
    found = Q(name__contains=words) | (Q(title__contains=words) & shown(viewer, levels, "title", at_least=FULL))
    if letters := words.lower().replace(" ", "").replace("'", ""):
        found |= Q(search_key__contains=letters)
    digits = words.replace(" ", "").replace("-", "")
    if digits.isdecimal() and digits.isascii() and len(digits) == TAIL_LENGTH:
        found |= Q(phone_tail_index=tail_index(digits)) & shown(viewer, levels, "phone")
    elif number := _number(digits):
        found |= Q(phone_index=phone_index(number)) & shown(viewer, levels, "phone", at_least=FULL)
    return listed_for(viewer).filter(found).order_by(*ORDER)


def _number(digits: str) -> str:
    try:
        return normalise_phone(digits)
    except ValueFault:
        return ""


def entries(people: Sequence[Person], viewer: Viewer, levels: Levels) -> list[Entry]:
    """What ``viewer`` sees of these, from ``listed_for``, in the same order. One query."""
    posts: dict[uuid.UUID, list[Post]] = {}
    for post in _open_posts().filter(person__in=[person.pk for person in people]):
        posts.setdefault(post.person_id, []).append(post)
    return [entry_for(person, viewer, levels, posts=posts.get(person.pk, ())) for person in people]


def card(viewer: Viewer, person_id: uuid.UUID) -> Entry:
    """The whole entry of one person as ``viewer`` sees it. Raises ``PersonUnknown``, also for those not listed."""
    held = Membership.objects.filter(ended_on=None).select_related("unit").order_by("body")
    found = listed_for(viewer).filter(pk=person_id).prefetch_related(Prefetch("memberships", queryset=held))
    person = found.prefetch_related(Prefetch("posts", queryset=_open_posts())).first()
    if person is None:
        raise PersonUnknown
    return entry_for(
        person, viewer, current_levels(), posts=person.posts.all(), memberships=list(person.memberships.all())
    )


def _open_posts() -> QuerySet[Post]:
    return Post.objects.filter(ended_on=None).select_related("unit").order_by("started_on", "id")


def initials(viewer: Viewer) -> frozenset[str]:
    """The letters under which somebody stands."""
    return frozenset(listed_for(viewer).order_by().values_list("initial", flat=True).distinct())


def own_units(viewer: Viewer) -> list[Unit]:
    return list(Unit.objects.filter(pk__in=viewer.unit_ids, dissolved_on=None).order_by("tree", "position"))


def top_units(viewer: Viewer, levels: Levels) -> list[tuple[str, list[UnitRow]]]:
    """(tree, its topmost units) of every tree that has any."""
    rows = _rows(Unit.objects.filter(parent=None), _counts("", viewer, levels))
    return [(str(tree.label), found) for tree in Tree if (found := [row for row in rows if row.tree == tree])]


def open_unit(viewer: Viewer, unit_id: uuid.UUID, levels: Levels) -> UnitView:
    """Raises ``UnitUnknown``, also for one that is no more."""
    unit = Unit.objects.filter(pk=unit_id, dissolved_on=None).first()
    if unit is None:
        raise UnitUnknown
    step = LABEL_LENGTH + 1
    above = Unit.objects.filter(path__in=[unit.path[:end] for end in range(step, len(unit.path), step)])
    below = _rows(Unit.objects.filter(parent=unit), _counts(unit.path, viewer, levels))
    return UnitView(unit.pk, unit.name, str(Tree(unit.tree).label), tuple(above.order_by("depth")), tuple(below))


def _counts(path: str, viewer: Viewer, levels: Levels) -> list[tuple[str, int]]:
    """(path of a unit, people found right in it) for all units below ``path``."""
    held = Membership.objects.filter(ended_on=None, unit__path__startswith=path, unit__dissolved_on=None)
    known = listed_for(viewer)
    seen = known.filter(Q(unit=OuterRef("unit_id")) | shown(viewer, levels, "memberships"), pk=OuterRef("person_id"))
    found = held.filter(Exists(seen)).order_by().values_list("unit__path")
    return list(found.annotate(Count("person", distinct=True)))


def _rows(units: QuerySet[Unit], counts: list[tuple[str, int]]) -> list[UnitRow]:
    return [
        UnitRow(unit.pk, unit.name, unit.tree, sum(count for path, count in counts if path.startswith(unit.path)))
        for unit in units.filter(dissolved_on=None).order_by("tree", "position", "created_at")
    ]
