"""Holidays and working days at weekends."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..models import SpecialDay
from .changing import mark_changed


@transaction.atomic
def add_day(*, day: date, label: str, follows_weekday: int | None, actor: Actor) -> SpecialDay:
    """``follows_weekday``: 1 to 7, ``None`` for closed. Raises ``EntryInvalid``, ``DayTaken``."""
    cleaner = Cleaner().text("label", label, 20, needed=True)
    if follows_weekday is not None and follows_weekday not in range(1, 8):
        cleaner.refuse("follows_weekday", "out_of_range", _("请选择星期几。"))
    values = cleaner.done(errors.EntryInvalid)
    try:
        with transaction.atomic():
            made = SpecialDay.objects.create(date=day, follows_weekday=follows_weekday, **values)
    except IntegrityError as error:
        raise errors.DayTaken from error
    mark_changed()
    record(action="yellowpages.day.added", actor=actor, target=str(made.pk), target_label=str(made))
    return made


@transaction.atomic
def remove_day(*, day_id: uuid.UUID, actor: Actor) -> None:
    """Raises ``DayMissing``."""
    found = SpecialDay.objects.filter(pk=day_id).first()
    if found is None:
        raise errors.DayMissing
    record(action="yellowpages.day.removed", actor=actor, target=str(found.pk), target_label=str(found))
    found.delete()
    mark_changed()
