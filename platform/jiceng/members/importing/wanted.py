"""What a row of a roster asks for: fields of the person, and a membership per body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..bodies import DEFAULT_STATE, TREE_OF_BODY, Body, may_become, state_label
from ..fields import FIELDS
from ..models import Membership
from .values import Fault, ParsedRow

BODIES = (Body.STAFF, Body.PARTY, Body.UNION, Body.LEAGUE, Body.WOMEN)
UNIT_COLUMNS = {f"{body}_unit": TREE_OF_BODY[body] for body in BODIES}
START_COLUMNS = {body: f"{body}_joined" for body in (Body.PARTY, Body.UNION, Body.LEAGUE)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A membership that a row asks for. What is ``None`` is left as it is, or to the default of a new one."""

    body: str
    state: str | None
    unit_id: str | None
    started_on: str | None
    confirmed_on: str | None = None

    def is_met_by(self, held: Membership) -> bool:
        """Whether ``held`` already is what is asked for."""
        return (
            self.state in (None, held.state)
            and self.unit_id in (None, str(held.unit_id))
            and self.started_on in (None, _iso(held.started_on))
            and self.confirmed_on in (None, _iso(held.confirmed_on))
        )


def person_values(parsed: ParsedRow) -> dict[str, Any]:
    """The fields of the person that the row speaks of, in the order they are applied."""
    return {code: value for code, value in parsed.values.items() if code in FIELDS}


def memberships(parsed: ParsedRow, unit_ids: Mapping[str, str]) -> list[Wanted]:
    """``unit_ids``: column code -> unit id, of the units that were found."""
    values = parsed.values
    found = []
    for body in BODIES:
        state = values.get(f"{body}_state")
        unit_id = unit_ids.get(f"{body}_unit")
        started_on = values.get(START_COLUMNS.get(body, "")) or None
        if body == Body.STAFF and started_on is None:
            started_on = values.get("hire_date") or None if (state or unit_id) else None
        confirmed_on = values.get("party_confirmed") or None if body == Body.PARTY else None
        if state or unit_id or (started_on and body != Body.STAFF):
            found.append(Wanted(body, state or None, unit_id, started_on, confirmed_on))
    return found


def new_state(wanted: Wanted) -> str:
    """The state that a new membership begins in."""
    return wanted.state or DEFAULT_STATE[wanted.body]


def refused_transition(wanted: Wanted, held: Membership) -> Fault | None:
    """Why ``held`` cannot become what is asked for."""
    if wanted.state in (None, held.state) or may_become(held.body, held.state, str(wanted.state)):
        return None
    labels = state_label(held.body, held.state), state_label(held.body, str(wanted.state))
    return (
        f"{held.body}_state",
        "transition_refused",
        f"现为“{labels[0]}”，不能直接变为“{labels[1]}”，请到人员页面处理。",
    )


def packed(found: list[Wanted]) -> list[list[str | None]]:
    """As an import row keeps them."""
    return [[one.body, one.state, one.unit_id, one.started_on, one.confirmed_on] for one in found]


def unpacked(kept: list[list[str | None]]) -> list[Wanted]:
    return [Wanted(*one) for one in kept]  # type: ignore[arg-type]


def unit_uuid(wanted: Wanted) -> UUID | None:
    return UUID(wanted.unit_id) if wanted.unit_id else None


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
