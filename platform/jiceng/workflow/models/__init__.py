"""Running cases and who has to do what. All in the tenant's schema."""

from .addressed import Addressed
from .cases import Assignment, AssignmentKind, AssignmentState, Case, CaseEvent, CaseEventKind, CaseState
from .definitions import Definition, StandIn
from .todos import Todo, TodoState

__all__ = [
    "Addressed", "Assignment", "AssignmentKind", "AssignmentState", "Case", "CaseEvent", "CaseEventKind", "CaseState",
    "Definition", "StandIn", "Todo", "TodoState",
]  # fmt: skip
