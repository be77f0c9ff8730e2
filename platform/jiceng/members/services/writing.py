"""What the services of this package share: clean text, faults that name their field, units and people with a lock."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.text import clean

from ..errors import PersonUnknown, UnitDissolved, UnitUnknown
from ..models import Person, Unit


def fault(field: str, code: str, message: str) -> Invalid:
    return Invalid(message, fields=[FieldError(f"/{field}", code, message)])


def text(value: str, field: str, label: str, limit: int) -> str:
    """``value`` cleaned. Raises ``Invalid`` on ``field``."""
    try:
        cleaned = clean(value)
    except Invalid as error:
        raise fault(field, "invalid", error.detail) from error
    if len(cleaned) > limit:
        raise fault(field, "too_long", f"{label}不能超过 {limit} 个字。")
    return cleaned


def required(value: str, field: str, label: str, limit: int) -> str:
    cleaned = text(value, field, label, limit)
    if not cleaned:
        raise fault(field, "required", f"请填写{label}。")
    return cleaned


def lock_tree() -> None:
    """Let one change of the trees' shape run at a time: every such change holds the rows of all roots."""
    list(Unit.objects.select_for_update().filter(parent=None).order_by("id").values_list("id", flat=True))


def unit_of(unit_id: UUID | str, *, lock: bool = False) -> Unit:
    """A unit that still stands. Raises ``UnitUnknown``, ``UnitDissolved``."""
    units = Unit.objects.select_for_update() if lock else Unit.objects.select_related("parent")
    unit = units.filter(pk=unit_id).first()
    if unit is None:
        raise UnitUnknown
    if unit.dissolved_on is not None:
        raise UnitDissolved
    return unit


def hold_units(ids: Iterable[UUID | str]) -> set[str]:
    """Those of ``ids`` that stand, kept from being dissolved until this transaction ends; moving them waits for nothing.

    For what refers to units: foreign keys are checked at the end, too late to notice that one was dissolved meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM members_unit WHERE id = ANY(%s::uuid[]) AND dissolved_on IS NULL ORDER BY id FOR KEY SHARE",
            [[str(unit_id) for unit_id in ids]],
        )
        return {str(unit_id) for (unit_id,) in cursor.fetchall()}


def person_of(person_id: UUID | str) -> Person:
    """A person, locked. Raises ``PersonUnknown``."""
    person = Person.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=person_id).first()
    if person is None:
        raise PersonUnknown
    return person
