"""Tables of this module."""

from .corrections import Correction, CorrectionState, Favourite
from .entries import NAME_LENGTH, Category, Entry, EntryState, Line, Register
from .opening import Opening, SpecialDay

__all__ = [
    "NAME_LENGTH", "Category", "Correction", "CorrectionState", "Entry", "EntryState", "Favourite", "Line", "Opening",
    "Register", "SpecialDay",
]  # fmt: skip
