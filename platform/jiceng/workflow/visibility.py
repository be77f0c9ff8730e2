"""Who may see a case: its applicant, whoever took part or could decide, and who manages workflows where it belongs."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from jiceng.access import policy
from jiceng.access.actor import Actor

from .addressing import principals, reaching
from .manifest import MANAGE
from .models import Assignment, Case, CaseEvent


def may_see(actor: Actor, case: Case, *, at: datetime) -> bool:
    """At most a handful of queries."""
    return actor.is_system or Case.objects.filter(visible_to(actor, at=at), pk=case.pk).exists()


def visible_to(actor: Actor, *, at: datetime) -> Q:
    """The cases that ``actor`` may see, as a condition on ``Case``."""
    if actor.user is None or not actor.user.is_active:
        return Q(pk__in=())
    addressed = Q()
    for principal in principals(actor, at=at):
        addressed |= reaching(principal)
    assignments = Assignment.objects.filter(addressed | Q(decided_by=actor.user), case=OuterRef("pk"))
    events = CaseEvent.objects.filter(case=OuterRef("pk"), actor_id=str(actor.user.pk))
    return Q(applicant=actor.user) | Q(Exists(assignments)) | Q(Exists(events)) | managed_by(actor)


def managed_by(actor: Actor) -> Q:
    """Cases of the units where ``actor`` manages workflows."""
    paths = policy.unit_paths(actor, MANAGE)
    if paths is None:
        return Q(pk__isnull=False)
    found = Q(pk__in=())
    for path in paths:
        found |= Q(unit_path__startswith=path)
    return found
