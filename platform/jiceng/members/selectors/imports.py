"""Reads of imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor

from .. import scope, sealing
from ..bodies import state_label
from ..importing.columns import COLUMNS
from ..importing.errors import BatchUnknown
from ..models import ImportBatch, ImportRow, Membership, Person, Proposal, Unit
from .people import values_of
from .timeline import shown_value

STARTED = {"party": "party_joined", "union": "union_joined", "league": "league_joined"}


@dataclass(frozen=True, slots=True)
class CellFacts:
    """One column of a row. ``before``: what the registry has now, where the row would change it."""

    label: str
    value: str
    fault: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """A checked row as people see it: sensitive values masked. ``candidates``: (decision or ``""``, words).

    ``faults``: all of them; ``other_faults``: those of no cell.
    """

    row: ImportRow
    name: str
    cells: tuple[CellFacts, ...]
    faults: tuple[str, ...]
    other_faults: tuple[str, ...]
    candidates: tuple[tuple[str, str], ...]


def list_batches(*, actor: Actor) -> QuerySet[ImportBatch]:
    """Imports that ``actor`` may see, newest first: all for those who manage everything, else their own."""
    batches = ImportBatch.objects.defer("content_sealed").order_by("-created_at")
    if policy.unit_paths(actor, scope.MANAGE) is None:
        return batches
    return batches.filter(created_by_kind=actor.kind, created_by_id=actor.id or "")


def get_batch(*, batch_id: UUID | str, actor: Actor, is_own: bool = False) -> ImportBatch:
    """``is_own``: only one that ``actor`` began; what the file says in clear is for nobody else. Raises ``BatchUnknown``."""
    batch = list_batches(actor=actor).filter(pk=batch_id).first()
    if batch is None or (is_own and not began(batch, actor)):
        raise BatchUnknown
    return batch


def began(batch: ImportBatch, actor: Actor) -> bool:
    """Whether ``actor`` is who brought the file."""
    return (batch.created_by_kind, batch.created_by_id) == (actor.kind, actor.id or "")


def list_rows(*, batch: ImportBatch, outcome: str = "") -> QuerySet[ImportRow]:
    """Rows of a checked import in their order."""
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    return rows.filter(outcome=outcome) if outcome else rows


def row_facts(rows: Sequence[ImportRow], *, actor: Actor) -> list[RowFacts]:
    """``rows`` opened for showing. The same few queries however many."""
    opened = [sealing.open_facts(row.values_sealed, table="importrow", row=row.pk) for row in rows]
    book = _Book(rows, opened, actor)
    return [_facts(row, facts, book) for row, facts in zip(rows, opened, strict=True)]


def list_proposals(*, batch: ImportBatch) -> QuerySet[Proposal]:
    return (
        Proposal.objects.filter(batch=batch).select_related("person", "person__unit").order_by("kind", "found_at", "id")
    )


class _Book:
    """What the registry knows of the people and units that some rows speak of."""

    def __init__(self, rows: Sequence[ImportRow], opened: Sequence[dict[str, Any]], actor: Actor) -> None:
        asked = {value for row in rows for kind, value in row.candidates if kind == "person"}
        self.names = {str(pk): name for pk, name in Person.objects.filter(pk__in=asked).values_list("pk", "name")}
        near = scope.people_in_reach(actor, scope.MANAGE).filter(pk__in=asked, unit__isnull=False)
        self.places = {str(pk): name for pk, name in near.values_list("pk", "unit__name")}
        held = Membership.objects.filter(ended_on=None).select_related("unit")
        changed = [row.person_id for row in rows if row.person_id and row.outcome == ImportRow.Outcome.CHANGED]
        people = Person.objects.filter(pk__in=changed).prefetch_related(Prefetch("memberships", held))
        self.people = {person.pk: person for person in people}
        ids = {one[2] for facts in opened for one in facts["m"] if one[2] and "|" not in one[2]}
        self._units = {str(pk): name for pk, name in Unit.objects.filter(pk__in=ids).values_list("pk", "name")}

    def unit(self, unit_id: str) -> str:
        """Its name; of one to be founded what the file calls it."""
        return self._units.get(unit_id) or unit_id.rpartition("|")[2]


def _facts(row: ImportRow, facts: dict[str, Any], book: _Book) -> RowFacts:
    faults = {code: str(sentence) for code, _fault, sentence in row.faults}
    asked = dict(_asked(facts, book))
    present = _present(book.people[row.person_id], asked) if row.person_id in book.people else asked
    codes = [code for code in COLUMNS if code != "name" and (code in asked or code in faults)]
    cells = (
        CellFacts(
            label=str(COLUMNS[code].label),
            value=asked.get(code, "—"),
            fault=faults.get(code, ""),
            before=present.get(code, "—") if present.get(code) != asked.get(code) else "",
        )
        for code in codes
    )
    return RowFacts(
        row=row,
        name=facts["v"].get("name", ""),
        cells=tuple(cells),
        faults=tuple(f"{COLUMNS[code].label}：{words}" if code in COLUMNS else words for code, words in faults.items()),
        other_faults=tuple(words for code, words in faults.items() if code not in codes),
        candidates=tuple(_candidate(kind, value, book) for kind, value in row.candidates),
    )


def _asked(facts: dict[str, Any], book: _Book) -> Iterator[tuple[str, str]]:
    """Column code -> what the row says, in words."""
    for code, value in facts["v"].items():
        yield code, shown_value(code, value)
    yield from facts.get("u", {}).items()
    for body, state, unit_id, started_on, confirmed_on in facts["m"]:
        if state:
            yield f"{body}_state", state_label(body, state)
        if unit_id:
            yield f"{body}_unit", book.unit(unit_id)
        if started_on and body in STARTED:
            yield STARTED[body], started_on
        if confirmed_on:
            yield "party_confirmed", confirmed_on


def _present(person: Person, asked: dict[str, str]) -> dict[str, str]:
    """Column code -> what the registry says of ``person``, in the same words."""
    values = values_of(person)
    present = {code: shown_value(code, values[code]) for code in asked if code in values}
    for held in person.memberships.all():
        body = held.body
        present[f"{body}_state"] = state_label(body, held.state)
        present[f"{body}_unit"] = held.unit.name if held.unit else "—"
        present[STARTED.get(body, "")] = held.started_on.isoformat() if held.started_on else "—"
        if held.confirmed_on:
            present[f"{body}_confirmed"] = held.confirmed_on.isoformat()
    return present


def _candidate(kind: str, value: str, book: _Book) -> tuple[str, str]:
    if kind != "person":
        return "", f"与第 {value} 行是同一名人员"
    place = f"（{book.places[value]}）" if value in book.places else ""
    return f"same:{value}", f"名册中的{book.names.get(value, '')}{place}"
