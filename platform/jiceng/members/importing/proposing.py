"""Comparing the complete list of another system with the staff in the registry: who joined, left, or moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import clock
from jiceng.kernel.errors import Conflict, NotFound
from jiceng.workflow.services import start_case

from .. import sealing
from ..bodies import Body
from ..models import ImportBatch, Membership, Person, PersonChange, PersonState, Proposal
from ..services import change_membership, create_person, join, leave
from . import wanted
from .checking import Checker, Verdict, keep
from .errors import TooManyLeavers
from .founding import Founder
from .reading import Table

WORKFLOW = "members.roster_proposals"
MOST_LEAVERS = 0.2
FEW = 5
Kind, State = Proposal.Kind, Proposal.State


def compare(batch: ImportBatch, table: Table, *, actor: Actor, at: datetime) -> None:
    """Keep what is different as proposals and ask for approval. Call inside a transaction.

    Rows that cannot be understood propose nothing, and nobody leaves because of a row that cannot be understood: then no
    leavers are proposed at all. Raises ``TooManyLeavers``.
    """
    verdicts = Checker(batch, table, actor, {}).verdicts()
    faulty = [verdict for verdict in verdicts if verdict.parsed.faults]
    clear = [verdict for verdict in verdicts if not verdict.parsed.faults]
    there = {verdict.known.person.pk for verdict in clear if verdict.known}
    proposals = [_joiner(batch, verdict, at) for verdict in clear if verdict.known is None]
    proposals += [mover for verdict in clear if verdict.known and (mover := _mover(batch, verdict, at))]
    if not faulty:
        proposals += _leavers(batch, there, at)
    _outdate(proposals, at)
    kept = Proposal.objects.bulk_create(proposals, ignore_conflicts=True)
    pending = Proposal.objects.filter(batch=batch, pk__in=[one.pk for one in kept])
    counts = Counter(pending.values_list("kind", flat=True))
    batch.counts = {"proposals": dict(counts), "outcomes": {"error": len(faulty)}, "units": {}}
    keep(batch, faulty)
    batch.row_count = batch.done_count = len(verdicts)
    batch.checked_at = batch.applied_at = at
    if counts:
        # Nobody applies: whoever uploaded the list may also be the one who decides.
        start_case(workflow=WORKFLOW, subject_id=batch.pk, title=_title(counts), actor=Actor.system("名册比对"), at=at)


@transaction.atomic
def decided(*, subject_id: str, is_approved: bool, actor: Actor, at: datetime) -> None:
    """What follows from the approval's end: every proposal still pending is carried out, or none."""
    founder = Founder(actor)
    waiting = Proposal.objects.select_for_update(of=("self",)).select_related("person")
    for proposal in waiting.filter(batch_id=UUID(subject_id), state=State.PENDING):
        if is_approved:
            proposal.state = State.APPLIED if _carry_out(proposal, founder, actor, at) else State.OUTDATED
        else:
            proposal.state = State.REJECTED
        proposal.decided_at = at
        proposal.save(update_fields=["state", "decided_at"])


@transaction.atomic
def decline(*, batch_id: UUID | str, proposal_id: UUID | str, actor: Actor, at: datetime) -> None:
    """Leave one proposal out before the rest is decided. Does nothing for one that is decided."""
    waiting = Proposal.objects.select_for_update().filter(batch_id=UUID(str(batch_id)), state=State.PENDING)
    proposal = waiting.filter(pk=proposal_id).first()
    if proposal is None:
        return
    proposal.state, proposal.decided_at = State.REJECTED, at
    proposal.save(update_fields=["state", "decided_at"])
    record(action="members.proposal.declined", actor=actor, target=str(proposal.pk), target_label=name_of(proposal))


def name_of(proposal: Proposal) -> str:
    """Whose proposal it is."""
    if proposal.person is not None:
        return proposal.person.name
    return str(sealing.open_facts(proposal.facts_sealed, table="proposal", row=proposal.pk)["v"].get("name", ""))


def _joiner(batch: ImportBatch, verdict: Verdict, at: datetime) -> Proposal:
    values = wanted.person_values(verdict.parsed)
    key = values.get("id_number") or values.get("employee_number") or f"{values['name']}|{values.get('phone', '')}"
    proposal = Proposal(batch=batch, kind=Kind.JOINER, found_at=at, key_index=sealing.id_number_index("proposal", key))
    return _with_facts(proposal, {"v": values, "m": wanted.packed(verdict.memberships)})


def _mover(batch: ImportBatch, verdict: Verdict, at: datetime) -> Proposal | None:
    known = verdict.known
    asked = next((one for one in verdict.memberships if one.body == Body.STAFF), None)
    held = known.memberships.get(Body.STAFF) if known else None
    if known is None or asked is None or (held is not None and asked.unit_id in (None, str(held.unit_id))):
        return None
    if held is None and asked.unit_id is None:
        return None
    return _with_facts(
        Proposal(batch=batch, kind=Kind.MOVER, person=known.person, found_at=at), {"m": wanted.packed([asked])}
    )


def _leavers(batch: ImportBatch, there: set[UUID], at: datetime) -> list[Proposal]:
    staff = Membership.objects.filter(body=Body.STAFF, ended_on=None, person__state=PersonState.ACTIVE)
    here = set(staff.exclude(state="retired").values_list("person_id", flat=True))
    gone = here - there
    if len(gone) > max(FEW, len(here) * MOST_LEAVERS) and not batch.accepts_many_leavers:
        raise TooManyLeavers
    return [
        _with_facts(Proposal(batch=batch, kind=Kind.LEAVER, person_id=person_id, found_at=at), {})
        for person_id in sorted(gone)
    ]


def _outdate(proposals: Iterable[Proposal], at: datetime) -> None:
    """What an earlier comparison proposed and this one does not is not so any more."""
    still = {(one.kind, one.person_id, bytes(one.key_index or b"")) for one in proposals}
    for earlier in Proposal.objects.filter(state=State.PENDING):
        if (earlier.kind, earlier.person_id, bytes(earlier.key_index or b"")) not in still:
            Proposal.objects.filter(pk=earlier.pk).update(state=State.OUTDATED, decided_at=at)


def _carry_out(proposal: Proposal, founder: Founder, actor: Actor, at: datetime) -> bool:
    """Whether it could be done; one overtaken by events is not, and keeps back no other."""
    facts = sealing.open_facts(proposal.facts_sealed, table="proposal", row=proposal.pk)
    try:
        with transaction.atomic():
            memberships = [founder.founded(one) for one in wanted.unpacked(facts.get("m", []))]
            if proposal.kind == Kind.JOINER:
                joiner = create_person(**facts["v"], actor=actor, source=PersonChange.Source.APPROVED, at=at)
                _place(joiner, memberships, actor)
            elif proposal.kind == Kind.LEAVER and proposal.person_id:
                leave(person_id=proposal.person_id, on=clock.today(), actor=actor)
            elif proposal.person is not None:
                _place(proposal.person, memberships, actor)
    except (Conflict, NotFound):
        return False
    return True


def _place(person: Person, memberships: list[wanted.Wanted], actor: Actor) -> None:
    for one in memberships:
        held = Membership.objects.filter(person=person, body=one.body, ended_on=None).first()
        if held is None:
            join(person=person, body=one.body, state=one.state, unit_id=one.unit_id, actor=actor)
        else:
            change_membership(membership_id=held.pk, unit_id=one.unit_id, actor=actor)


def _with_facts(proposal: Proposal, facts: dict[str, Any]) -> Proposal:
    proposal.facts_sealed = sealing.seal_facts(facts, table="proposal", row=proposal.pk)
    return proposal


def _title(counts: Counter[str]) -> str:
    words = [f"{label} {counts[kind]} 人" for kind, label in Kind.choices if counts.get(kind)]
    return f"名册比对：{'、'.join(words)}"
