"""How far the administrators have come on the way to going live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from jiceng.access.actor import Actor
from jiceng.access.models import ApiKey
from jiceng.console.figures import Step, setup_steps

from ..models import PutOff


@dataclass(frozen=True, slots=True)
class Stage:
    """A step with whether it was put off. What is done is never put off."""

    step: Step
    number: int
    is_put_off: bool

    @property
    def is_open(self) -> bool:
        return not self.step.is_done and not self.is_put_off


@dataclass(frozen=True, slots=True)
class Road:
    stages: tuple[Stage, ...]

    @property
    def next(self) -> Stage | None:
        return next((stage for stage in self.stages if stage.is_open), None)

    @property
    def done_count(self) -> int:
        return sum(stage.step.is_done for stage in self.stages)

    @property
    def minutes_left(self) -> int:
        return sum(stage.step.minutes for stage in self.stages if stage.is_open)


def road(actor: Actor) -> Road:
    """Every step that ``actor`` may take, whether done or not: asked of the data, so one can go on where others stopped."""
    put_off = set(PutOff.objects.values_list("key", flat=True))
    steps = enumerate(setup_steps(actor=actor, modules=actor.modules or ()), start=1)
    return Road(tuple(Stage(step, number, step.key in put_off and not step.is_done) for number, step in steps))


def first_call() -> tuple[int, datetime | None]:
    """How many keys there are, and when one of them was last used."""
    facts = ApiKey.objects.filter(revoked_at=None).aggregate(last=Max("last_used_at"))
    return ApiKey.objects.filter(revoked_at=None).count(), facts["last"]
