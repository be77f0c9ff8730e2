"""Tables of the registry of units and people."""

from .imports import ImportBatch, ImportRow, Proposal, RosterExport
from .people import (
    Audience,
    Consent,
    Disclosure,
    Gender,
    IdKind,
    Membership,
    MembershipPeriod,
    Person,
    PersonChange,
    PersonState,
    ProfileChange,
    Visibility,
    VisibilityRule,
)
from .units import LABEL_LENGTH, MAX_DEPTH, Post, PostKind, Term, Unit, UnitKind, UnitPeriod, UnitSuccession

__all__ = [
    "LABEL_LENGTH", "MAX_DEPTH", "Audience", "Consent", "Disclosure", "Gender", "IdKind", "ImportBatch", "ImportRow",
    "Membership", "MembershipPeriod", "Person", "PersonChange", "PersonState", "Post", "PostKind", "ProfileChange",
    "Proposal", "RosterExport", "Term", "Unit", "UnitKind", "UnitPeriod", "UnitSuccession", "Visibility",
    "VisibilityRule",
]  # fmt: skip
