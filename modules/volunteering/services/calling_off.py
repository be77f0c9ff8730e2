"""Shifts that do not take place."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.notices import services as notices

from ..models import COMING, Project, Shift, SignUp, SignUpState
from ..selectors.shifts import when


def cancel_shifts(project: Project, *, reason: str, actor: Actor, at: datetime, only: Shift | None = None) -> int:
    """End the sign-ups of shifts that have not ended (of ``only`` this one), and tell everybody once; returns how many shifts.

    Nobody who was checked in loses that. Locks the shifts.
    """
    found = Shift.objects.select_for_update(of=("self",), no_key=True).filter(
        project=project, ends_at__gt=at, cancelled_at=None
    )
    shifts = list(found.filter(pk=only.pk) if only else found.order_by("id"))
    rows = SignUp.objects.filter(shift__in=shifts, state__in=COMING, checked_in_at=None)
    users = rows.filter(person__user__isnull=False).order_by().values("person__user").distinct()
    source = f"volunteering.shift:{only.pk}" if only else f"volunteering.project:{project.pk}"
    text = _("原因：%(reason)s") % {"reason": reason}
    if only:
        text = _("原定时间：%(when)s。原因：%(reason)s") % {"when": when(only), "reason": reason}
    if users.exists():
        notices.send(
            category="volunteering.shift", title=_("志愿服务取消：%(title)s") % {"title": project.title}, text=text, at=at,
            url=f"/volunteering/projects/{project.pk}/", source=source, users=users, actor=actor, key=f"{source}:cancelled",
        )  # fmt: skip
    rows.update(state=SignUpState.CANCELLED, ended_at=at, updated_at=at)
    for shift in shifts:
        joined = SignUp.objects.filter(shift=shift, state=SignUpState.JOINED).count()
        Shift.objects.filter(pk=shift.pk).update(
            cancelled_at=at, cancel_reason=reason, joined_count=joined, waiting_count=0, updated_at=at
        )
    return len(shifts)
