"""Telling those who manage workflows what is overdue."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor

from ..manifest import MANAGE
from ..models import Assignment, AssignmentState, CaseEventKind
from . import running
from .todos import put_todo

BATCH = 200


@transaction.atomic
def escalate_overdue(*, at: datetime) -> int:
    """Mark up to 200 open assignments that are past their deadline, each once ever; returns how many."""
    overdue = Assignment.objects.filter(state=AssignmentState.OPEN, escalated_at=None, due_at__lt=at)
    # Skipping locked cases loses nothing: the next run finds what is still open then.
    rows = overdue.select_related("case").select_for_update(of=("self", "case"), skip_locked=True).order_by("due_at")
    found, actor = list(rows[:BATCH]), Actor.system()
    Assignment.objects.filter(pk__in=[row.pk for row in found]).update(escalated_at=at)
    for row in found:
        running.tell(row.case, CaseEventKind.ESCALATED, actor, at, is_audited=False)
        put_todo(
            owner=f"workflow.overdue:{row.pk}", kind=running.OVERDUE, url=running.case_url(row.case), at=at,
            title=_("已超期：%(title)s") % {"title": row.case.title}, permission=MANAGE, unit_path=row.case.unit_path,
        )  # fmt: skip
    return len(found)
