"""Requests for help: what staff see, what volunteers may take, what is overdue."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Q, QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.kernel.clock import now

from .. import errors
from ..manifest.words import HELP
from ..models import OPEN_HELP, HelpRequest, HelpState, HelpStep
from .people import volunteer


def requests(*, show: str = "", at: datetime) -> QuerySet[HelpRequest]:
    """For staff. ``show``: ``open``, ``overdue``, ``ended`` or everything."""
    found = HelpRequest.objects.select_related("taker__unit")
    if show == "overdue":
        return found.filter(state__in=OPEN_HELP, due_at__lte=at).order_by("due_at", "id")
    if show == "open":
        return found.filter(state__in=(*OPEN_HELP, HelpState.DONE)).order_by("due_at", "id")
    if show == "ended":
        return found.filter(state__in=(HelpState.CONFIRMED, HelpState.CLOSED, HelpState.REFUSED))
    return found


def get_request(*, request_id: uuid.UUID) -> HelpRequest:
    """For staff. Raises ``HelpMissing``."""
    found = HelpRequest.objects.select_related("taker__unit").filter(pk=request_id).first()
    if found is None:
        raise errors.HelpMissing
    return found


def open_requests() -> QuerySet[HelpRequest]:
    """What volunteers may take, the most urgent first."""
    return HelpRequest.objects.filter(state=HelpState.OPEN).order_by("due_at", "id")


def taken_by(actor: Actor) -> QuerySet[HelpRequest]:
    """What one has taken, the latest first."""
    person = volunteer(actor)
    return HelpRequest.objects.filter(taker=person).order_by("-updated_at") if person else HelpRequest.objects.none()


def seen_by(actor: Actor) -> QuerySet[HelpRequest]:
    """Requests whose telephone number ``actor`` may see: staff all, a taker while it is in hand."""
    if policy.may(actor, HELP):
        return HelpRequest.objects.all()
    person = volunteer(actor)
    mine = HelpRequest.objects.filter(taker=person, state__in=(HelpState.TAKEN, HelpState.COMPLAINED))
    return mine if person else HelpRequest.objects.none()


def get_for_volunteer(*, request_id: uuid.UUID, actor: Actor) -> HelpRequest:
    """Open ones and one's own. Raises ``HelpMissing``."""
    person = volunteer(actor)
    reach = Q(state=HelpState.OPEN) | (Q(taker=person) if person else Q(pk=None))
    found = HelpRequest.objects.filter(reach, pk=request_id).first()
    if found is None:
        raise errors.HelpMissing
    return found


def steps_of(request: HelpRequest) -> QuerySet[HelpStep]:
    return HelpStep.objects.filter(request=request)


def long_over(before: datetime) -> Q:
    """Ended before then, or done and never confirmed."""
    return Q(ended_at__lt=before) | Q(state=HelpState.DONE, updated_at__lt=before)


def count_overdue() -> int:
    return HelpRequest.objects.filter(state__in=OPEN_HELP, due_at__lte=now()).count()
