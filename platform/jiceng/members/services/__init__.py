"""Writes to the registry of units and people."""

from .duplicates import merge_people
from .memberships import change_membership, end_membership, join, place_people
from .people import come_back, create_person, leave, link_invited, link_user, undo_change, update_person
from .reveal import disclose, reveal
from .units import create_unit, move_unit, remove_unit, rename_unit

__all__ = [
    "change_membership", "come_back", "create_person", "create_unit", "disclose", "end_membership", "join", "leave",
    "link_invited", "link_user", "merge_people", "move_unit", "place_people", "remove_unit", "rename_unit", "reveal",
    "undo_change", "update_person",
]  # fmt: skip
