"""How far the administrators have come on the way to going live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import Count, Max

from jiceng.access.models import ApiKey

from ..models import PutOff


class Step(Protocol):
    """What a manifest's ``SetupStep`` has become for somebody. ``key``: ``<module>:<page>``."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def minutes(self) -> int: ...
    @property
    def is_done(self) -> bool: ...


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


def road(steps: Iterable[Step]) -> Road:
    """The steps in order, done or not. They are asked of the data, so one can go on where others stopped. One query."""
    put_off = set(PutOff.objects.values_list("key", flat=True))
    return Road(
        tuple(
            Stage(step, number, step.key in put_off and not step.is_done) for number, step in enumerate(steps, start=1)
        )
    )


def first_call() -> tuple[int, datetime | None]:
    """How many keys there are, and when one of them was last used."""
    facts = ApiKey.objects.filter(revoked_at=None).aggregate(keys=Count("pk"), last=Max("last_used_at"))
    return facts["keys"], facts["last"]
