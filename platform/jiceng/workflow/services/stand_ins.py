"""Who decides while somebody is away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.models.users import Id
from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError

from ..errors import PeriodRefused, StandInUnknown, UserNotFit
from ..manifest import MANAGE, VIEW
from ..models import StandIn

LONGEST = timedelta(days=366)


@transaction.atomic
def set_stand_in(
    *, user_id: Id, deputy_id: Id, valid_from: datetime, valid_to: datetime, actor: Actor, at: datetime
) -> StandIn:
    """Let ``deputy_id`` decide what waits for ``user_id`` from ``valid_from`` until before ``valid_to``.

    It replaces what was set before. For oneself, or by who manages the whole tenant's workflows. The deputy's deputies
    decide nothing of it. Raises ``Forbidden``, ``UserNotFit``, ``PeriodRefused``.
    """
    _require_own(user_id, actor)
    if not (valid_from < valid_to and at < valid_to and valid_to - valid_from <= LONGEST):
        raise PeriodRefused(fields=[FieldError("/until_on", "invalid", str(PeriodRefused.message))])
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    deputy = User.objects.filter(pk=deputy_id, is_active=True).first()
    if user is None or deputy is None or not policy.may(Actor.for_user(deputy, actor.modules), VIEW):
        raise _unfit(_("这个账号不能办理待办。"))
    if user == deputy:
        raise _unfit(_("代办人不能是本人。"))
    StandIn.objects.filter(user=user, valid_to__gt=at, valid_from__gte=at).delete()
    StandIn.objects.filter(user=user, valid_to__gt=at).update(valid_to=at)
    row = StandIn.objects.create(
        user=user, deputy=deputy, valid_from=max(valid_from, at), valid_to=valid_to, created_at=at
    )
    record(
        action="workflow.stand_in.set", actor=actor, target=str(user.pk), target_label=user.display_name,
        after={"deputy": deputy.display_name, "from": row.valid_from.isoformat(), "to": row.valid_to.isoformat()},
    )  # fmt: skip
    return row


@transaction.atomic
def end_stand_in(*, stand_in_id: Id, actor: Actor, at: datetime) -> None:
    """Take it back at once. Raises ``StandInUnknown``."""
    row = StandIn.objects.select_for_update(of=("self",)).select_related("user").filter(
        pk=stand_in_id, valid_to__gt=at
    ).first()  # fmt: skip
    if row is None or not _is_own(row.user_id, actor):
        raise StandInUnknown
    if row.valid_from >= at:
        row.delete()
    else:
        row.valid_to = at
        row.save(update_fields=("valid_to",))
    record(action="workflow.stand_in.ended", actor=actor, target=str(row.user_id), target_label=row.user.display_name)


def _is_own(user_id: Id, actor: Actor) -> bool:
    is_self = actor.user is not None and str(actor.user.pk) == str(user_id)
    return is_self or policy.may(actor, MANAGE, "")


def _require_own(user_id: Id, actor: Actor) -> None:
    if not _is_own(user_id, actor):
        policy.require(actor, MANAGE, "")


def _unfit(message: str) -> UserNotFit:
    return UserNotFit(message, fields=[FieldError("/user", "invalid", message)])
