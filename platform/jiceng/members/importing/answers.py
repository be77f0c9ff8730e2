"""What people answer while an import is prepared: which column is what, which unit is meant, who is the same person."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from jiceng.kernel.errors import FieldError

from ..models import ImportBatch, Unit
from . import checking
from .columns import COLUMNS
from .errors import MappingInvalid, NameUnmapped


def checked_mapping(batch: ImportBatch, mapping: Mapping[int, str]) -> dict[str, str]:
    """``mapping`` as a batch keeps it. Raises ``MappingInvalid``, ``NameUnmapped``."""
    chosen = {place: code for place, code in mapping.items() if code}
    twice = {code for code in chosen.values() if list(chosen.values()).count(code) > 1}
    faults = [
        FieldError(f"/mapping/{place}", "mapping_twice", f"“{label_of(code)}”只能对应一列。")
        for place, code in chosen.items()
        if code in twice
    ]
    faults += [
        FieldError(f"/mapping/{place}", "mapping_unknown", "没有这一列。")
        for place, code in chosen.items()
        if code not in COLUMNS or not 0 <= place < len(batch.headers)
    ]
    if faults:
        raise MappingInvalid(fields=faults)
    if "name" not in chosen.values():
        raise NameUnmapped
    return {str(place): code for place, code in sorted(chosen.items())}


def checked_units(units: Mapping[str, str]) -> dict[str, str]:
    """``units`` as a batch keeps them, each a standing unit of the right tree. Raises ``MappingInvalid``."""
    ids = {choice for choice in units.values() if choice not in ("", checking.CREATE, checking.SKIP)}
    try:
        trees = {
            str(pk): tree for pk, tree in Unit.objects.filter(pk__in=ids, dissolved_on=None).values_list("pk", "tree")
        }
    except ValidationError as error:  # no UUID
        raise MappingInvalid("选择的组织不存在。") from error
    for key, choice in units.items():
        if choice in ids and trees.get(choice) != key.partition("|")[0]:
            raise MappingInvalid("选择的组织不存在，或不是同一类组织。")
    return dict(units)


def decide(batch: ImportBatch, number: int, decision: str) -> None:
    """Keep what somebody decided about a possible duplicate. Raises ``MappingInvalid``."""
    row = batch.rows.filter(number=number).first()
    possible = {checking.SKIP}
    if row is not None:
        possible |= {f"{checking.SAME}{value}" for kind, value in row.candidates if kind == checking.PERSON}
        if all(kind != checking.COPY for kind, _value in row.candidates):
            possible.add(checking.NEW)
    if row is None or decision not in possible:
        raise MappingInvalid("请从列表中选择这一行怎么处理。")
    row.decision = decision
    row.save(update_fields=["decision"])


def label_of(code: str) -> str:
    """What people call a column."""
    return str(COLUMNS[code].label) if code in COLUMNS else code
