"""Writes: cases and their decisions, the inbox, definitions, stand-ins."""

from .cases import move_cases, resubmit, start_case, withdraw
from .deadlines import escalate_overdue
from .decisions import approve, approve_many, reject, return_case
from .definitions import publish_definition
from .handing import add_signer, delegate
from .stand_ins import end_stand_in, set_stand_in
from .todos import close_todos, close_todos_of, move_todos, put_todo, put_todos

__all__ = [
    "add_signer", "approve", "approve_many", "close_todos", "close_todos_of", "delegate", "end_stand_in", "escalate_overdue",
    "move_cases", "move_todos", "publish_definition", "put_todo", "put_todos", "reject", "resubmit", "return_case", "set_stand_in", "start_case", "withdraw",
]  # fmt: skip
