"""On whose behalf somebody organises, and over whom."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner
from jiceng.members.models import Person, PersonState, Unit
from jiceng.members.scope import people_in_reach

from .. import errors


def require_over(unit: Unit | None, *, actor: Actor, permission: str) -> None:
    """Raise ``Forbidden`` unless ``actor`` has ``permission`` over ``unit`` (over everything where it is ``None``)."""
    policy.require(actor, permission, unit.path if unit else "")


def clean_unit(cleaner: Cleaner, unit_id: uuid.UUID | None, *, actor: Actor, permission: str) -> None:
    """``unit`` into the cleaner: the one asked for, else everything, else the actor's only one. Raises ``Forbidden``."""
    if unit_id is not None:
        unit = Unit.objects.filter(pk=unit_id, dissolved_on=None).first()
        if unit is None:
            cleaner.refuse("unit_id", "unknown_unit", _("没有这个组织，或它已撤销。"))
        elif not policy.may(actor, permission, unit.path):
            cleaner.refuse("unit_id", "unit_out_of_reach", _("您不能代表这个组织操作。"))
        cleaner.values["unit"] = unit
        return
    policy.require(actor, permission)
    paths = policy.unit_paths(actor, permission)
    cleaner.values["unit"] = None
    if paths is not None:
        units = list(Unit.objects.filter(path__in=set(paths))[:2])
        if len(units) != 1:
            cleaner.refuse("unit_id", "required", _("请选择代表哪个组织。"))
        else:
            cleaner.values["unit"] = units[0]


def clean_person(cleaner: Cleaner, name: str, person_id: uuid.UUID | None) -> None:
    """An active person of the roster, or nobody, into the cleaner under ``name``."""
    person = Person.objects.filter(pk=person_id, state=PersonState.ACTIVE).first() if person_id else None
    if person_id and person is None:
        cleaner.refuse(f"{name}_id", "unknown_person", _("名册里没有这个人。"))
    cleaner.values[name] = person


def person_within(person_id: uuid.UUID, *, actor: Actor, permission: str) -> Person:
    """Raises ``PersonUnknown``, also for people out of reach."""
    found = people_in_reach(actor, permission).filter(pk=person_id, state=PersonState.ACTIVE)
    person = found.select_related("unit").first()
    if person is None:
        raise errors.PersonUnknown
    return person
