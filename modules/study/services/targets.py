"""Setting what a year asks, reminding those who lack hours, taking the list away."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.audit.services import record
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.clock import local_zone
from jiceng.members.importing.workbooks import rows_workbook
from jiceng.members.models import Unit
from jiceng.notices import services as notices

from .. import errors
from ..manifest.words import HOURS
from ..models import TargetPlan, TargetReminder
from ..selectors import gaps, hours
from ..selectors.plans import FIRST_YEAR, LAST_YEAR, NAMES, Plan, plan_for

BOUNDS = {
    "member_hours": (0, 200), "officer_hours": (0, 200), "officer_centralised_count": (0, 12),
    "new_secretary_months": (1, 24), "new_member_months": (1, 24),
}  # fmt: skip
# A statement takes 65,535 parameters; so many people at a time stay far below.
AT_ONCE = 5000
EXPORTED = 50_000


class PlanFields(TypedDict, total=False):
    """Hours from 0 to 200, trainings from 0 to 12, months from 1 to 24. What is not given stays."""

    member_hours: int
    officer_hours: int
    officer_centralised_count: int
    new_secretary_months: int
    new_member_months: int


@transaction.atomic
def save_plan(*, year: int, fields: PlanFields, version: int, actor: Actor, at: datetime) -> Plan:
    """The whole organisation's demands of a year. ``version``: 0 where it has none yet.

    Raises ``Forbidden`` without the permission over everything, ``PlanInvalid``, ``PlanStale``.
    """
    policy.require(actor, HOURS, "")
    before = plan_for(year)
    cleaner = Cleaner().refuse_unknown(fields, set(NAMES))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        cleaner.refuse("year", "out_of_range", _("年度应在 2000 到 2200 之间。"))
    for name, (least, most) in BOUNDS.items():
        cleaner.whole(name, fields.get(name, getattr(before, name)), least, most, needed=True)
    values = cleaner.done(errors.PlanInvalid)
    _write(year, values, version, actor, at)
    record(
        action="study.plan.saved", actor=actor, target=str(year), target_label=str(year), after=values,
        before={name: getattr(before, name) for name in NAMES},
    )  # fmt: skip
    return plan_for(year)


@transaction.atomic
def remind_behind(*, year: int, unit: Unit | None, actor: Actor, at: datetime) -> int:
    """One word to everybody behind with a login, at most once in seven days each. Returns how many were told.

    Raises ``Forbidden``, ``NobodyToRemind``.
    """
    policy.require(actor, HOURS, unit.path if unit else None)
    wanted = list(gaps.to_remind(actor, year=year, unit=unit, at=at).order_by("pk").values_list("pk", flat=True))
    parts = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
    told = sum(_remind(part, year, actor, at) for part in parts)
    if not told:
        raise errors.NobodyToRemind
    record(
        action="study.target.reminded", actor=actor, target=str(year), target_label=unit.name if unit else str(year),
        after={"person_count": told},
    )  # fmt: skip
    return told


@transaction.atomic
def export_behind(*, year: int, unit: Unit | None, actor: Actor, at: datetime) -> bytes:
    """Those behind as an .xlsx: name, unit, why, target, done, gap. The export is recorded. Raises ``Forbidden``."""
    policy.require(actor, HOURS, unit.path if unit else None)
    people = list(gaps.behind(actor, year=year, unit=unit)[:EXPORTED])
    rows = []
    for start in range(0, len(people), 1000):
        for one in hours.standings(people[start : start + 1000], year=year):
            name = one.person.unit.name if one.person.unit else _("未分配")
            rows.append((one.person.name, name, one.target.reason, one.target.hours, float(one.done), float(one.gap)))
    record(action="study.target.exported", actor=actor, target=str(year), after={"person_count": len(rows)})
    day = at.astimezone(local_zone())
    return rows_workbook(
        title=_("未达标名单"), rows=rows,
        headers=[_("姓名"), _("组织"), _("要求的依据"), _("应修学时"), _("已修学时"), _("还差学时")],
        watermark=[_("%(name)s 于 %(day)s 导出，仅作培训记录") % {"name": actor.display_name, "day": f"{day:%Y-%m-%d %H:%M}"}],
    )  # fmt: skip


def _write(year: int, values: dict[str, int], version: int, actor: Actor, at: datetime) -> None:
    facts = {**values, "author_name": actor.display_name, "updated_at": at}
    if version == 0:
        TargetPlan.objects.bulk_create([made := TargetPlan(year=year, version=1, **facts)], ignore_conflicts=True)
        # Of two who make it at once, the other one's stands there now.
        if not TargetPlan.objects.filter(pk=year, version=1, updated_at=at, author_name=made.author_name).exists():
            raise errors.PlanStale
    elif not TargetPlan.objects.filter(pk=year, version=version).update(version=version + 1, **facts):
        raise errors.PlanStale


def _remind(person_ids: list[uuid.UUID], year: int, actor: Actor, at: datetime) -> int:
    """Each row is locked, so that of two who remind at once one does."""
    long_ago = at - gaps.BETWEEN - timedelta(days=1)
    TargetReminder.objects.bulk_create(
        [TargetReminder(person_id=pk, sent_at=long_ago) for pk in person_ids], ignore_conflicts=True
    )
    due = TargetReminder.objects.select_for_update().filter(person__in=person_ids, sent_at__lte=at - gaps.BETWEEN)
    ids = list(due.order_by("pk").values_list("pk", flat=True))
    TargetReminder.objects.filter(pk__in=ids).update(sent_at=at)
    if ids:
        users = TargetReminder.objects.filter(pk__in=ids).values("person__user")
        notices.send(
            category="study.target", title=_("%(year)d 年学时还没有达到要求") % {"year": year}, url="/study/hours/", at=at,
            text=_("点开看看还差多少、可以学什么。"), actor=actor, source=f"study.target:{year}",
            users=User.objects.filter(pk__in=users).values("pk"), key=f"study.target:{year}:{ids[0]}:{at.isoformat()}",
        )  # fmt: skip
    return len(ids)
