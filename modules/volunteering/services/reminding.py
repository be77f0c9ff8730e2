"""A word the day before a shift and two hours before: at most once each for every beginning."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.tasks import enqueue
from jiceng.notices import services as notices

from ..models import Shift, SignUp, SignUpState
from ..selectors.shifts import when

BEFORE = {"day": timedelta(days=1), "hours": timedelta(hours=2)}


def plan(shift: Shift, *, at: datetime) -> None:
    """Have those who come reminded; nothing for hours that have passed. Again for the same beginning changes nothing."""
    starts_at = shift.starts_at.isoformat()
    for name, before in BEFORE.items():
        due = shift.starts_at - before
        if due > at:
            enqueue(
                "volunteering.remind_shift", at=due, key=f"volunteering.shift.{name}:{shift.pk}:{starts_at}",
                shift_id=shift.pk, starts_at=starts_at, name=name,
            )  # fmt: skip


@transaction.atomic
def remind_of_shift(*, shift_id: uuid.UUID | str, starts_at: str, name: str, at: datetime) -> bool:
    """Remind those who come, unless the shift was moved, cancelled or has begun; whether a notice went out."""
    shift = Shift.objects.select_related("project").filter(pk=shift_id, cancelled_at=None).first()
    if shift is None or shift.starts_at.isoformat() != starts_at or shift.starts_at <= at:
        return False
    rows = SignUp.objects.filter(shift=shift, state=SignUpState.JOINED, person__user__isnull=False)
    if not rows.exists():
        return False
    text = _("时间：%(when)s；集合地点：%(where)s") % {
        "when": when(shift), "where": shift.meeting_point or shift.project.place or _("见项目说明"),
    }  # fmt: skip
    sent = notices.send(
        category="volunteering.reminder", title=_("志愿服务提醒：%(title)s") % {"title": shift.project.title}, text=text,
        url=f"/volunteering/shifts/{shift.pk}/", source=f"volunteering.shift:{shift.pk}",
        users=rows.order_by().values("person__user"), at=at, actor=Actor.system(),
        key=f"volunteering.shift.{name}:{shift.pk}:{starts_at}",
    )  # fmt: skip
    return sent is not None
