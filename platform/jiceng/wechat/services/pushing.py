"""Taking pushes in: each gets its first way at once, or a reason why there is none. Sending is ``services.sending``."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from jiceng.members.models import Person

from ..models import Campaign, CampaignKind, Identity, Push, PushState, Remark
from . import lanes, outcomes
from .planning import Plan, Ways


@transaction.atomic
def push_to_people(
    campaign: Campaign, wanted: Sequence[tuple[uuid.UUID, int | None]], *, at: datetime, is_urgent: bool = False,
    ways: Ways | None = None,
) -> list[Push]:  # fmt: skip
    """Push ``campaign`` to people: (person id, id of the notice's delivery). Five statements, however many people.

    Those whom no way reaches get a push that is skipped, with the reasons; the caller tells the notice so.
    """
    ways = ways or Ways()
    owned = ways.identities_of([person_id for person_id, _delivery in wanted])
    made = []
    for person_id, delivery_id in wanted:
        push = Push(
            campaign=campaign, person_id=person_id, delivery_id=delivery_id, key=secrets.token_hex(16), is_urgent=is_urgent,
            due_at=at, created_at=at,
        )  # fmt: skip
        take_way(push, ways.plan(owned.get(person_id, ()), category=campaign.category, at=at), at=at)
        made.append(push)
    return _keep(made, at)


@transaction.atomic
def push_reply(campaign: Campaign, *, identity: Identity, remark: Remark, at: datetime) -> Push:
    """Push an answer to whoever asked: in the chat if its window is open, else as a template or subscription message."""
    ways = Ways()
    owned: Iterable[Identity] = [identity]
    if identity.person_id is not None:
        others = ways.identities_of([identity.person_id]).get(identity.person_id, [])
        owned = [identity, *(row for row in others if row.pk != identity.pk)]
    push = Push(
        campaign=campaign, person_id=identity.person_id, remark=remark, key=secrets.token_hex(16), is_urgent=True,
        due_at=at, created_at=at,
    )  # fmt: skip
    take_way(push, ways.plan(owned, category=campaign.category, at=at, is_reply=True), at=at)
    return _keep([push], at)[0]


def take_way(push: Push, plan: Plan, *, at: datetime, tried: frozenset[str] = frozenset()) -> None:
    """Set the push on its first way that was not tried, or skip it. Keeps the reasons. Does not save."""
    known = {step["channel"] for step in push.trail}
    push.trail = [*push.trail, *({"channel": str(c), "reason": r} for c, r in plan.passed if str(c) not in known)]
    way = next((way for way in plan.ways if way.channel not in tried and way.channel not in known), None)
    if way is None:
        push.state, push.finished_at, push.channel = PushState.SKIPPED, at, ""
        push.account = push.identity = None
        return
    push.channel, push.identity, push.account_id = way.channel, way.identity, way.identity.account_id
    push.state, push.due_at, push.attempts, push.batch = PushState.QUEUED, at, 0, None


def campaign_for(
    *, key: str, kind: str = CampaignKind.NOTICE, category: str, title: str, text: str, url: str, at: datetime
) -> Campaign:
    """The campaign with this key, made where there is none."""
    fields = {
        "kind": kind,
        "category": category,
        "title": title[:100],
        "text": text[:2000],
        "url": url[:200],
        "created_at": at,
    }
    campaign, _is_new = Campaign.objects.get_or_create(key=key, defaults=fields)
    return campaign


def _keep(pushes: list[Push], at: datetime) -> list[Push]:
    kept = Push.objects.bulk_create(pushes)
    for account_id, channel in {(push.account_id, push.channel) for push in kept if push.state == PushState.QUEUED}:
        lanes.wake(account_id, channel, at=at)
    outcomes.tell(push for push in kept if push.state == PushState.SKIPPED and push.delivery_id is None)
    return kept


def people_of_users(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """User id -> person id, for those on the roster. One query."""
    return dict(Person.objects.filter(user__in=list(user_ids)).values_list("user_id", "pk"))  # type: ignore[arg-type]
