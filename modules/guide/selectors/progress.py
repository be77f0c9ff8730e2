"""How far members have come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Value
from django.urls import reverse

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.members.models import Person
from jiceng.wechat.models import Identity

from ..manifest.steps import STEPS, Step
from ..models import StepDone


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as one member sees it."""

    step: Step
    route: str
    is_done: bool

    @property
    def url(self) -> str:
        return reverse(self.route)


@dataclass(frozen=True, slots=True)
class Checklist:
    """The steps that somebody may take, in order."""

    steps: tuple[Shown, ...]

    @property
    def done_count(self) -> int:
        return sum(shown.is_done for shown in self.steps)

    @property
    def is_complete(self) -> bool:
        return self.done_count == len(self.steps)

    @property
    def next(self) -> Shown | None:
        return next((shown for shown in self.steps if not shown.is_done), None)


def checklist(actor: Actor) -> Checklist:
    """At most one query. Empty for visitors and programs. Who was bound before the guide was on has that step behind them."""
    offered = [(step, route) for step in STEPS if (route := page_of(step, actor))]
    if actor.user is None or not offered:
        return Checklist(())
    done = _done_by(actor.user)
    return Checklist(tuple(Shown(step, route, step.code in done) for step, route in offered))


def page_of(step: Step, actor: Actor) -> str:
    """The name of the page where ``actor`` does the step, ``""`` if nowhere."""
    return next((name for permission, name in step.pages if policy.may(actor, permission)), "")


def home_card(*, actor: Actor) -> dict[str, Any] | None:
    """What is next, on the phone's home page; ``None`` once everything is done."""
    found = checklist(actor)
    return None if found.next is None else {"checklist": found, "next": found.next}


def count_by_step() -> list[tuple[Step, int]]:
    """How many active members have done each step. No names: this is no ranking."""
    rows = StepDone.objects.filter(user__is_active=True).values_list("step").annotate(Count("id")).order_by("step")
    counted = dict(rows)
    return [(step, counted.get(step.code, 0)) for step in STEPS]


def count_members() -> int:
    """Active logins that the roster knows."""
    return User.objects.filter(is_active=True).filter(Exists(Person.objects.filter(user=OuterRef("pk")))).count()


def _done_by(user: User) -> Collection[str]:
    bound = Identity.objects.filter(person__user=user).order_by().values_list(Value("bind"))
    return {code for (code,) in StepDone.objects.filter(user=user).order_by().values_list("step").union(bound)}
