"""Writes to the registry of units and people."""

from .duplicates import merge_people
from .kinds import add_kind, change_kind
from .memberships import change_membership, end_membership, join, place_people
from .people import come_back, create_person, leave, link_invited, link_user, undo_change, update_person
from .posts import appoint, change_post, end_post
from .reveal import disclose, reveal
from .structure import Branch, dissolve_unit, merge_units, split_unit
from .tags import change_tag, create_tag, give_tag, remove_tag, take_tag
from .terms import change_term, end_term, start_term
from .units import create_unit, move_unit, remove_unit, rename_unit

__all__ = [
    "Branch", "add_kind", "appoint", "change_kind", "change_membership", "change_post", "change_tag", "change_term",
    "come_back", "create_person", "create_tag", "create_unit", "disclose", "dissolve_unit", "end_membership",
    "end_post", "end_term", "give_tag", "join", "leave", "link_invited", "link_user", "merge_people", "merge_units",
    "move_unit", "place_people", "remove_tag", "remove_unit", "rename_unit", "reveal", "split_unit", "start_term",
    "take_tag", "undo_change", "update_person",
]  # fmt: skip
