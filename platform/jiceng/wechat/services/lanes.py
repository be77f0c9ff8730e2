"""How fast an account may send by a channel, and waking a worker when there is something to send.

A lane is a row: a token bucket and the day's count live where the work lives, survive a lost cache, and are changed under
its lock. Only one worker sends in a lane at a time; a thousand lanes do not know of one another.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from jiceng.kernel.tasks import enqueue

from ..models import Channel, Lane

# Quotas are WeChat's and turn over at its midnight, wherever the tenant is.
WECHAT_ZONE = ZoneInfo("Asia/Shanghai")
BURST_SECONDS = 4


# In all, below WeChat's own limits, which other systems share.
PER_DAY = {Channel.WECOM: 1_000_000, Channel.TEMPLATE: 95_000, Channel.SUBSCRIPTION: 95_000, Channel.CUSTOM: 480_000}


def wake(account_id: uuid.UUID | None, channel: str, *, at: datetime) -> None:
    """Have a worker look at the lane at ``at``, unless one comes earlier anyway."""
    if account_id is None:
        return
    Lane.objects.bulk_create([Lane(account_id=account_id, channel=channel)], ignore_conflicts=True)
    sleeping = Lane.objects.filter(Q(run_at=None) | Q(run_at__gt=at), account_id=account_id, channel=channel)
    if sleeping.update(run_at=at):
        enqueue("wechat.push", at=at, account_id=account_id, channel=channel)


def refill(lane: Lane, *, at: datetime) -> int:
    """Bring tokens and day up to date and return how many messages may go now. Does not save."""
    rate = settings.WECHAT_RATES[lane.channel]
    capacity = rate * BURST_SECONDS
    if lane.refilled_at is None:
        lane.tokens = capacity
    else:
        passed = max(0.0, (at - lane.refilled_at).total_seconds())
        lane.tokens = min(capacity, lane.tokens + passed * rate)
    lane.refilled_at = at
    if lane.day != day_of(at):
        lane.day, lane.day_count = day_of(at), 0
    return int(min(lane.tokens, max(0, PER_DAY[Channel(lane.channel)] - lane.day_count)))


def spend(lane: Lane, count: int) -> None:
    """Does not save."""
    lane.tokens -= count
    lane.day_count += count


def pause(account_id: uuid.UUID, channel: str, *, until: datetime, reason: str) -> None:
    """Nothing goes out by this lane before ``until``."""
    Lane.objects.filter(account_id=account_id, channel=channel).update(paused_until=until, pause_reason=reason[:100])


def resume(account_id: uuid.UUID) -> None:
    """What stood in the way has been mended."""
    Lane.objects.filter(account_id=account_id).update(paused_until=None, pause_reason="")


def day_of(at: datetime) -> date:
    return at.astimezone(WECHAT_ZONE).date()


def next_day(at: datetime) -> datetime:
    """The next midnight of WeChat's, a minute late."""
    following = day_of(at) + timedelta(days=1)
    return datetime.combine(following, time(0, 1), tzinfo=WECHAT_ZONE)


def next_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0) + timedelta(seconds=61)
