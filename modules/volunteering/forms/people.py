"""Choosing a person or a unit on a page."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.members.models import Person, PersonState
from jiceng.members.scope import people_in_reach, units_in_reach

UNITS_OFFERED = 300


class PersonField(forms.CharField):
    """A person by name, “姓名 组织” where two have it. Cleans to the id, or ``None``. ``actor`` and ``permission``: whose reach."""

    actor: Actor | None = None
    permission = ""

    def clean(self, value: Any) -> Any:
        line = str(super().clean(value)).strip()
        if not line or self.actor is None:
            return None
        found = people_in_reach(self.actor, self.permission).filter(state=PersonState.ACTIVE).select_related("unit")
        name, _blank, unit = line.rpartition(" ")
        fitting = list(found.filter(name=line)[:3]) or list(
            found.filter(name=name.strip(), unit__name__contains=unit)[:3]
        )
        if len(fitting) != 1:
            raise forms.ValidationError(_("没有找到这个人，或有同名的人。请写成“姓名 组织”。"))
        return fitting[0].pk


def person_line(person: Person | None) -> str:
    """As ``PersonField`` reads it."""
    return f"{person.name} {person.unit.name if person.unit else ''}".strip() if person else ""


def unit_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=gettext_lazy("所属组织"), required=False, coerce=uuid.UUID, empty_value=None,
        help_text=gettext_lazy("这个组织的管理者都可以管理它。"),
    )  # fmt: skip


def offer_units(form: forms.Form, *, actor: Actor, permission: str, fixed: bool = False) -> None:
    """Fill ``unit_id``; only those who may choose are asked."""
    paths = policy.unit_paths(actor, permission)
    if fixed or (paths is not None and len(set(paths)) == 1):
        del form.fields["unit_id"]
        return
    units = units_in_reach(actor, permission).filter(dissolved_on=None, depth__lte=3).order_by("path")[:UNITS_OFFERED]
    choices = [(str(unit.pk), "　" * (unit.depth - 1) + unit.name) for unit in units]
    field: Any = form.fields["unit_id"]
    field.choices = ([("", _("全单位"))] if paths is None else []) + choices
