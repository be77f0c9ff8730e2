"""Whom something is meant for: said once, kept, and answered for people and for lists of them."""

from .definitions import Clause, Definition, as_json, parse
from .errors import AudienceEmpty, AudienceInvalid, AudienceOutOfReach
from .keeping import definition_of, keep
from .matching import Count, count, fits, matching_ids, people
from .reach import require_within
from .words import describe

__all__ = [
    "AudienceEmpty", "AudienceInvalid", "AudienceOutOfReach", "Clause", "Count", "Definition", "as_json", "count",
    "definition_of", "describe", "fits", "keep", "matching_ids", "parse", "people", "require_within",
]  # fmt: skip
