"""Showing sensitive data in clear. Who saw what of whom, and why, is kept; the person concerned can read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import clock

from .. import sealing, selectors
from ..fields import FIELDS, SENSITIVE
from ..models import Disclosure
from .writing import fault, text

READ_SENSITIVE = "members.read_sensitive"
SHORTEST_REASON = 4
BATCH_SIZE = 2000


@transaction.atomic
def reveal(
    *,
    person_id: UUID | str,
    fields: Iterable[str],
    reason: str,
    actor: Actor,
    kind: str = Disclosure.Kind.REVEAL,
    at: datetime | None = None,
) -> dict[str, str]:
    """The sensitive ``fields`` (codes) of one person in clear, ``""`` where there is nothing, by code.

    Raises ``Forbidden``, ``PersonUnknown`` (also for people out of reach), ``Invalid`` (fields, a reason of fewer than four
    characters). Whoever shows the values asks for a recent login first.
    """
    policy.require(actor, READ_SENSITIVE)
    person = selectors.get_person(person_id, actor=actor, permission=READ_SENSITIVE)
    wanted, words = _sensitive(fields), checked_reason(reason)
    disclose([person.pk], fields=wanted, kind=kind, reason=words, actor=actor, at=at)
    record(
        action="members.person.revealed", actor=actor, target=str(person.pk), target_label=person.name,
        after={"fields": "、".join(str(FIELDS[code].label) for code in wanted)}, note=words,
    )  # fmt: skip
    opened = {"id_number": sealing.id_number_of(person), "phone": sealing.phone_of(person)}
    return {code: opened[code] for code in wanted}


@transaction.atomic
def disclose(
    person_ids: Iterable[UUID | str],
    *,
    fields: Iterable[str],
    kind: str,
    actor: Actor,
    reason: str = "",
    at: datetime | None = None,
) -> int:
    """Note that ``actor`` was shown ``fields`` of these people; returns of how many. In batches, for exports of any size."""
    facts: dict[str, Any] = {
        "kind": kind, "fields": ",".join(fields)[:200], "reason": reason[:200], "happened_at": at or clock.now(),
        "actor_kind": actor.kind, "actor_id": actor.id or "", "actor_name": actor.display_name[:150],
    }  # fmt: skip
    count, batch = 0, []
    for person_id in person_ids:
        batch.append(Disclosure(person_id=person_id, **facts))
        if len(batch) == BATCH_SIZE:
            count += len(Disclosure.objects.bulk_create(batch))
            batch = []
    return count + len(Disclosure.objects.bulk_create(batch))


def checked_reason(reason: str) -> str:
    """A reason that says something. Raises ``Invalid``."""
    words = text(reason, "reason", "理由", 200)
    if len(words) < SHORTEST_REASON:
        raise fault("reason", "required", "请写明查看的理由，至少 4 个字。")
    return words


def _sensitive(fields: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(fields))
    if not wanted or not set(wanted) <= set(SENSITIVE):
        raise fault("fields", "choice", "请选择要查看的内容。")
    return wanted
