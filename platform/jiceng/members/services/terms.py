"""Writes about terms of office: a unit's committee or secretary is elected for some years, then anew (换届)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import clock
from jiceng.workflow.services import close_todos, put_todo

from .. import kinds, scope
from ..errors import TermEnded, TermOpen, TermUnknown
from ..models import Post, Term, Unit
from ..selectors.posts import terms_ending_by
from .rehoming import end_posts
from .writing import fault, unit_of

# 《关于党的基层组织任期的意见》 (2018): the superior organisation reminds six months before a term is over.
REMIND_BEFORE = timedelta(days=183)


@transaction.atomic
def start_term(
    *,
    unit_id: UUID | str,
    started_on: date,
    actor: Actor,
    ends_on: date | None = None,
    number: int | None = None,
) -> Term:
    """Begin a term: until ``ends_on``, or for as long as terms of this kind of unit last; the next ``number`` without it.

    Raises ``Forbidden``, ``UnitUnknown``, ``UnitDissolved``, ``TermOpen``, ``Invalid``. Emits ``members.unit.changed``.
    """
    unit = unit_of(unit_id, lock=True)
    scope.require_over(actor, unit)
    if open_term_of(unit) is not None:
        raise TermOpen
    if started_on > clock.today():
        raise fault("started_on", "in_future", "任期开始日期不能晚于今天。")
    ends_on = ends_on or _usual_end(unit, started_on)
    _check_order(started_on, ends_on)
    last = Term.objects.filter(unit=unit).order_by("-number").values_list("number", flat=True).first() or 0
    term = Term.objects.create(unit=unit, number=number or last + 1, started_on=started_on, ends_on=ends_on)
    Post.objects.filter(unit=unit, ended_on=None, term=None, started_on__gte=started_on).update(term=term)
    _tell("members.term.started", term, actor, after=_facts(term))
    return term


@transaction.atomic
def change_term(*, term_id: UUID | str, ends_on: date, actor: Actor) -> Term:
    """Let a term end earlier or later than planned; whoever was reminded will be again.

    Raises ``Forbidden``, ``TermUnknown``, ``TermEnded``, ``Invalid``. Emits ``members.unit.changed``.
    """
    term = _open_term(term_id, actor)
    before = _facts(term)
    _check_order(term.started_on, ends_on)
    term.ends_on, term.reminded_on = ends_on, None
    term.save(update_fields=["ends_on", "reminded_on"])
    close_todos(owner=_todo_owner(term), actor=actor, at=clock.now(), is_done=False)
    _tell("members.term.changed", term, actor, before=before, after=_facts(term))
    return term


@transaction.atomic
def end_term(*, term_id: UUID | str, actor: Actor, on: date | None = None, with_posts: bool = True) -> Term:
    """End a term as of ``on`` (today without it), and with it the posts held in it unless ``with_posts`` is false.

    Raises ``Forbidden``, ``TermUnknown``, ``TermEnded``, ``Invalid``. Emits ``members.unit.changed``.
    """
    term = _open_term(term_id, actor)
    on = on or clock.today()
    if on < term.started_on or on > clock.today():
        raise fault("on", "out_of_order", f"结束日期须在 {term.started_on:%Y-%m-%d} 和今天之间。")
    term.ended_on = on
    term.save(update_fields=["ended_on"])
    ended = end_posts(Post.objects.filter(term=term), on) if with_posts else 0
    close_todos(owner=_todo_owner(term), actor=actor, at=clock.now())
    _tell("members.term.ended", term, actor, after={**_facts(term), "ended_on": on, "posts": ended})
    return term


@transaction.atomic
def remind_of_ending_terms(*, on: date, at: datetime) -> int:
    """Tell whoever manages a unit that its term ends within six months of ``on``; each term once. Returns how many.

    Emits ``members.term.ending``.
    """
    terms = list(terms_ending_by(on + REMIND_BEFORE).select_for_update(of=("self",)))
    for term in terms:
        put_todo(
            owner=_todo_owner(term), kind="members.term_ending", permission=scope.MANAGE, unit_path=term.unit.path,
            title=f"“{term.unit.name}”第 {term.number} 届任期将于 {term.ends_on:%Y-%m-%d} 届满，请准备换届",
            url=f"/console/people/units/{term.unit_id}/", at=at,
        )  # fmt: skip
        term.reminded_on = on
        term.save(update_fields=["reminded_on"])
        emit("members.term.ending", payload={"unit_id": term.unit_id, "term_id": term.pk})
    return len(terms)


def open_term_of(unit: Unit) -> Term | None:
    return Term.objects.filter(unit=unit, ended_on=None).first()


def _open_term(term_id: UUID | str, actor: Actor) -> Term:
    term = Term.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=term_id).first()
    if term is None:
        raise TermUnknown
    scope.require_over(actor, term.unit)
    if term.ended_on is not None:
        raise TermEnded
    return term


def _usual_end(unit: Unit, started_on: date) -> date:
    kind = kinds.all_kinds().get(unit.kind)
    if kind is None or not kind.term_years:
        raise fault("ends_on", "required", "这类组织没有规定任期，请填写届满日期。")
    is_leap_day = (started_on.month, started_on.day) == (2, 29)
    first = started_on.replace(day=28) if is_leap_day else started_on
    return first.replace(year=first.year + kind.term_years) - timedelta(days=1)


def _check_order(started_on: date, ends_on: date) -> None:
    if ends_on <= started_on:
        raise fault("ends_on", "out_of_order", "届满日期须晚于开始日期。")


def _todo_owner(term: Term) -> str:
    return f"members.term:{term.pk}"


def _tell(action: str, term: Term, actor: Actor, **facts: Any) -> None:
    record(action=action, actor=actor, target=str(term.pk), target_label=term.unit.name, **facts)
    emit("members.unit.changed", payload={"unit_id": term.unit_id, "change": "term"}, actor_id=actor.id)


def _facts(term: Term) -> dict[str, Any]:
    return {"number": term.number, "started_on": term.started_on, "ends_on": term.ends_on}
