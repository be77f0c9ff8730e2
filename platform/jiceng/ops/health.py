"""运行状况: whether everything is ready, and what waits for an operator."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime

import django
from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from jiceng.kernel.clock import now
from jiceng.kernel.registry import registry
from tenants.models import Agenda, DeadLetter, Resolution, SignupRequest, SignupState, SpareSchema, State, Tenant

from .pages import show


@dataclass(frozen=True, slots=True)
class Figures:
    """``late``: wake-ups of the agenda that are overdue; ``oldest_due_at``: since when."""

    problems: tuple[str, ...]
    states: tuple[tuple[str, int], ...]
    waiting_signups: int
    unfinished_signups: int
    spares: int
    dead: int
    late: int
    oldest_due_at: datetime | None

    @property
    def tenants(self) -> int:
        return sum(count for _label, count in self.states)


def overview(request: HttpRequest) -> HttpResponse:
    return show(
        request, "ops/health.html", figures=figures(), wanted_spares=settings.SPARE_SCHEMAS,
        facts=[
            ("Python", platform.python_version()), ("Django", django.get_version()),
            ("功能模块", len(registry.modules)), ("域名", settings.BASE_DOMAIN), ("开通审核", settings.SIGNUP_APPROVAL),
        ],
    )  # fmt: skip


def figures() -> Figures:
    """How the platform stands. The same few queries however many tenants there are."""
    counted = dict(Tenant.objects.order_by().values_list("state").annotate(Count("id")))
    late = Agenda.objects.filter(due_at__lt=now()).order_by("due_at")
    oldest = late.values_list("due_at", flat=True).first()
    return Figures(
        problems=tuple(import_string(settings.READINESS)()),
        states=tuple((str(State(state).label), counted.get(state, 0)) for state in State.values),
        waiting_signups=SignupRequest.objects.filter(state=SignupState.WAITING).count(),
        unfinished_signups=SignupRequest.objects.filter(state=SignupState.APPROVED).count(),
        spares=SpareSchema.objects.count(), dead=DeadLetter.objects.filter(resolution=Resolution.OPEN).count(),
        late=late.count(), oldest_due_at=oldest,
    )  # fmt: skip
