"""Activities: thirty places, forty people, somebody cancels; moved, withdrawn, reminded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.access.actor import Actor
from jiceng.audit.models import AuditEntry as Deed
from jiceng.events.models import Delivery, OutboxMessage
from jiceng.kernel import module_settings
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Forbidden
from jiceng.notices.models import Entry
from modules.news import errors, services
from modules.news.errors import activities as refusals
from modules.news.handlers.activities import remind_activity
from modules.news.models import Activity, SignUp
from modules.news.selectors import activities as reads
from modules.news.services import activities
from modules.news.services.activities_exporting import export_sign_ups
from modules.news.services.activities_signing import cancel, mark_attendance, sign_up
from tests.factories.news import MONDAY

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STARTS, ENDS = MONDAY + 4 * DAY, MONDAY + 4 * DAY + 2 * HOUR


def details(**more):
    return {
        "starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat(), "place": "湿地公园南门", "takes_sign_ups": True,
        "sign_up_until": (MONDAY + 3 * DAY).isoformat(), "capacity": 2, **more,
    }  # fmt: skip


@pytest.fixture
def activity(actors):
    """``activity(capacity=2)``: a published one."""

    def make(audience=None, **more):
        fields = {"audience": audience} if audience else {}
        article = kit.write(
            column="notices", title="义务植树", actor=actors.editor, at=MONDAY, details=details(**more), **fields
        )
        return kit.publish(article, actor=actors.secretary, at=MONDAY)

    return make


@pytest.fixture
def guests():
    """Five who may read."""
    return [
        kit.actor_of(kit.make_person(f"{name}来", login=f"guest{number}")) for number, name in enumerate("赵钱孙李周")
    ]


def join(article, actor, at=MONDAY + HOUR, **more):
    return sign_up(article_id=article.pk, actor=actor, at=at, **more).state


def leave(article, actor, at=MONDAY + 2 * HOUR):
    return cancel(article_id=article.pk, actor=actor, at=at).state


def told(*actors):
    """Titles that each of ``actors`` found in the inbox about activities, the earliest first."""
    rows = Entry.objects.filter(notice__category="news.activity").order_by("notice__created_at", "notice__title")
    return [list(rows.filter(user=actor.user).values_list("notice__title", flat=True)) for actor in actors]


def states(article):
    return dict(SignUp.objects.filter(activity=article.pk).values_list("name", "state"))


def events(name):
    return [row.payload for row in OutboxMessage.objects.filter(name=name).order_by("created_at")]


# --- Who comes --------------------------------------------------------------------------------------------------------
def test_the_first_come_and_the_others_wait_in_order(activity, guests):
    article = activity()
    assert [join(article, guest) for guest in guests[:4]] == ["joined", "joined", "waiting", "waiting"]
    assert leave(article, guests[0]) == "cancelled"
    assert states(article) == {"赵来": "cancelled", "钱来": "joined", "孙来": "joined", "李来": "waiting"}
    assert told(*guests[:4]) == [[], [], ["候补成功，您已报名：义务植树"], []]
    assert reads.figures(article) == reads.Figures(joined=2, waiting=1, cancelled=1, attended=0)


def test_who_comes_back_goes_to_the_end(activity, guests):
    article = activity(capacity=1)
    for guest in guests[:3]:
        join(article, guest)
    leave(article, guests[0])
    assert join(article, guests[0], at=MONDAY + 3 * HOUR) == "waiting"
    leave(article, guests[1], at=MONDAY + 4 * HOUR)
    assert states(article) == {"赵来": "waiting", "钱来": "cancelled", "孙来": "joined"}


def test_signing_up_and_cancelling_again_change_nothing(activity, guests):
    article = activity()
    join(article, guests[0], note="自带车")
    join(article, guests[0], at=MONDAY + 5 * HOUR, note="")
    row = SignUp.objects.get()
    assert (row.note, row.signed_up_at, row.number) == ("自带车", MONDAY + HOUR, 1)
    leave(article, guests[0])
    leave(article, guests[0], at=MONDAY + 6 * HOUR)
    assert SignUp.objects.get().cancelled_at == MONDAY + 2 * HOUR
    person = {"article_id": str(article.pk), "title": article.title, "user_id": str(guests[0].user.pk)}
    assert (events("news.activity.signed_up"), events("news.activity.cancelled")) == ([person], [person])
    deeds = Deed.objects.filter(action__startswith="news.activity.").values_list("action", flat=True)
    assert sorted(deeds) == ["news.activity.cancelled", "news.activity.signed_up"]


@pytest.mark.parametrize(
    ("more", "at", "refusal"),
    [
        ({}, MONDAY + 3 * DAY, refusals.SignUpClosed), ({"sign_up_until": None}, STARTS, refusals.SignUpClosed),
        ({"takes_sign_ups": False}, MONDAY + HOUR, refusals.SignUpsNotTaken),
    ],
    ids=["deadline", "begun", "none-wanted"],
)  # fmt: skip
def test_signing_up_has_its_time(activity, guests, more, at, refusal):
    article = activity(**more)
    with pytest.raises(refusal):
        join(article, guests[0], at=at)
    assert not SignUp.objects.exists()


def test_up_to_the_deadline(activity, guests):
    assert join(activity(), guests[0], at=MONDAY + 3 * DAY - timedelta(seconds=1)) == "joined"
    assert join(activity(sign_up_until=None), guests[0], at=STARTS - timedelta(seconds=1)) == "joined"


def test_nobody_cancels_what_has_begun(activity, guests):
    article = activity(capacity=1)
    join(article, guests[0])
    join(article, guests[1])
    with pytest.raises(refusals.ActivityStarted):
        leave(article, guests[0], at=STARTS)
    with pytest.raises(refusals.SignUpMissing):
        leave(article, guests[2])
    assert states(article) == {"赵来": "joined", "钱来": "waiting"}


def test_those_it_is_not_for_do_not_come(activity, guests):
    unit = kit.make_unit("第一支部")
    insider = kit.actor_of(kit.make_person("王芳", unit, login="wangfang"))
    article = activity(audience={"clauses": [{"unit": str(unit.pk)}]})
    kit.deliver(article, at=MONDAY)
    with pytest.raises(errors.ArticleMissing):
        join(article, guests[0])
    with pytest.raises(Forbidden):
        join(article, Actor.system())
    assert not SignUp.objects.exists()
    assert join(article, insider) == "joined"
    assert SignUp.objects.get().unit_name == "第一支部"


def test_a_draft_and_another_article_take_nobody(actors, guests):
    draft = kit.write(column="notices", actor=actors.editor, at=MONDAY, details=details())
    with pytest.raises(errors.ArticleMissing):
        join(draft, guests[0])
    other = kit.publish(kit.write(at=MONDAY), at=MONDAY)
    with pytest.raises(refusals.ActivityMissing):
        join(other, guests[0])
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    ("note", "refusal"),
    [("长" * 101, refusals.NoteInvalid), ("\x00", refusals.NoteInvalid), ("打牌 赌 博", errors.SensitiveWords)],
    ids=["long", "nul", "sensitive"],
)
def test_bad_notes_are_refused(activity, guests, note, refusal):
    module_settings.write("news", {"sensitive_words": ["赌博"]}, expected_version=0, changed_by="system")
    article = activity()
    with pytest.raises(refusal) as refused:
        join(article, guests[0], note=note)
    assert [fault.pointer for fault in refused.value.fields] == ["/note"]
    assert not SignUp.objects.exists()


# --- Changes ----------------------------------------------------------------------------------------------------------
def change(article, actor, at=MONDAY + 3 * HOUR, **more):
    return services.update_article(article_id=article.pk, fields={"details": more}, actor=actor, at=at)


def test_another_time_or_place_is_told(activity, guests, actors):
    article = activity(capacity=1)
    for guest in guests[:3]:
        join(article, guest)
    leave(article, guests[0])
    change(article, actors.secretary, place="东门")
    assert told(*guests[:4]) == [
        [],
        ["候补成功，您已报名：义务植树", "活动有变动：义务植树"],
        ["活动有变动：义务植树"],
        [],
    ]
    text = Entry.objects.filter(notice__title__startswith="活动有变动").first().notice.text
    assert text == "时间：2026-03-06 09:00 至 11:00；地点：东门"


def test_other_changes_are_not_told(activity, guests, actors):
    article = activity()
    join(article, guests[0])
    change(article, actors.secretary, sign_up_until=(MONDAY + 2 * DAY).isoformat())
    services.update_article(
        article_id=article.pk, fields={"summary": "带手套"}, actor=actors.secretary, at=MONDAY + 4 * HOUR
    )
    assert told(guests[0]) == [[]]


def test_more_room_lets_in_who_waits(activity, guests, actors):
    article = activity(capacity=1)
    for guest in guests[:4]:
        join(article, guest)
    change(article, actors.secretary, capacity=3)
    assert list(states(article).values()).count("joined") == 3
    assert told(*guests[:4]) == [[], ["候补成功，您已报名：义务植树"], ["候补成功，您已报名：义务植树"], []]
    with pytest.raises(errors.ArticleInvalid) as refused:
        change(article, actors.secretary, capacity=2)
    assert [fault.pointer for fault in refused.value.fields] == ["/details/capacity"]
    assert Activity.objects.get().capacity == 3
    change(article, actors.secretary, capacity=None)
    assert set(states(article).values()) == {"joined"}


def test_moving_up_costs_the_same_for_one_and_three(activity, guests, actors):
    def cost(people, room):
        article = activity(capacity=1)
        for guest in people:
            join(article, guest)
        with CaptureQueriesContext(connection) as queries:
            change(article, actors.secretary, capacity=room)
        assert set(states(article).values()) == {"joined"}
        return len(queries)

    cost(guests[:2], 2)  # what is read once and remembered
    assert cost(guests[:2], 2) == cost(guests[:4], 4)


def test_withdrawing_tells_that_it_is_off(activity, guests, actors):
    article = activity(capacity=1)
    for guest in guests[:2]:
        join(article, guest)
    join(article, guests[2])
    leave(article, guests[2])
    services.withdraw_article(article_id=article.pk, reason="大风", actor=actors.secretary, at=MONDAY + DAY)
    assert told(*guests[:3]) == [["活动取消：义务植树"], ["活动取消：义务植树"], []]
    off = Entry.objects.get(user=guests[0].user, notice__title__startswith="活动取消").notice
    assert (off.state, off.url) == ("sent", "/news/activities/")
    with pytest.raises(errors.ArticleWithdrawn):
        join(article, guests[3], at=MONDAY + DAY)


def test_what_is_over_is_not_called_off(activity, guests, actors):
    article = activity()
    join(article, guests[0])
    services.withdraw_article(article_id=article.pk, reason="", actor=actors.secretary, at=ENDS)
    assert told(guests[0]) == [[]]


# --- The day before ---------------------------------------------------------------------------------------------------
def planned():
    rows = Delivery.objects.filter(message__name="news.remind_activity").order_by("due_at")
    return [(row.due_at, row.message.payload) for row in rows]


def remind(article, starts_at=STARTS, at=STARTS - DAY):
    return activities.remind_of_activity(article_id=article.pk, starts_at=starts_at.isoformat(), at=at)


def test_the_day_before_those_who_come_are_reminded_once(activity, guests):
    article = activity(capacity=1)
    assert planned() == [(STARTS - DAY, {"article_id": str(article.pk), "starts_at": STARTS.isoformat()})]
    for guest in guests[:2]:
        join(article, guest)
    assert (remind(article), remind(article)) == (True, False)
    assert told(*guests[:2]) == [["活动提醒：义务植树"], []]


def test_a_moved_activity_is_reminded_of_at_its_new_time(activity, guests, actors):
    article = activity()
    join(article, guests[0])
    change(article, actors.secretary, starts_at=(STARTS + HOUR).isoformat())
    assert [due for due, _payload in planned()] == [STARTS - DAY, STARTS - DAY + HOUR]
    assert remind(article) is False
    assert remind(article, STARTS + HOUR, STARTS + HOUR - DAY) is True
    assert told(guests[0]) == [["活动有变动：义务植树", "活动提醒：义务植树"]]


def test_the_door_for_workers(activity, guests):
    """As the outbox calls it: ids and moments are texts."""
    article = activity()
    join(article, guests[0])
    soon = now() + DAY
    Activity.objects.update(starts_at=soon, ends_at=soon + HOUR)
    remind_activity(article_id=str(article.pk), starts_at=soon.isoformat())
    assert told(guests[0]) == [["活动提醒：义务植树"]]


def test_nobody_is_reminded_of_what_is_off_or_has_begun(activity, guests, actors):
    article = activity()
    join(article, guests[0])
    assert remind(article, at=STARTS) is False
    services.withdraw_article(article_id=article.pk, reason="", actor=actors.secretary, at=ENDS)
    assert remind(article) is False
    assert told(guests[0]) == [[]]


def test_no_reminder_is_planned_for_tomorrow_morning(actors):
    late = kit.write(column="notices", actor=actors.editor, at=MONDAY, details=details())
    kit.publish(late, at=STARTS - DAY + HOUR)
    assert planned() == []


# --- Who was there ----------------------------------------------------------------------------------------------------
def tick(article, actor, present, at=STARTS, shown=None):
    rows = SignUp.objects.filter(activity=article.pk)
    return mark_attendance(
        article_id=article.pk, actor=actor, at=at, present=[rows.get(name=name).pk for name in present],
        shown=rows.values_list("pk", flat=True) if shown is None else [rows.get(name=name).pk for name in shown],
    )  # fmt: skip


def there():
    return sorted(SignUp.objects.exclude(attended_at=None).values_list("name", flat=True))


def test_only_the_rows_shown_are_marked(activity, guests, actors):
    article = activity(capacity=3)
    for guest in guests:
        join(article, guest)
    leave(article, guests[0])
    assert tick(article, actors.secretary, ["钱来", "孙来", "赵来"]) == 2
    assert there() == ["孙来", "钱来"]
    tick(article, actors.secretary, ["周来"], shown=["孙来", "周来"])
    assert there() == ["周来", "钱来"]
    assert reads.figures(article).attended == 2


def test_attendance_has_its_time_and_its_people(activity, guests, actors):
    article = activity()
    join(article, guests[0])
    with pytest.raises(refusals.ActivityNotStarted):
        tick(article, actors.secretary, ["赵来"], at=STARTS - 3 * HOUR)
    with pytest.raises(errors.ArticleMissing):
        tick(article, actors.member, ["赵来"])
    other = activity()
    row = SignUp.objects.get()
    mark_attendance(article_id=other.pk, shown=[row.pk], present=[row.pk], actor=actors.secretary, at=STARTS)
    assert there() == []
    assert tick(article, actors.secretary, ["赵来"], at=STARTS - HOUR) == 1


def test_the_list_leaves_as_a_table(activity, guests, actors):
    article = activity(capacity=1)
    join(article, guests[0], note="自带车")
    join(article, guests[1])
    tick(article, actors.secretary, ["赵来"])
    assert export_sign_ups(article=article, actor=actors.secretary) == [
        ("1", "赵来", "", "已报名", "自带车", "2026-03-02 10:00:00", "", "已到"),
        ("2", "钱来", "", "候补", "", "2026-03-02 10:00:00", "", ""),
    ]
    assert Deed.objects.filter(action="news.activity.exported", target=str(article.pk)).exists()


def test_searching_the_list(activity, guests):
    article = activity(capacity=2)
    for guest in guests[:3]:
        join(article, guest, note="捎%人")
    assert [row.name for row in reads.sign_ups(article, show="joined", words="来 捎%")] == ["赵来", "钱来"]
    assert [row.name for row in reads.sign_ups(article, words="孙")] == ["孙来"]
    assert not reads.sign_ups(article, show="cancelled").exists()


# --- Details ----------------------------------------------------------------------------------------------------------
BAD = [
    ("starts_at", "tomorrow", "/details/starts_at"), ("starts_at", None, "/details/starts_at"),
    ("starts_at", "2026-03-06T09:00:00", "/details/starts_at"), ("ends_at", STARTS.isoformat(), "/details/ends_at"),
    ("ends_at", 7, "/details/ends_at"), ("sign_up_until", (ENDS + HOUR).isoformat(), "/details/sign_up_until"),
    ("capacity", 0, "/details/capacity"), ("capacity", True, "/details/capacity"), ("capacity", "9", "/details/capacity"),
    ("capacity", 10**9, "/details/capacity"), ("takes_sign_ups", "yes", "/details/takes_sign_ups"),
    ("place", "长" * 101, "/details/place"), ("place", "\x00", "/details/place"), ("film", 1, "/details/film"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "pointer"), BAD, ids=[f"{name}-{number}" for number, (name, _v, _p) in enumerate(BAD)]
)
def test_bad_details_are_refused(actors, name, value, pointer):
    with pytest.raises(errors.ArticleInvalid) as refused:
        kit.write(column="notices", actor=actors.editor, details=details(**{name: value}))
    assert [fault.pointer for fault in refused.value.fields] == [pointer]
    assert not Activity.objects.exists()


def test_a_change_is_judged_together_with_what_stays(activity, actors):
    article = activity()
    with pytest.raises(errors.ArticleInvalid) as refused:
        change(article, actors.secretary, starts_at=(ENDS + HOUR).isoformat())
    assert [fault.pointer for fault in refused.value.fields] == ["/details/ends_at"]
    assert Activity.objects.get().starts_at == STARTS


def test_a_draft_may_wait_for_its_hours_but_not_come_out(actors):
    draft = kit.write(column="notices", actor=actors.editor, at=MONDAY)
    with pytest.raises(errors.ArticleInvalid) as refused:
        kit.publish(draft, at=MONDAY)
    assert [fault.pointer for fault in refused.value.fields] == ["/details/starts_at"]
    late = kit.write(column="notices", actor=actors.editor, at=MONDAY, details=details(place=""))
    with pytest.raises(errors.ArticleInvalid) as refused:
        kit.publish(late, at=ENDS)
    assert [fault.pointer for fault in refused.value.fields] == ["/details/ends_at", "/details/place"]
    draft.refresh_from_db()
    assert draft.state == "draft"
