"""Writes to the registry of units and people."""

from .memberships import change_membership, end_membership, join
from .people import come_back, create_person, leave, link_invited, link_user, undo_change, update_person
from .units import create_unit, move_unit, remove_unit, rename_unit

__all__ = [
    "change_membership", "come_back", "create_person", "create_unit", "end_membership", "join", "leave", "link_invited",
    "link_user", "move_unit", "remove_unit", "rename_unit", "undo_change", "update_person",
]  # fmt: skip
