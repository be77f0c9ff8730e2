"""Tables of the registry of units and people."""

from .audiences import Audience, AudienceClause, PersonTag, Tag
from .imports import ImportBatch, ImportRow, Proposal, RosterExport
from .people import (
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
    ViewerKind,
    Visibility,
    VisibilityRule,
)
from .units import LABEL_LENGTH, MAX_DEPTH, Post, PostKind, Term, Unit, UnitKind, UnitPeriod, UnitSuccession

__all__ = [
    "LABEL_LENGTH", "MAX_DEPTH", "Audience", "AudienceClause", "Consent", "Disclosure", "Gender", "IdKind", "ImportBatch",
    "ImportRow", "Membership", "MembershipPeriod", "Person", "PersonChange", "PersonState", "PersonTag", "Post", "PostKind",
    "ProfileChange", "Proposal", "RosterExport", "Tag", "Term", "Unit", "UnitKind", "UnitPeriod", "UnitSuccession",
    "ViewerKind", "Visibility", "VisibilityRule",
]  # fmt: skip
