"""Adding to the audit trail."""

from __future__ import annotations

from typing import Any, Protocol

from jiceng.kernel.clock import now
from jiceng.kernel.context import request_facts

from .masking import masked
from .models import AuditEntry


class Who(Protocol):
    """What the trail keeps of an actor; ``access.actor.Actor`` is one."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str | None: ...
    @property
    def display_name(self) -> str: ...


def record(
    *,
    action: str,
    actor: Who,
    target: str = "",
    target_label: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """Add one entry, in the caller's transaction: it exists exactly when the change does.

    ``action``: ``<module>.<object>.<past>``. ``target``: the id of what was changed, ``target_label`` its name.
    ``before``/``after``: the changed fields; values under sensitive keys (password, phone, token, …) are masked.
    Address and request id come from the request at hand.
    """
    facts = request_facts()
    return AuditEntry.objects.create(
        happened_at=now(), action=action, actor_kind=actor.kind, actor_id=actor.id or "",
        actor_name=actor.display_name[:150], target=str(target)[:100], target_label=str(target_label)[:200],
        before=masked(before), after=masked(after), note=str(note)[:500],
        request_id=facts.request_id, address=facts.address[:45],
    )  # fmt: skip
