"""What happened to a unit, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from .. import kinds
from ..models import Term, Unit, UnitPeriod, UnitSuccession


@dataclass(frozen=True, slots=True)
class UnitEvent:
    """``icon``: a name of the kit's icons."""

    day: date
    title: str
    icon: str = "history"


def history_of(unit: Unit) -> list[UnitEvent]:
    """Founding, changes of name, kind and place, mergers, splits, terms, the end. Four queries."""
    events = [*_standing(unit), *_successions(unit), *_terms(unit)]
    return sorted(events, key=lambda event: event.day, reverse=True)


def _standing(unit: Unit) -> Iterator[UnitEvent]:
    labels = {code: str(kind.label) for code, kind in kinds.all_kinds().items()}
    yield UnitEvent(unit.founded_on, _("成立"), "flag")
    before: UnitPeriod | None = None
    for period in unit.periods.select_related("parent").order_by("valid_from"):
        if before is not None:
            yield from _differences(before, period, labels)
        before = period
    if unit.dissolved_on is not None:
        yield UnitEvent(unit.dissolved_on, _("撤销"), "archive")


def _differences(before: UnitPeriod, after: UnitPeriod, labels: dict[str, str]) -> Iterator[UnitEvent]:
    if before.name != after.name:
        words = {"before": before.name, "after": after.name}
        yield UnitEvent(after.valid_from, _("更名：%(before)s → %(after)s") % words, "pencil")
    if before.kind != after.kind:
        words = {"before": labels.get(before.kind, before.kind), "after": labels.get(after.kind, after.kind)}
        yield UnitEvent(after.valid_from, _("类型变更：%(before)s → %(after)s") % words, "pencil")
    if before.parent_id != after.parent_id:
        place = after.parent.name if after.parent else _("一级组织")
        yield UnitEvent(after.valid_from, _("上级变更为：%(place)s") % {"place": place}, "move")


def _successions(unit: Unit) -> Iterator[UnitEvent]:
    rows = UnitSuccession.objects.filter(Q(predecessor=unit) | Q(successor=unit))
    for row in rows.select_related("predecessor", "successor"):
        is_origin = row.successor_id == unit.pk
        other = row.predecessor if is_origin else row.successor
        yield UnitEvent(row.happened_on, _sentence(row.kind, is_origin) % {"name": other.name}, "network")


def _sentence(kind: str, is_origin: bool) -> str:
    sentences = {
        (UnitSuccession.Kind.MERGE, True): _("“%(name)s”并入"),
        (UnitSuccession.Kind.MERGE, False): _("并入“%(name)s”"),
        (UnitSuccession.Kind.SPLIT, True): _("由“%(name)s”拆分设立"),
        (UnitSuccession.Kind.SPLIT, False): _("拆分设立“%(name)s”"),
        (UnitSuccession.Kind.DISSOLVE, True): _("接收撤销的“%(name)s”"),
        (UnitSuccession.Kind.DISSOLVE, False): _("由“%(name)s”接收"),
    }
    return sentences[UnitSuccession.Kind(kind), is_origin]


def _terms(unit: Unit) -> Iterator[UnitEvent]:
    for term in Term.objects.filter(unit=unit):
        words = {"number": term.number}
        yield UnitEvent(term.started_on, _("第 %(number)s 届任期开始") % words, "calendar")
        if term.ended_on is not None:
            yield UnitEvent(term.ended_on, _("第 %(number)s 届任期结束") % words, "calendar")
