"""运行状况: whether everything is ready, and what waits for an operator."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime

import django
from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel.clock import now
from jiceng.kernel.registry import registry
from jiceng.shell.requests import PlatformRequest
from tenants.models import Agenda, DeadLetter, Resolution, SignupRequest, SignupState, SpareSchema, State, Tenant

from .pages import show

PROBLEMS = {
    "database": gettext_lazy("数据库没有应答。"),
    "redis": gettext_lazy("缓存（Redis）没有应答。"),
    "worker": gettext_lazy("后台任务进程没有运行，事件和任务不会执行。"),
    "scheduler": gettext_lazy("调度进程没有运行，到期的工作不会派发。"),
    "outbox": gettext_lazy("有到期的后台工作迟迟没有完成。"),
}


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


def overview(request: PlatformRequest) -> HttpResponse:
    found = figures()
    problems = [PROBLEMS.get(name, name) for name in found.problems]
    return show(
        request, "ops/health.html", figures=found, problems=problems,
        facts=[
            ("Python", platform.python_version()), ("Django", django.get_version()),
            (_("功能模块"), len(registry.modules)), (_("域名"), settings.BASE_DOMAIN),
            (_("开通审核"), _("自动") if settings.SIGNUP_APPROVAL == "auto" else _("人工")),
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
