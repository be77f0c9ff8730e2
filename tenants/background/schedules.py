"""Work that comes due by the clock. Each tenant's next occurrence is one row of the agenda, so waiting costs nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from jiceng.kernel import cron
from jiceng.kernel.clock import now
from jiceng.kernel.manifest import Schedule
from jiceng.kernel.registry import registry

from .. import directory
from ..context import platform_scope
from ..models import SERVED_STATES, Agenda, Tenant
from .targets import Target, by_key, of_record, platform_target

PREFIX = "schedule:"
MAX_JITTER = timedelta(minutes=10)


def plan(tenant: object) -> None:
    """Put the schedules of a tenant's modules on the agenda; those already there stay. In the caller's transaction.

    ``tenant``: anything with the tenant's ``id``. Call it when a tenant is made, a module switched on, a suspension
    lifted (what had been put off is due again). Schedules of modules switched off are dropped when they come due.
    """
    target = by_key(str(tenant.id))  # type: ignore[attr-defined]
    if target is not None:
        with platform_scope():
            Agenda.objects.filter(role_name=target.role, lease_until__isnull=False).update(lease_until=None)
        plan_target(target)


def plan_all() -> None:
    """``plan`` for the platform and every tenant that is served: after an upgrade, which may bring new schedules."""
    plan_target(platform_target())
    with platform_scope():
        tenants = list(Tenant.objects.filter(state__in=SERVED_STATES).select_related("plan"))
        records = [directory.record_of(tenant, "") for tenant in tenants]
    for record in records:
        plan_target(of_record(record))


def plan_target(target: Target) -> None:
    """``plan`` for a target at hand."""
    at = now()
    wanted = [schedule for module, schedule in registry.schedules if is_on(target, module)]
    with platform_scope():
        kinds = [PREFIX + schedule.task for schedule in wanted]
        there = set(Agenda.objects.filter(role_name=target.role, kind__in=kinds).values_list("kind", flat=True))
        missing = [schedule for schedule in wanted if PREFIX + schedule.task not in there]
        Agenda.objects.bulk_create(
            (
                Agenda(role_name=target.role, kind=PREFIX + schedule.task, due_at=next_due(schedule, target, at))
                for schedule in missing
            ),
            ignore_conflicts=True,
        )


def is_on(target: Target, module: str) -> bool:
    """Whether ``module``'s schedules run for ``target``. The platform's own schema runs those of platform parts."""
    if target.modules is not None:
        return module in target.modules
    return registry.by_code[module].always_on


def of_task(task: str) -> tuple[str, Schedule] | None:
    """(module, schedule) of a scheduled task, if a manifest still declares it."""
    return next(((module, schedule) for module, schedule in registry.schedules if schedule.task == task), None)


def next_due(schedule: Schedule, target: Target, after: datetime) -> datetime:
    """The next occurrence after ``after`` in the target's zone, plus the target's own share of jitter.

    The jitter is fixed per tenant and task: tenants do not all come at midnight, and each keeps its rhythm.
    """
    occurrence = cron.next_after(schedule.cron, after, target.zone)
    room = min(cron.gap(schedule.cron, after, target.zone) / 5, MAX_JITTER)
    digest = hashlib.sha256(f"{target.key}|{schedule.task}".encode()).digest()
    return occurrence + room * (int.from_bytes(digest[:4], "big") / 2**32)


def fire(kinds_due: Iterable[tuple[str, datetime]], target: Target, at: datetime) -> list[tuple[str, datetime]]:
    """Move due schedules to their next occurrence, drop those no longer wanted; returns (task, was due) to run now.

    However long the relay was down, a schedule runs once. Call within ``platform_scope`` and the transaction that
    enqueues the tasks.
    """
    run: list[tuple[str, datetime]] = []
    for kind, due_at in kinds_due:
        task = kind.removeprefix(PREFIX)
        found = of_task(task)
        row = Agenda.objects.filter(role_name=target.role, kind=kind)
        if found is None or not is_on(target, found[0]):
            row.delete()
            continue
        row.update(due_at=next_due(found[1], target, at), lease_until=None)
        run.append((task, due_at))
    return run
