"""Reads of the registry."""

from .people import (
    count_people,
    get_person,
    has_people,
    list_people,
    matching,
    memberships_of,
    people_on,
    person_of_user,
)
from .units import UnitNode, count_people_by_unit, count_units, get_unit, unit_names, unit_tree, unit_tree_on

__all__ = [
    "UnitNode", "count_people", "count_people_by_unit", "count_units", "get_person", "get_unit", "has_people",
    "list_people", "matching", "memberships_of", "people_on", "person_of_user", "unit_names", "unit_tree", "unit_tree_on",
]  # fmt: skip
