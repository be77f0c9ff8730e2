"""On whose behalf somebody may act."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.members.models import Unit


def path_of(thing: Any) -> str:
    """The path of the unit that a row belongs to; ``""`` for the whole organisation."""
    return thing.unit.path if thing.unit else ""


def require_over(thing: Any, *, actor: Actor, permission: str) -> None:
    """Raise ``Forbidden`` unless ``actor`` has ``permission`` over the unit of ``thing``."""
    policy.require(actor, permission, path_of(thing))


def unit_for(unit_id: uuid.UUID | None, *, actor: Actor, permission: str, error: type[Invalid]) -> Unit | None:
    """The unit that ``actor`` acts for: the one asked for, else everything, else their only one.

    Raises ``error`` on ``/unit_id``: unknown, dissolved, out of reach, or to be chosen.
    """
    if unit_id is not None:
        unit = Unit.objects.filter(pk=unit_id, dissolved_on=None).first()
        if unit is None:
            raise _refusal(error, "unknown_unit", _("没有这个组织，或它已撤销。"))
        if not policy.may(actor, permission, unit.path):
            raise _refusal(error, "unit_out_of_reach", _("这个组织不在您的管理范围内。"))
        return unit
    paths = policy.unit_paths(actor, permission)
    if paths is None:
        return None
    only = Unit.objects.filter(path=paths[0], dissolved_on=None).first() if len(paths) == 1 else None
    if only is None:
        raise _refusal(error, "required", _("请选择组织。"))
    return only


def _refusal(error: type[Invalid], code: str, message: str) -> Invalid:
    return error(fields=(FieldError("/unit_id", code, message),))
