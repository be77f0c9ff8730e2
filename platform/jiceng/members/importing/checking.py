"""The dry run: what each row would do, kept row by row, changing nothing of the registry."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from jiceng.access.actor import Actor
from jiceng.kernel.ids import uuid7

from .. import sealing
from ..fields import FIELDS
from ..models import ImportBatch, ImportRow
from . import wanted
from .reading import Row, Table
from .registry import Keys, Known, People, Reach, keys_of, unit_matcher
from .values import Fault, ParsedRow, RowParser

Outcome = ImportRow.Outcome
CREATE, SKIP, NEW, SAME = "create", "skip", "new", "same:"
PERSON, TWIN, COPY = "person", "row", "copy"
COPY_ROWS = (
    "COPY members_importrow (id, batch_id, number, outcome, person_id, faults, notes, candidates, decision, fields,"
    " values_sealed, is_applied) FROM STDIN"
)
TREE_WORDS = {"party": "党组织", "union": "工会组织", "league": "团组织", "women": "妇联组织", "admin": "部门"}


@dataclass(slots=True)
class Verdict:
    """What one row would do. ``candidates``: ``[[kind, person id or number of an earlier row], …]`` of a possible duplicate."""

    parsed: ParsedRow
    outcome: str = Outcome.NEW
    known: Known | None = None
    memberships: list[wanted.Wanted] = field(default_factory=list)
    candidates: list[list[str]] = field(default_factory=list)
    changed: tuple[str, ...] = ()
    decision: str = ""


class Checker:
    """Works out the verdicts of one table. ``decisions``: row number -> what somebody decided about a possible duplicate."""

    def __init__(self, batch: ImportBatch, table: Table, actor: Actor, decisions: Mapping[int, str]) -> None:
        self._batch, self._table, self._decisions = batch, table, decisions
        mapping = {int(place): code for place, code in batch.mapping.items() if code}
        self._parser = RowParser(mapping, clears_blanks=batch.clears_blanks)
        self._reach = Reach(actor)
        self._units = unit_matcher()
        self._seen: dict[tuple[str, Any], int] = {}
        self.unknown_units: dict[str, dict[str, Any]] = {}

    def verdicts(self) -> list[Verdict]:
        rows: list[Row] = [row for row in self._table.rows if not self._parser.is_example(row)]
        parsed = [self._parser.parse(row) for row in rows]
        keys = [keys_of(one) for one in parsed]
        people = People(keys)
        return [self._judge(one, key, people) for one, key in zip(parsed, keys, strict=True)]

    def _judge(self, parsed: ParsedRow, keys: Keys, people: People) -> Verdict:
        verdict = Verdict(parsed, decision=self._decisions.get(parsed.number, ""))
        verdict.memberships = wanted.memberships(parsed, self._unit_ids(parsed))
        if (twin := self._twin_in_file(keys, parsed.number)) is not None:
            verdict.candidates.append(list(twin))
            if twin[0] == COPY and verdict.decision == NEW:
                verdict.decision = ""  # nobody else can have that document or number
        verdict.known = self._whom(verdict, keys, people)
        if verdict.known is not None:
            self._compare(verdict)
        elif not self._reach.is_everywhere and not any(one.unit_id for one in verdict.memberships):
            parsed.faults.append(("name", "out_of_reach", "您只能导入所管组织的人员，请填写所在组织。"))
        verdict.outcome = self._outcome(verdict)
        return verdict

    def _whom(self, verdict: Verdict, keys: Keys, people: People) -> Known | None:
        if verdict.decision.startswith(SAME):
            if (chosen := people.get(verdict.decision.removeprefix(SAME))) is not None:
                return chosen
            verdict.decision = ""  # that person has left the registry since: ask again
        if (known := people.certain(keys)) is not None:
            return known
        verdict.candidates += [[PERSON, str(known.person.pk)] for known in people.alike(keys)]
        return None

    def _compare(self, verdict: Verdict) -> None:
        known = verdict.known
        assert known is not None  # noqa: S101  the caller has looked
        if not self._reach.covers(known):
            verdict.parsed.faults.append(("name", "out_of_reach", "这名人员不在您管理的组织内，不能修改。"))
        values = wanted.person_values(verdict.parsed)
        changed = [code for code, value in values.items() if _different(known.values.get(code), value, code)]
        for one in verdict.memberships:
            held = known.memberships.get(one.body)
            if held is None or not one.is_met_by(held):
                changed.append(f"{one.body}_unit")
            if held is not None and (refusal := wanted.refused_transition(one, held)):
                verdict.parsed.faults.append(refusal)
        if verdict.parsed.values.get("party_state") == "" and "party" in known.memberships:
            verdict.parsed.faults.append(
                ("party_state", "still_in_party", "这名人员现有党员身份，不能改为群众，请到人员页面处理。")
            )
        verdict.changed = tuple(dict.fromkeys(changed))

    def _outcome(self, verdict: Verdict) -> str:
        if verdict.parsed.faults:
            return Outcome.ERROR
        if verdict.candidates and not verdict.decision:
            return Outcome.DUPLICATE
        if verdict.decision == SKIP:
            return Outcome.UNCHANGED
        if verdict.known is None:
            return Outcome.NEW
        return Outcome.CHANGED if verdict.changed else Outcome.UNCHANGED

    def _unit_ids(self, parsed: ParsedRow) -> dict[str, str]:
        found: dict[str, str] = {}
        for column, text in parsed.units.items():
            tree = wanted.UNIT_COLUMNS[column]
            choice = self._batch.unit_choices.get(f"{tree}|{text}", "")
            match = self._units.match(text, tree)
            unit_id = str(match.unit_id) if match.unit_id else choice
            if unit_id in ("", CREATE, SKIP):
                self._note_unknown(tree, text, match.suggestions, unit_id)
                if not unit_id and not self._batch.creates_units:
                    parsed.faults.append((column, "unit_unknown", _unknown_unit(tree, match.suggestions)))
                elif unit_id != SKIP:
                    found[column] = f"{CREATE}|{tree}|{text}"
                continue
            if not self._reach.covers_unit(unit_id):
                parsed.faults.append((column, "out_of_reach", "这个组织不在您管理的范围内。"))
            found[column] = unit_id
        return found

    def _note_unknown(self, tree: str, text: str, suggestions: tuple[Any, ...], choice: str) -> None:
        entry = self.unknown_units.setdefault(
            f"{tree}|{text}",
            {"rows": 0, "choice": choice, "suggestions": [[str(unit_id), name] for unit_id, name in suggestions]},
        )
        entry["rows"] += 1

    def _twin_in_file(self, keys: Keys, number: int) -> tuple[str, str] | None:
        """The earlier row that speaks of the same person, for certain (COPY) or perhaps (TWIN). Remembers this one."""
        twin = None
        for kind, what, value in (
            (COPY, "document", keys.document), (COPY, "number", keys.employee_number),
            (TWIN, "phone", (keys.phone, keys.name) if keys.phone else None),
            (TWIN, "birth", (keys.name, keys.birth_date) if keys.birth_date and not keys.document else None),
        ):  # fmt: skip
            if value and keys.name:
                earlier = self._seen.setdefault((what, value), number)
                if earlier != number:
                    twin = twin or (kind, str(earlier))
        return twin


def check(batch: ImportBatch, table: Table, *, actor: Actor, at: datetime) -> None:
    """Judge every row of ``table`` anew and keep the verdicts with the batch. Call inside a transaction."""
    decisions = dict(batch.rows.exclude(decision="").values_list("number", "decision"))
    checker = Checker(batch, table, actor, decisions)
    verdicts = checker.verdicts()
    keep(batch, verdicts)
    outcomes = Counter(str(verdict.outcome) for verdict in verdicts)
    batch.counts = {"outcomes": dict(outcomes), "units": checker.unknown_units}
    batch.row_count, batch.done_count, batch.checked_at = len(verdicts), 0, at


def keep(batch: ImportBatch, verdicts: list[Verdict]) -> None:
    """Write ``verdicts`` as the batch's rows, instead of those it had."""
    ImportRow.objects.filter(batch=batch).delete()
    with connection.cursor() as cursor, cursor.copy(COPY_ROWS) as copy:
        for line in _lines(batch, verdicts):
            copy.write_row(line)


def _lines(batch: ImportBatch, verdicts: list[Verdict]) -> Iterator[tuple[Any, ...]]:
    for verdict in verdicts:
        row_id, parsed = uuid7(), verdict.parsed
        facts: dict[str, Any] = {"v": wanted.person_values(parsed), "m": wanted.packed(verdict.memberships)}
        if parsed.faults:
            facts["u"] = parsed.units  # shown beside what is wrong with them
        yield (
            row_id, batch.pk, parsed.number, str(verdict.outcome), verdict.known.person.pk if verdict.known else None,
            json.dumps(parsed.faults, ensure_ascii=False) if parsed.faults else "[]",
            json.dumps(parsed.notes, ensure_ascii=False) if parsed.notes else "[]",
            json.dumps(verdict.candidates) if verdict.candidates else "[]", verdict.decision, ",".join(verdict.changed),
            sealing.seal_facts(facts, table="importrow", row=row_id), False,
        )  # fmt: skip


def _different(before: Any, value: Any, code: str) -> bool:
    if code not in FIELDS:
        return False
    kept = before.isoformat() if hasattr(before, "isoformat") else before
    return (kept or "") != (value or "")


def _unknown_unit(tree: str, suggestions: tuple[Any, ...]) -> str:
    what = TREE_WORDS[tree]
    if not suggestions:
        return f"没有找到这个{what}，请核对名称，或选择新建。"
    names = "、".join(f"“{name}”" for _unit_id, name in suggestions)
    return f"没有找到这个{what}，最接近的是{names}。"


__all__ = ["CREATE", "NEW", "SAME", "SKIP", "Checker", "Fault", "Verdict", "check", "keep"]
