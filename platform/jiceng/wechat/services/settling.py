"""What an answer means for a push: sent, again, another way, or over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..gateway.policy import RETRY_WAITS_SECONDS, Verdict
from ..models import Channel, DeliveryReport, Identity, Lane, Push, PushState
from . import identities, lanes, outcomes, reports, trouble
from .planning import Ways
from .pushing import take_way

CONFIGURATION_PAUSE = timedelta(minutes=10)
REROUTED_AT_ONCE = 500
_CHANGED = (
    "state", "channel", "account", "identity", "trail", "attempts", "due_at", "lease_until", "batch", "errcode", "detail",
    "msgid", "finished_at",
)  # fmt: skip
_IDEMPOTENT = frozenset({Channel.TEMPLATE, Channel.WECOM})
# Why the way did not do, as the plan's reasons say it.
_REASONS = {
    Verdict.RECIPIENT: "refused", Verdict.NO_OFFER: "no_offer", Verdict.NOT_FOLLOWING: "not_following",
    Verdict.WINDOW: "no_window", Verdict.CONTENT: "content",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """``verdict``: ``None`` for success; ``is_unknown``: it may have gone or not; ``is_untried``: nothing was sent."""

    verdict: Verdict | None = None
    errcode: int | None = None
    detail: str = ""
    msgid: str = ""
    is_unknown: bool = False
    is_untried: bool = False

    @classmethod
    def sent(cls, msgid: str) -> Result:
        return cls(msgid=msgid, errcode=0)

    @classmethod
    def refused(cls, errcode: int, verdict: Verdict, detail: str) -> Result:
        return cls(verdict=verdict, errcode=errcode, detail=detail)

    @classmethod
    def unknown(cls, detail: str) -> Result:
        return cls(is_unknown=True, detail=detail)

    @classmethod
    def untried(cls) -> Result:
        return cls(is_untried=True)


def settle(results: Mapping[int, Result], *, at: datetime) -> None:
    """Store the results of pushes that are being sent; call in a transaction. Rows decided otherwise meanwhile stay."""
    rows = list(
        Push.objects.select_for_update(of=("self",)).select_related("campaign", "identity", "remark")
        .filter(pk__in=list(results), state=PushState.SENDING).order_by("id")
    )  # fmt: skip
    ways: Ways | None = None
    for row in rows:
        result = results[row.pk]
        row.lease_until = None
        row.errcode, row.detail = result.errcode, result.detail[:200]
        if result.verdict in _REASONS:
            ways = ways or Ways()
            _other_way(row, result, ways, at)
        else:
            _apply(row, result, at)
    Push.objects.bulk_update(rows, _CHANGED)
    _after(rows, results, at)


def reroute_all(lane: Lane, *, at: datetime) -> None:
    """The lane's account is gone: what waits in it takes another way, up to 500 at a time."""
    rows = list(
        Push.objects.select_for_update(of=("self",)).select_related("campaign", "identity", "remark")
        .filter(account_id=lane.account_id, channel=lane.channel, state=PushState.QUEUED)[:REROUTED_AT_ONCE]
    )  # fmt: skip
    ways = Ways()
    for row in rows:
        _replan(row, "account_off", ways, at)
    Push.objects.bulk_update(rows, _CHANGED)
    outcomes.tell(row for row in rows if row.state == PushState.SKIPPED)
    for account_id, channel in {(row.account_id, row.channel) for row in rows if row.state == PushState.QUEUED}:
        lanes.wake(account_id, channel, at=at)
    if len(rows) == REROUTED_AT_ONCE:
        lanes.wake(lane.account_id, lane.channel, at=at + timedelta(seconds=1))


def _apply(row: Push, result: Result, at: datetime) -> None:
    if result.is_untried:
        row.state, row.attempts, row.due_at = PushState.QUEUED, row.attempts - 1, at
    elif result.is_unknown and Channel(row.channel) not in _IDEMPOTENT:
        row.state, row.finished_at = PushState.UNKNOWN, at
    elif result.is_unknown or result.verdict is Verdict.RETRY:
        _again(row, at)
    elif result.verdict is Verdict.MINUTE:
        row.state, row.attempts, row.due_at = PushState.QUEUED, row.attempts - 1, lanes.next_minute(at)
    elif result.verdict is Verdict.DAY:
        row.state, row.attempts, row.due_at = PushState.QUEUED, row.attempts - 1, lanes.next_day(at)
    elif result.verdict is Verdict.CONFIGURATION:
        row.state, row.attempts, row.due_at = PushState.QUEUED, row.attempts - 1, at + CONFIGURATION_PAUSE
    else:
        row.state, row.msgid, row.finished_at = PushState.SENT, result.msgid[:64], at


def _again(row: Push, at: datetime) -> None:
    if row.attempts > len(RETRY_WAITS_SECONDS):
        row.state, row.finished_at = PushState.FAILED, at
        return
    row.state, row.due_at = PushState.QUEUED, at + timedelta(seconds=RETRY_WAITS_SECONDS[row.attempts - 1])


def _other_way(row: Push, result: Result, ways: Ways, at: datetime) -> None:
    assert result.verdict is not None  # noqa: S101 -- the caller looked
    if row.identity_id and result.verdict is Verdict.NOT_FOLLOWING:
        identities.stopped_following(row.identity_id, at=at)
    if row.identity_id and result.verdict is Verdict.WINDOW:
        identities.close_window(row.identity_id)
    if row.identity_id and result.verdict is Verdict.NO_OFFER:
        binding = ways.binding(row.account_id, row.channel, row.campaign.category) if row.account_id else None
        if binding is not None:
            identities.change_offer(row.identity_id, binding.template_id, -1000)
    if result.verdict is Verdict.CONTENT and row.account_id:
        trouble.report(row.account_id, errcode=result.errcode or 0, words=result.detail, at=at)
    had = (row.errcode, row.detail)
    _replan(row, _REASONS[result.verdict], ways, at)
    row.errcode, row.detail = had


def _replan(row: Push, reason: str, ways: Ways, at: datetime) -> None:
    is_reply = row.remark_id is not None
    row.trail = [*row.trail, {"channel": row.channel, "reason": reason}]
    if is_reply and row.identity is not None and row.person_id is None:
        row.identity.refresh_from_db()
        owned: list[Identity] = [row.identity]
    else:
        owned = ways.identities_of([row.person_id]).get(row.person_id, []) if row.person_id else []
    plan = ways.plan(owned, category=row.campaign.category, at=at, is_reply=is_reply)
    take_way(row, plan, at=at)
    if row.state == PushState.SKIPPED and reason in ("refused", "content"):
        row.state = PushState.FAILED


def _after(rows: list[Push], results: Mapping[int, Result], at: datetime) -> None:
    """What follows for lanes, windows, consents, reports and whoever wants to know."""
    _pause_lanes(rows, results, at)
    for row in rows:
        if row.state != PushState.SENT or row.identity_id is None:
            continue
        if row.channel == Channel.CUSTOM:
            _count_window(row.identity_id, at)
        elif row.channel == Channel.SUBSCRIPTION and row.account_id:
            binding = Ways().binding(row.account_id, row.channel, row.campaign.category)
            if binding is not None:
                identities.change_offer(row.identity_id, binding.template_id, -1)
    _apply_reports(rows, at)
    for account_id, channel, due_at in {
        (r.account_id, r.channel, r.due_at) for r in rows if r.state == PushState.QUEUED
    }:
        lanes.wake(account_id, channel, at=due_at)
    outcomes.tell(row for row in rows if row.state in outcomes.FINAL)


def _pause_lanes(rows: list[Push], results: Mapping[int, Result], at: datetime) -> None:
    for row in rows:
        result = results[row.pk]
        if row.account_id is None or result.verdict not in (Verdict.MINUTE, Verdict.DAY, Verdict.CONFIGURATION):
            continue
        lanes.pause(row.account_id, row.channel, until=row.due_at, reason=result.detail)
        if result.verdict is not Verdict.MINUTE:
            trouble.report(row.account_id, errcode=result.errcode or 0, words=result.detail, at=at)
        return


def _count_window(identity_id: uuid.UUID, at: datetime) -> None:
    identity = Identity.objects.select_for_update(of=("self",)).get(pk=identity_id)
    identities.use_window(identity, at=at)
    Identity.objects.filter(pk=identity_id).update(message_left=identity.message_left, event_left=identity.event_left)


def _apply_reports(rows: list[Push], at: datetime) -> None:
    """Reports that came before we knew the message's id."""
    sent = {(row.account_id, row.msgid): row for row in rows if row.state == PushState.SENT and row.msgid}
    if not sent:
        return
    for found in DeliveryReport.objects.filter(
        account__in={key[0] for key in sent}, msgid__in=[key[1] for key in sent]
    ):
        row = sent.get((found.account_id, found.msgid))  # type: ignore[attr-defined]
        if row is not None:
            reports.apply(row, found.status, at=at)
