"""What approvers are shown of the differences that a comparison found."""

from __future__ import annotations

from uuid import UUID

from jiceng.workflow.summaries import CaseSummary, SummaryRow

from .. import sealing, selectors
from ..models import Proposal
from . import wanted
from .proposing import name_of

MOST_ROWS = 200


def of_proposals(*, subject_id: str) -> CaseSummary:
    """Joiners, leavers and movers that wait, one line each; the others are on the page of the comparison."""
    waiting = Proposal.objects.filter(batch_id=UUID(subject_id)).exclude(state=Proposal.State.REJECTED)
    proposals = list(
        waiting.select_related("person", "person__unit").order_by("kind", "found_at", "id")[: MOST_ROWS + 1]
    )
    units = {str(pk): name for pk, name in selectors.unit_names().items()}
    return CaseSummary(
        rows=tuple(_row(proposal, units) for proposal in proposals[:MOST_ROWS]),
        note=f"这里只列出前 {MOST_ROWS} 人。" if len(proposals) > MOST_ROWS else "",
        url=f"/console/people/imports/{subject_id}/",
    )


def _row(proposal: Proposal, units: dict[str, str]) -> SummaryRow:
    facts = sealing.open_facts(proposal.facts_sealed, table="proposal", row=proposal.pk)
    target = next((one.unit_id for one in wanted.unpacked(facts.get("m", [])) if one.unit_id), None)
    unit = proposal.person.unit.name if proposal.person and proposal.person.unit else ""
    return SummaryRow(
        label=str(proposal.get_kind_display()),
        before=f"{name_of(proposal)}（{unit}）" if unit else "",
        after="离开"
        if proposal.kind == Proposal.Kind.LEAVER
        else " → ".join(filter(None, (name_of(proposal), units.get(target or "", "")))),
    )
