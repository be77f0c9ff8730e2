"""The only thing that travels through Redis: who, which row of the outbox, which handler, signed. No payload."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from jiceng.kernel import crypto

from ..models import DeadReason
from .targets import Target, by_key

FIELDS = ("tenant", "schema", "delivery", "task")
MAX_FIELD_LENGTH = 300


class Refused(Exception):
    """A message that must not run. ``reason``: a ``DeadReason``; ``target``: whose it is, where that is certain."""

    def __init__(self, reason: DeadReason, detail: str, target: Target | None = None, name: str = "") -> None:
        self.reason, self.target, self.name = reason, target, name
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Opened:
    target: Target
    delivery_id: uuid.UUID
    name: str


def seal(target: Target, delivery_id: uuid.UUID, name: str) -> dict[str, str]:
    """The envelope for one delivery."""
    fields = {"tenant": target.key, "schema": target.schema, "delivery": str(delivery_id), "task": name}
    return {**fields, "signature": crypto.sign(_canonical(fields), purpose="task")}


def unseal(envelope: Any) -> Opened:
    """Check everything about ``envelope`` against the database. Raises ``Refused``; touches no tenant's tables."""
    fields, delivery_id = _well_formed(envelope)
    name = fields["task"]
    if not crypto.is_signed(_canonical(fields), envelope["signature"], purpose="task"):
        raise Refused(DeadReason.FORGED, f"bad signature on {fields}", name=name)
    target = by_key(fields["tenant"])
    if target is None or target.is_gone:
        raise Refused(DeadReason.UNKNOWN_TENANT, f"no tenant {fields['tenant']}", name=name)
    if target.schema != fields["schema"]:
        raise Refused(DeadReason.WRONG_SCHEMA, f"{fields['schema']} is not the schema of {target.key}", target, name)
    if not target.is_served:
        raise Refused(DeadReason.NOT_SERVED, f"tenant {target.key} is not served", target, name)
    return Opened(target, delivery_id, name)


def _well_formed(envelope: Any) -> tuple[dict[str, str], uuid.UUID]:
    if envelope is None:
        raise Refused(DeadReason.NO_ENVELOPE, "the message has no envelope")
    if not isinstance(envelope, dict) or set(envelope) != {*FIELDS, "signature"}:
        raise Refused(DeadReason.MALFORMED, f"an envelope has the keys {FIELDS} and a signature, not {envelope!r:.200}")
    if not all(isinstance(value, str) and 0 < len(value) <= MAX_FIELD_LENGTH for value in envelope.values()):
        raise Refused(DeadReason.MALFORMED, f"every field must be a short text: {envelope!r:.200}")
    try:
        delivery_id = uuid.UUID(envelope["delivery"])
    except ValueError as error:
        raise Refused(DeadReason.MALFORMED, f"not a delivery id: {envelope['delivery']!r:.100}") from error
    return {field: envelope[field] for field in FIELDS}, delivery_id


def _canonical(fields: dict[str, str]) -> str:
    return json.dumps([fields[field] for field in FIELDS])
