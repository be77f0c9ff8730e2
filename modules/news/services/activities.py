"""活动通知: when and where, who is told when that changes, the word on the day before."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.files import richtext
from jiceng.kernel import clock
from jiceng.kernel.cleaning import Cleaner, clean_moment
from jiceng.kernel.errors import FieldError
from jiceng.kernel.tasks import enqueue
from jiceng.notices import services as notices

from .. import errors
from ..models import Activity, Article, ArticleVersion, SignUp, SignUpState
from ..selectors.activities import BEFORE
from .addresses import article_url
from .kind import Kind

MOST_PEOPLE = 100_000
PLACE_LENGTH = 100
CATEGORY = "news.activity"
KNOWN = {"starts_at", "ends_at", "place", "takes_sign_ups", "sign_up_until", "capacity"}
# What those who come have to know when it changes.
PROMISED = ("starts_at", "ends_at", "place")
COMING = (SignUpState.JOINED, SignUpState.WAITING)


class ActivityKind(Kind):
    """A draft may lack its hours; nothing comes out without them."""

    def clean(self, details: Mapping[str, Any], *, article: Article | None) -> dict[str, Any]:
        """``starts_at``, ``ends_at``, ``place``, ``takes_sign_ups``, ``sign_up_until``, ``capacity`` (``None``: no limit)."""
        cleaner = Cleaner(within="details")
        cleaner.refuse_unknown(details, KNOWN)
        for name in ("starts_at", "ends_at"):
            clean_moment(cleaner, details, name, needed=True)
        clean_moment(cleaner, details, "sign_up_until")
        if "place" in details:
            cleaner.text("place", details["place"] or "", PLACE_LENGTH)
        _clean_choice(cleaner, details)
        _clean_capacity(cleaner, details)
        if details and not cleaner.faults:
            _check_hours(cleaner, Activity.objects.filter(article=article).first() if article else None)
        return cleaner.done(errors.ArticleInvalid)

    def save(self, article: Article, details: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
        """Locks the activity's row. Who waited comes in where there is room now."""
        if not details:
            return
        activity = locked_activity(article.pk) or Activity(article=article)
        for name, value in details.items():
            setattr(activity, name, value)
        joined = SignUp.objects.filter(activity=article.pk, state=SignUpState.JOINED).count()
        if activity.capacity is not None and activity.capacity < joined:
            message = _("已有 %(count)d 人报名成功，名额不能少于这个数。") % {"count": joined}
            raise errors.ArticleInvalid(fields=(FieldError("/details/capacity", "below_joined", message),))
        activity.save()
        if article.is_published:
            move_up(activity, article, at=at)

    def snapshot(self, article: Article) -> dict[str, Any]:
        activity = Activity.objects.filter(pk=article.pk).first()
        if activity is None:
            return {}
        until = activity.sign_up_until
        return {
            "starts_at": activity.starts_at.isoformat(), "ends_at": activity.ends_at.isoformat(), "place": activity.place,
            "takes_sign_ups": activity.takes_sign_ups, "sign_up_until": until.isoformat() if until else None,
            "capacity": activity.capacity,
        }  # fmt: skip

    def files_of(self, article: Article) -> set[uuid.UUID]:
        result = Activity.objects.filter(pk=article.pk).values_list("result", flat=True).first()
        return set(richtext.picture_ids(result)) if result else set()

    def check(self, article: Article, *, at: datetime) -> None:
        cleaner = Cleaner(within="details")
        activity = Activity.objects.filter(pk=article.pk).first()
        if activity is None:
            cleaner.refuse("starts_at", "required", _("请填写活动的开始和结束时间。"))
        elif activity.ends_at <= (article.publish_at or at):
            cleaner.refuse("ends_at", "in_the_past", _("活动结束时间必须晚于发布时间。"))
        if activity is not None and not activity.place:
            cleaner.refuse("place", "required", _("请填写活动地点。"))
        cleaner.done(errors.ArticleInvalid)

    def published(self, article: Article, *, actor: Actor, at: datetime) -> None:
        plan_reminder(Activity.objects.get(pk=article.pk), at=at)

    def corrected(self, article: Article, *, actor: Actor, at: datetime) -> None:
        """Those signed up hear of another time or place, and are reminded at the new time."""
        activity = locked_activity(article.pk)
        if activity is None or not _has_moved(article):
            return
        plan_reminder(activity, at=at)
        text = _("时间：%(when)s；地点：%(where)s") % {"when": when(activity), "where": activity.place}
        _tell(article, _("活动有变动：%(title)s"), text=text, actor=actor, at=at, states=COMING)

    def withdrawn(self, article: Article, *, actor: Actor, at: datetime) -> None:
        """Notices about the article go with it; this one is about the activity, and leads to the list of activities."""
        activity = locked_activity(article.pk)
        if activity is None or activity.ends_at <= at:
            return
        _tell(
            article, _("活动取消：%(title)s"), text=_("原定时间：%(when)s") % {"when": when(activity)}, actor=actor, at=at, states=COMING,
            source=f"news.activity:{article.pk}", url="/news/activities/",
        )  # fmt: skip


def locked_activity(article_id: uuid.UUID) -> Activity | None:
    """The activity, locked until the transaction ends: after the article where both are, and alone for signing up."""
    return Activity.objects.select_for_update(of=("self",), no_key=True).filter(pk=article_id).first()


def move_up(activity: Activity, article: Article, *, at: datetime) -> int:
    """Let those who wait come in while there is room, in their order, and tell them; returns how many.

    ``activity`` is locked. After it has begun nobody moves any more. The same few statements however many move.
    """
    chosen = _next_in_line(activity) if activity.starts_at > at else SignUp.objects.none()
    if not chosen.exists():
        return 0
    text = _("时间：%(when)s；地点：%(where)s") % {"when": when(activity), "where": activity.place}
    title = _("候补成功，您已报名：%(title)s") % {"title": article.title}
    notices.send(
        category=CATEGORY, title=title, text=text, url=article_url(article), source=f"news.article:{article.pk}",
        users=chosen.values("user_id"), at=at, actor=Actor.system(),
    )  # fmt: skip
    return chosen.update(state=SignUpState.JOINED)


def _next_in_line(activity: Activity) -> QuerySet[SignUp]:
    """Those who wait and find room now."""
    rows = SignUp.objects.filter(activity=activity).order_by()
    waiting = rows.filter(state=SignUpState.WAITING)
    if activity.capacity is None:
        return waiting
    free = activity.capacity - rows.filter(state=SignUpState.JOINED).count()
    if free <= 0:
        return waiting.none()
    last = list(waiting.order_by("number").values_list("number", flat=True)[free - 1 : free])
    return waiting.filter(number__lte=last[0]) if last else waiting


def plan_reminder(activity: Activity, *, at: datetime) -> None:
    """Have those who come reminded a day before; nothing where that hour has passed."""
    due = activity.starts_at - BEFORE
    if due > at:
        starts_at = activity.starts_at.isoformat()
        enqueue(
            "news.remind_activity", at=due, key=f"news.activity.day_before:{activity.pk}:{starts_at}",
            article_id=activity.pk, starts_at=starts_at,
        )  # fmt: skip


@transaction.atomic
def remind_of_activity(*, article_id: uuid.UUID, starts_at: str, at: datetime) -> bool:
    """Remind those who come, unless the activity was moved, withdrawn or has begun. At most once for each beginning."""
    activity = Activity.objects.select_related("article").filter(pk=article_id).first()
    if activity is None or not activity.article.is_published:
        return False
    if activity.starts_at.isoformat() != starts_at or activity.starts_at <= at:
        return False
    text = _("时间：%(when)s；地点：%(where)s") % {"when": when(activity), "where": activity.place}
    return _tell(
        activity.article, _("活动提醒：%(title)s"), text=text, actor=Actor.system(), at=at,
        states=(SignUpState.JOINED,), key=f"news.activity.day_before:{activity.pk}:{starts_at}",
    )  # fmt: skip


def when(activity: Activity) -> str:
    """“2026-11-23 09:00 至 11:00”, in the tenant's zone."""
    zone = clock.local_zone()
    start, end = activity.starts_at.astimezone(zone), activity.ends_at.astimezone(zone)
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return _("%(start)s 至 %(end)s") % {"start": f"{start:%Y-%m-%d %H:%M}", "end": last}


def _tell(
    article: Article, title: str, *, text: str, actor: Actor, at: datetime, states: tuple[SignUpState, ...],
    key: str | None = None, source: str = "", url: str = "",
) -> bool:  # fmt: skip
    """A notice to those signed up; whether there was anybody, and it was not sent before."""
    users = SignUp.objects.filter(activity=article.pk, state__in=states)
    if not users.exists():
        return False
    sent = notices.send(
        category=CATEGORY, title=title % {"title": article.title}, text=text, url=url or article_url(article),
        source=source or f"news.article:{article.pk}", users=users.order_by().values("user_id"), at=at, actor=actor, key=key,
    )  # fmt: skip
    return sent is not None


def _has_moved(article: Article) -> bool:
    """Whether this version tells another time or place than the one before."""
    kept = ArticleVersion.objects.filter(article=article, number__lte=article.version).order_by("-number")
    now, *earlier = kept.values_list("details", flat=True)[:2]
    return any(now.get(name) != earlier[0].get(name) for name in PROMISED) if earlier else False


def _clean_choice(cleaner: Cleaner, details: Mapping[str, Any]) -> None:
    if "takes_sign_ups" not in details:
        return
    if isinstance(details["takes_sign_ups"], bool):
        cleaner.values["takes_sign_ups"] = details["takes_sign_ups"]
    else:
        cleaner.refuse("takes_sign_ups", "invalid_choice", _("须为 true 或 false。"))


def _clean_capacity(cleaner: Cleaner, details: Mapping[str, Any]) -> None:
    if "capacity" not in details:
        return
    value = details["capacity"]
    if value in (None, ""):
        cleaner.values["capacity"] = None
    elif isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_PEOPLE:
        cleaner.values["capacity"] = value
    else:
        message = _("名额须为 1 至 %(most)d 的整数，不填则不限。") % {"most": MOST_PEOPLE}
        cleaner.refuse("capacity", "invalid_capacity", message)


def _check_hours(cleaner: Cleaner, existing: Activity | None) -> None:
    """The hours as they will be, given and kept ones together."""
    hours = {
        name: cleaner.values.get(name, getattr(existing, name, None))
        for name in ("starts_at", "ends_at", "sign_up_until")
    }
    start, end, until = hours.values()
    for name in ("starts_at", "ends_at"):
        if hours[name] is None:
            cleaner.refuse(name, "required", _("此项不能为空。"))
    if start is None or end is None:
        return
    if end <= start:
        cleaner.refuse("ends_at", "before_start", _("结束时间必须晚于开始时间。"))
    if until is not None and until > end:
        cleaner.refuse("sign_up_until", "after_end", _("报名截止不能晚于活动结束。"))
