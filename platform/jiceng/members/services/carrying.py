"""What is bound to a place in the trees by its path goes along when that place changes."""

from __future__ import annotations

from django.db.models import Value
from django.db.models.functions import Concat, Substr

from jiceng.access.models import Invite, RoleAssignment
from jiceng.workflow.services import move_cases


def carry_bound(old_path: str, new_path: str) -> None:
    """Role scopes, invitations not yet used, open cases and entries of the inbox at or below ``old_path``."""
    for bound in (RoleAssignment.objects.all(), Invite.objects.filter(used_at=None)):
        bound.filter(unit_path__startswith=old_path).update(unit_path=path_moved("unit_path", old_path, new_path))
    move_cases(before=old_path, after=new_path)


def path_moved(column: str, old_path: str, new_path: str) -> Concat:
    return Concat(Value(new_path), Substr(column, len(old_path) + 1))
