"""On whose behalf somebody teaches, and over whom."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.kernel.errors import FieldError
from jiceng.members.models import Unit

from .. import errors


def require_over(unit: Unit | None, *, actor: Actor, permission: str) -> None:
    """Raise ``Forbidden`` unless ``actor`` has ``permission`` over ``unit`` (over everything where it is ``None``)."""
    policy.require(actor, permission, unit.path if unit else "")


def unit_for(unit_id: uuid.UUID | None, *, actor: Actor, permission: str) -> Unit | None:
    """The unit that ``actor`` acts for: the one asked for, else everything, else their only one.

    Raises ``Forbidden`` without the permission anywhere, ``CourseInvalid`` on ``/unit_id``: unknown, dissolved, out of
    reach, or to be chosen.
    """
    if unit_id is not None:
        unit = Unit.objects.filter(pk=unit_id, dissolved_on=None).first()
        if unit is None:
            raise _refusal("unknown_unit", _("没有这个组织，或它已撤销。"))
        if not policy.may(actor, permission, unit.path):
            raise _refusal("unit_out_of_reach", _("您不能代表这个组织操作。"))
        return unit
    policy.require(actor, permission)
    paths = policy.unit_paths(actor, permission)
    if paths is None:
        return None
    unit = Unit.objects.filter(path=paths[0]).first() if len(set(paths)) == 1 else None
    if unit is None:
        raise _refusal("required", _("请选择代表哪个组织。"))
    return unit


def _refusal(code: str, message: str) -> errors.CourseInvalid:
    return errors.CourseInvalid(fields=(FieldError("/unit_id", code, message),))
