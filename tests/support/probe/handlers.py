"""Every effect is one audit entry, so that it can be counted and cannot be taken back unseen."""

from jiceng.access.actor import Actor
from jiceng.audit.models import AuditEntry
from jiceng.audit.services import record

failing: set[str] = set()


class ProbeFailure(RuntimeError):
    """Wanted by a test."""


def _effect(what: str, target: object) -> None:
    if what in failing:
        raise ProbeFailure(f"{what} is to fail")
    record(action=f"probe.{what}", actor=Actor.system(), target=str(target))


def effects(what: str) -> list[str]:
    """The targets of ``what`` in the current scope, in order."""
    return list(AuditEntry.objects.filter(action=f"probe.{what}").order_by("id").values_list("target", flat=True))


def count(*, number: int) -> None:
    _effect("count", number)


def fail() -> None:
    raise ProbeFailure("as wanted")


def count_then_fail(*, number: int) -> None:
    _effect("count", number)
    raise ProbeFailure("after the effect")


def on_schedule() -> None:
    _effect("on_schedule", "")


def count_first(event) -> None:
    _effect("first", event.payload["number"])


def count_second(event) -> None:
    _effect("second", event.payload["number"])
