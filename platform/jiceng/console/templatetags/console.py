"""Template filters of the console's own pages."""

from __future__ import annotations

from django import template

from jiceng.console.accounts import Cell
from jiceng.shell.trail import action_label

register = template.Library()
register.filter("action_label", action_label)


@register.filter
def is_ticked(cell: Cell, ticked: set[str] | None) -> bool:
    """Whether a permission's box is ticked: as it came back with a faulty form, else as the role has it."""
    return cell.is_allowed if ticked is None else cell.code in ticked
