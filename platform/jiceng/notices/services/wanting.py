"""What a person wants of notices, and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.models import User
from jiceng.kernel.errors import FieldError
from jiceng.kernel.registry import registry

from .. import selectors
from ..errors import HabitsInvalid, MandatoryCategory
from ..models import Delivery, DutyHours, Habits, Mute, Pace
from ..times import Shift, overlapping
from . import planning

SHIFTS_AT_MOST = 21


@dataclass(frozen=True, slots=True)
class Wishes:
    """``muted``: codes of categories. ``shifts``: when nothing may be pushed. Times are local."""

    muted: Collection[str]
    quiet_from: time
    quiet_to: time
    pace: str
    uses_email: bool
    uses_wechat: bool
    shifts: Sequence[Shift]


@transaction.atomic
def save_wishes(*, user: User, wishes: Wishes, at: datetime) -> None:
    """Replace what ``user`` wanted. Holds for what is still waiting as well.

    Wishes equal to the tenant's settings are not kept, so that they follow them. Raises ``MandatoryCategory``,
    ``HabitsInvalid`` with pointers ``/muted``, ``/pace``, ``/shifts``.
    """
    _check(wishes)
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    Mute.objects.filter(user=user).exclude(category__in=wishes.muted).delete()
    Mute.objects.bulk_create([Mute(user=user, category=code) for code in sorted(wishes.muted)], ignore_conflicts=True)
    _save_habits(user, wishes)
    DutyHours.objects.filter(user=user).delete()
    DutyHours.objects.bulk_create(
        DutyHours(user=user, weekday=shift.weekday, starts_at=shift.starts_at, ends_at=shift.ends_at)
        for shift in wishes.shifts
    )
    waiting = Delivery.objects.filter(entry__user=user)
    planning.respect_own_times(waiting, at=at)
    planning.wake(waiting)


def _check(wishes: Wishes) -> None:
    known = registry.notice_categories
    for code in wishes.muted:
        if code not in known:
            raise HabitsInvalid(fields=[FieldError("/muted", "unknown", _("没有这类消息。"))])
        if known[code].is_mandatory:
            raise MandatoryCategory
    if wishes.pace not in Pace.values:
        raise HabitsInvalid(fields=[FieldError("/pace", "unknown", _("请选择一种接收方式。"))])
    if fault := _fault_of(wishes.shifts):
        raise HabitsInvalid(fields=[FieldError("/shifts", "invalid", fault)])


def _fault_of(shifts: Sequence[Shift]) -> str:
    if len(shifts) > SHIFTS_AT_MOST:
        return _("在岗时段最多 %(count)d 个。") % {"count": SHIFTS_AT_MOST}
    if any(not 0 <= shift.weekday <= 6 or shift.starts_at >= shift.ends_at for shift in shifts):
        return _("在岗时段的结束时间要晚于开始时间。")
    return _("同一天的在岗时段不能重叠。") if overlapping(shifts) else ""


def _save_habits(user: User, wishes: Wishes) -> None:
    usual = selectors.usual_times()
    is_usual = (wishes.quiet_from, wishes.quiet_to) == (usual.quiet_from, usual.quiet_to)
    if is_usual and wishes.pace == Pace.AT_ONCE and wishes.uses_email and wishes.uses_wechat:
        Habits.objects.filter(user=user).delete()
        return
    Habits.objects.update_or_create(
        user=user,
        defaults={
            "quiet_from": wishes.quiet_from, "quiet_to": wishes.quiet_to, "pace": wishes.pace,
            "uses_email": wishes.uses_email, "uses_wechat": wishes.uses_wechat,
        },
    )  # fmt: skip
