"""Events as they reach the ledger. Call within a tenant's scope."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from jiceng.access.actor import Actor
from jiceng.events.received import ReceivedEvent
from jiceng.kernel.clock import now
from jiceng.members.models import Person
from jiceng.points.models import Entry
from jiceng.points.services import awarding, by_hand

SYSTEM = Actor.system()


def happen(name: str, payload: dict[str, Any], *, at: datetime | None = None) -> None:
    awarding.receive(ReceivedEvent(id=uuid.uuid4(), name=name, payload=payload, actor_id="", happened_at=at or now()))


def complete_course(person: Person, course: str | None = None, *, at: datetime | None = None) -> str:
    """Five points by the study module's rule, at most ten a day; returns the course's id."""
    course = course or str(uuid.uuid4())
    payload = {
        "course_id": course,
        "title": "条例导读",
        "person_id": str(person.pk),
        "user_id": str(person.user_id or ""),
    }
    happen("study.course.completed", payload, at=at)
    return course


def sign_up(person: Person, article: str, *, off: bool = False, at: datetime | None = None) -> None:
    """Two points by the rule of news; ``off``: the sign-up is cancelled."""
    name = "news.activity.cancelled" if off else "news.activity.signed_up"
    happen(name, {"article_id": article, "title": "义务植树", "user_id": str(person.user_id)}, at=at)


def give(person: Person, points: int = 10, **more: Any) -> Entry:
    fields = {"points": points, "label": "获评先进", "reason": "表彰决定 3 号", **more}
    return by_hand.give(person_id=person.pk, fields=fields, actor=SYSTEM, at=now())  # type: ignore[typeddict-item]


def amounts(person: Person) -> list[int]:
    return list(Entry.objects.filter(person=person).order_by("created_at", "id").values_list("points", flat=True))
