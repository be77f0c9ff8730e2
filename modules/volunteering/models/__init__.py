"""Tables of this module."""

from .help import OPEN_HELP, HelpRequest, HelpState, HelpStep, HelpStepKind
from .hours import Certificate, HoursEntry
from .projects import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    Category,
    Project,
    ProjectState,
    Register,
    Team,
    TeamMember,
    TeamMemberState,
)
from .shifts import COMING, Shift, SignUp, SignUpState

__all__ = [
    "COMING", "OPEN_HELP", "TEXT_LENGTH", "TITLE_LENGTH", "Category", "Certificate", "HelpRequest", "HelpState", "HelpStep",
    "HelpStepKind", "HoursEntry", "Project", "ProjectState", "Register", "Shift", "SignUp", "SignUpState", "Team",
    "TeamMember", "TeamMemberState",
]  # fmt: skip
