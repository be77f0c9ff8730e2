from .care import Appeal, AppealState, Flag, FlagKind, FlagState
from .ledger import BY_HAND, Entry, Undone
from .rules import RuleVersion
from .standings import Period, Standing, Tally

__all__ = [
    "BY_HAND", "Appeal", "AppealState", "Entry", "Flag", "FlagKind", "FlagState", "Period", "RuleVersion", "Standing",
    "Tally", "Undone",
]  # fmt: skip
