"""Lists of people with times or hours, posted as one form."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel.errors import FieldError
from jiceng.shell.moments import MomentField

from .. import errors
from ..models import Shift, SignUp
from ..services.attending import Entered

_MOMENT = MomentField(required=False)


class ListForm(forms.Form):
    """A list whose lines are read by the functions below; faults of lines are shown above it."""

    reason = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)


class CorrectForm(forms.Form):
    hours = forms.DecimalField(label=gettext_lazy("时长（小时）"), help_text=gettext_lazy("以 0.5 为单位。"))
    reason = forms.CharField(
        label=gettext_lazy("更正原因"), max_length=200, help_text=gettext_lazy("本人能看到。原记录保留。")
    )


def read_attendance(data: Any, shift: Shift, rows: Sequence[SignUp]) -> list[Entered]:
    """What a page of the list posts: ``in-<id>``, ``out-<id>``, and ``here-<id>`` where ticked.

    Ticked without times is the whole shift; no longer ticked is nobody there; lines that are not posted stay. Raises ``AttendanceInvalid`` for what is no time.
    """
    found, faults = [], []
    for row in rows:
        key = str(row.pk)
        if f"in-{key}" not in data:
            continue
        try:
            start, end = (_moment(data.get(f"{name}-{key}", "")) for name in ("in", "out"))
        except forms.ValidationError:
            message = _("%(name)s：时间的写法有误。") % {"name": row.person.name}
            faults.append(FieldError(f"/{key}", "invalid_moment", message))
            continue
        is_here = bool(data.get(f"here-{key}"))
        if is_here and start is None and end is None:
            start, end = shift.starts_at, shift.ends_at
        elif not is_here and row.checked_in_at is not None:
            start, end = None, None
        # What the page showed goes by minutes; a time to the second that nobody touched stays.
        found.append(Entered(row.pk, _kept(row.checked_in_at, start), _kept(row.checked_out_at, end)))
    if faults:
        raise errors.AttendanceInvalid(fields=tuple(faults))
    return found


def read_hours(data: Mapping[str, Any], rows: Sequence[SignUp]) -> dict[uuid.UUID, str | None]:
    """Sign-ups that are ticked (``row``), with the hours given in ``hours-<id>``; ``None`` for what the times come to."""
    ticked = set(data.getlist("row")) if hasattr(data, "getlist") else set()
    return {
        row.pk: str(data.get(f"hours-{row.pk}", "")).strip()[:10] or None for row in rows if str(row.pk) in ticked
    }  # fmt: skip


def _moment(text: str) -> datetime | None:
    found = _MOMENT.clean(str(text)[:40])
    return found if isinstance(found, datetime) else None


def _kept(before: datetime | None, now: datetime | None) -> datetime | None:
    same = before and now and before.replace(second=0, microsecond=0) == now.replace(second=0, microsecond=0)
    return before if same else now
