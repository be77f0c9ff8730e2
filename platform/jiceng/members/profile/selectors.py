"""Reads for the personal centre: one's own entry, requests, history, and who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.files.models import StoredFile
from jiceng.kernel import clock
from jiceng.workflow.models import Case
from jiceng.workflow.visibility import may_see

from .. import sealing
from ..fields import FIELDS, SENSITIVE
from ..models import Disclosure, Person, PersonChange, ProfileChange
from ..selectors import changed_since, person_of_user, shown_value, values_of
from .errors import NoEntry, RequestUnknown

WORKFLOW = "members.profile_change"
APPROVE = "members.approve_changes"
OWNER = "members.profilechange"
Rows = tuple[tuple[str, str, str], ...]


def own_entry(actor: Actor) -> Person | None:
    return person_of_user(actor.id) if actor.user is not None and actor.id else None


def entry_of(actor: Actor) -> Person:
    """The roster entry of ``actor``. Raises ``NoEntry``."""
    person = own_entry(actor)
    if person is None:
        raise NoEntry
    return person


def shown_values(person: Person) -> dict[str, str]:
    """All fields as they may stand on a page: sensitive ones masked, "—" for nothing."""
    return {code: shown_value(code, value) for code, value in values_of(person).items()}


def sensitive_values(actor: Actor) -> dict[str, str]:
    """One's own sensitive fields in clear. Raises ``NoEntry``."""
    values = values_of(entry_of(actor))
    return {code: str(values[code] or "—") for code in SENSITIVE}


def requests_of(person: Person) -> QuerySet[ProfileChange]:
    return ProfileChange.objects.filter(person=person).order_by("-requested_at", "-pk")


def pending_request(person: Person) -> ProfileChange | None:
    return requests_of(person).filter(state=ProfileChange.State.PENDING).first()


def own_request(*, request_id: UUID | str, actor: Actor) -> ProfileChange:
    """Raises ``RequestUnknown`` also for other people's, ``NoEntry``."""
    change = requests_of(entry_of(actor)).filter(pk=request_id).select_related("person").first()
    if change is None:
        raise RequestUnknown
    return change


def case_of(change: ProfileChange) -> Case | None:
    return Case.objects.filter(workflow=WORKFLOW, subject_id=str(change.pk)).order_by("-started_at").first()


def request_to_decide(*, request_id: UUID | str, actor: Actor, at: datetime) -> ProfileChange:
    """A pending request that ``actor`` may approve where it belongs. Raises ``RequestUnknown`` otherwise."""
    change = ProfileChange.objects.filter(pk=request_id, state=ProfileChange.State.PENDING).first()
    case = case_of(change) if change else None
    if change is None or case is None or not may_see(actor, case, at=at):
        raise RequestUnknown
    if not policy.may(actor, APPROVE, case.unit_path):
        raise RequestUnknown
    return change


def labels_of(change: ProfileChange) -> str:
    return "、".join(str(FIELDS[code].label) for code in change.fields.split(",") if code in FIELDS)


def wanted_of(change: ProfileChange) -> dict[str, Any]:
    """What is asked for, in clear, as JSON."""
    wanted: dict[str, Any] = sealing.open_facts(change.wanted_sealed, table="profilechange", row=change.pk)
    return wanted


def rows_of(change: ProfileChange) -> Rows:
    """Label, value when it was asked for, wanted value; sensitive ones masked."""
    before = {**values_of(change.person), **changed_since(change.person, change.base_version)}
    return tuple(
        (str(FIELDS[code].label), shown_value(code, before[code]), shown_value(code, value))
        for code, value in wanted_of(change).items()
    )


def evidence_of(change: ProfileChange) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(owner=f"{OWNER}:{change.pk}").order_by("created_at", "pk")


def may_read_evidence(*, actor: Actor, owner_id: str) -> bool:
    """Whoever may see the case may read what was handed in with it: the applicant and those who decide."""
    case = Case.objects.filter(workflow=WORKFLOW, subject_id=owner_id).first()
    return case is not None and may_see(actor, case, at=clock.now())


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of a person's data. ``rows``: label, before, after; empty for the entry itself."""

    change: PersonChange
    rows: Rows


def history_of(person: Person) -> QuerySet[PersonChange]:
    return PersonChange.objects.filter(person=person)


def shown_change(change: PersonChange) -> HistoryEntry:
    if change.version == 1:
        return HistoryEntry(change, ())
    facts = sealing.open_facts(change.changes_sealed, table="personchange", row=change.pk)
    return HistoryEntry(
        change,
        tuple(
            (str(FIELDS[code].label), shown_value(code, before), shown_value(code, after))
            for code, (before, after) in facts.items()
            if code in FIELDS
        ),
    )


def disclosures_of(person: Person) -> QuerySet[Disclosure]:
    return Disclosure.objects.filter(person=person)


def field_labels(disclosure: Disclosure) -> str:
    """What was shown, in words."""
    return "、".join(str(FIELDS[code].label) if code in FIELDS else code for code in disclosure.fields.split(","))
