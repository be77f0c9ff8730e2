"""Reads of imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor

from .. import identity, scope, sealing
from ..bodies import Body, state_label
from ..importing.columns import COLUMNS
from ..importing.errors import BatchUnknown
from ..models import ImportBatch, ImportRow, Person, Proposal, Unit

MASKS = {"phone": identity.mask_phone, "id_number": identity.mask_id_number}


@dataclass(frozen=True, slots=True)
class RowFacts:
    """A checked row as people see it: sensitive values masked. ``faults``: column code -> sentences."""

    row: ImportRow
    name: str
    cells: tuple[tuple[str, str, str], ...]  # label, value, fault
    faults: tuple[str, ...]
    candidates: tuple[tuple[str, str], ...]  # decision, words


def list_batches(*, actor: Actor) -> QuerySet[ImportBatch]:
    """Imports that ``actor`` may see, newest first: all for those who manage everything, else their own."""
    batches = ImportBatch.objects.defer("content_sealed").order_by("-created_at")
    if policy.unit_paths(actor, scope.MANAGE) is None:
        return batches
    return batches.filter(created_by_kind=actor.kind, created_by_id=actor.id or "")


def get_batch(*, batch_id: UUID | str, actor: Actor) -> ImportBatch:
    """Raises ``BatchUnknown``."""
    batch = list_batches(actor=actor).filter(pk=batch_id).first()
    if batch is None:
        raise BatchUnknown
    return batch


def list_rows(*, batch: ImportBatch, outcome: str = "") -> QuerySet[ImportRow]:
    """Rows of a checked import in their order."""
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    return rows.filter(outcome=outcome) if outcome else rows


def row_facts(rows: Sequence[ImportRow]) -> list[RowFacts]:
    """``rows`` opened for showing. Two queries however many."""
    people = {
        str(pk): (name, unit or "")
        for pk, name, unit in Person.objects.filter(
            pk__in=[value for row in rows for kind, value in row.candidates if kind == "person"]
        ).values_list("pk", "name", "unit__name")
    }
    opened = [sealing.open_facts(row.values_sealed, table="importrow", row=row.pk) for row in rows]
    ids = {one[2] for facts in opened for one in facts["m"] if one[2] and "|" not in one[2]}
    units = {str(pk): name for pk, name in Unit.objects.filter(pk__in=ids).values_list("pk", "name")}
    return [_facts(row, facts, people, units) for row, facts in zip(rows, opened, strict=True)]


def list_proposals(*, batch: ImportBatch) -> QuerySet[Proposal]:
    return (
        Proposal.objects.filter(batch=batch).select_related("person", "person__unit").order_by("kind", "found_at", "id")
    )


def _facts(
    row: ImportRow, facts: dict[str, Any], people: dict[str, tuple[str, str]], units: dict[str, str]
) -> RowFacts:
    words = {code: f"{sentence}" for code, _fault, sentence in row.faults}
    shown = {code: MASKS[code](value) if code in MASKS else str(value) for code, value in facts["v"].items()}
    for body, state, unit_id, *_days in facts["m"]:
        if unit_id:
            shown[f"{body}_unit"] = units.get(unit_id) or unit_id.rpartition("|")[2]
        if state:
            shown[f"{body}_state"] = state_label(Body(body), state)
    shown.pop("id_kind", None)
    codes = [code for code in COLUMNS if code in shown or code in words]
    return RowFacts(
        row=row,
        name=facts["v"].get("name", ""),
        cells=tuple(
            (str(COLUMNS[code].label), shown.get(code, ""), words.get(code, "")) for code in codes if code != "name"
        ),
        faults=tuple(f"{COLUMNS[code].label}：{sentence}" for code, _fault, sentence in row.faults),
        candidates=tuple(_candidate(kind, value, people) for kind, value in row.candidates),
    )


def _candidate(kind: str, value: str, people: dict[str, tuple[str, str]]) -> tuple[str, str]:
    if kind == "row":
        return "", f"与第 {value} 行是同一名人员"
    name, unit = people.get(value, ("", ""))
    return f"same:{value}", f"名册中的{name}{f'（{unit}）' if unit else ''}"
