"""Which ways out an entry gets, and when: written for everybody at once, then put right for those with times of their own."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, CharField, DateTimeField, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from jiceng.access.models import User
from jiceng.kernel import clock
from jiceng.kernel.bulk import insert_selected
from jiceng.kernel.tasks import enqueue

from .. import channels, selectors
from ..models import Delivery, DeliveryState, Entry, Notice, SkipReason

_COLUMNS = ("entry_id", "channel", "state", "reason", "due_at", "attempts", "detail", "finished_at")


def plan_deliveries(notice: Notice, *, at: datetime) -> None:
    """One statement for each channel switched on, one more for each moment at which people with own times are free."""
    used = channels.switched_on()
    if not used or not notice.entry_count:
        return
    entries = Entry.objects.filter(notice=notice)
    due = selectors.usual_times().due(
        at, clock.local_zone(), is_urgent=notice.is_urgent, is_mandatory=notice.is_mandatory
    )
    for channel in used:
        insert_selected(Delivery, _COLUMNS, _planned(entries, channel, due=due, at=at))
    respect_own_times(Delivery.objects.filter(entry__notice=notice), at=at)
    wake(Delivery.objects.filter(entry__notice=notice))


def respect_own_times(deliveries: QuerySet[Delivery], *, at: datetime) -> None:
    """Put off those of ``deliveries`` that wait for people with habits or shifts of their own."""
    waiting = deliveries.filter(state=DeliveryState.WAITING, attempts=0)
    own = selectors.own_times(User.objects.filter(pk__in=waiting.values("entry__user")))
    moments: dict[datetime, list[int]] = {}
    rows = waiting.filter(entry__user__in=list(own)).select_related("entry__notice")
    for row in rows:
        notice = row.entry.notice
        due = own[row.entry.user_id].due(
            at, clock.local_zone(), is_urgent=notice.is_urgent, is_mandatory=notice.is_mandatory
        )
        moments.setdefault(due, []).append(row.pk)
    for due, ids in moments.items():
        Delivery.objects.filter(pk__in=ids).update(due_at=due)


def wake(deliveries: QuerySet[Delivery]) -> None:
    """Have a worker come at every moment at which one of ``deliveries`` falls due."""
    waiting = deliveries.filter(state=DeliveryState.WAITING).order_by("due_at")
    for due in waiting.values_list("due_at", flat=True).distinct():
        enqueue("notices.deliver", at=due)


def _planned(entries: QuerySet[Entry], channel: channels.Channel, *, due: datetime, at: datetime) -> QuerySet[Entry]:
    reason = Case(
        When(Q(is_muted=True), then=Value(SkipReason.MUTED)),
        When(channel.unwanted(), then=Value(SkipReason.UNWANTED)),
        When(~channel.reachable(), then=Value(SkipReason.NO_ADDRESS)),
        default=Value(""), output_field=CharField(),
    )  # fmt: skip
    rows = entries.order_by().annotate(skipped_for=reason)
    state = Case(When(skipped_for="", then=Value(DeliveryState.WAITING)), default=Value(DeliveryState.SKIPPED), output_field=CharField())  # fmt: skip
    ended = Case(When(skipped_for="", then=None), default=Cast(Value(at), DateTimeField()), output_field=DateTimeField(null=True))  # fmt: skip
    return rows.values_list(
        "pk", Value(channel.code, output_field=CharField()), state, "skipped_for", Cast(Value(due), DateTimeField()),
        Value(0), Value("", output_field=CharField()), ended, named=False,
    )  # fmt: skip
