"""Choosing on whose behalf one acts."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.members.scope import units_in_reach

UNITS_OFFERED = 300


def unit_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=gettext_lazy("属于哪个组织"), required=False, coerce=uuid.UUID, empty_value=None,
        help_text=gettext_lazy("这个组织的管理者都可以修改它。"),
    )  # fmt: skip


def offer_units(form: forms.Form, *, actor: Actor, permission: str, fixed: bool = False) -> None:
    """Fill ``unit_id``; only those who may choose are asked."""
    paths = policy.unit_paths(actor, permission)
    if fixed or (paths is not None and len(paths) == 1):
        del form.fields["unit_id"]
        return
    units = units_in_reach(actor, permission).filter(dissolved_on=None, depth__lte=3).order_by("path")[:UNITS_OFFERED]
    choices = [(str(unit.pk), "　" * (unit.depth - 1) + unit.name) for unit in units]
    field: Any = form.fields["unit_id"]
    field.choices = ([("", _("全单位"))] if paths is None else []) + choices
