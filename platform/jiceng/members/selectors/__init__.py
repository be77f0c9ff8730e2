"""Reads of the registry."""

from .duplicates import Pair, find_duplicates
from .people import (
    changed_since,
    count_people,
    get_person,
    has_people,
    list_people,
    matching,
    memberships_in_reach,
    memberships_of,
    people_on,
    person_of_user,
    values_of,
    with_memberships,
)
from .posts import posts_in_reach
from .timeline import Entry, shown_value, timeline_of
from .units import UnitNode, count_people_by_unit, count_units, get_unit, unit_names, unit_tree, unit_tree_on

__all__ = [
    "Entry", "Pair", "UnitNode", "changed_since", "count_people", "count_people_by_unit", "count_units",
    "find_duplicates", "get_person", "get_unit", "has_people", "list_people", "matching", "memberships_in_reach", "memberships_of", "people_on",
    "person_of_user", "posts_in_reach", "shown_value", "timeline_of", "unit_names", "unit_tree", "unit_tree_on", "values_of",
    "with_memberships",
]  # fmt: skip
