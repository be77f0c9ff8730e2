"""The ledger: given once for each cause, within caps, taken back with the cause, always with its reason."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from jiceng.events.models import OutboxMessage
from jiceng.kernel.clock import local_zone, now
from jiceng.kernel.errors import Forbidden
from jiceng.members.models import PersonState
from jiceng.points import errors
from jiceng.points.models import Entry, RuleVersion, Standing, Tally
from jiceng.points.selectors import ledger, standings
from jiceng.points.selectors import rules as rule_reads
from jiceng.points.services import by_hand
from jiceng.points.services import rules as rule_services
from jiceng.points.services import standings as standing_services
from tests.modules.study import kit as study

from . import kit

pytestmark = pytest.mark.usefixtures("points_on", "in_hongqi")
SYSTEM = kit.SYSTEM
DAY = timedelta(days=1)


def today():
    return now().astimezone(local_zone()).date()


def tune(code="study.course", effective_at=None, **numbers):
    newest = rule_reads.newest_version()
    return rule_services.publish_rules(
        rules={code: numbers}, note="", effective_at=effective_at, expected=newest.number if newest else 0, actor=SYSTEM,
        at=now(),
    )  # fmt: skip


class TestAwards:
    def test_an_event_gives_points_with_their_reason(self, person, branch):
        course = kit.complete_course(person)
        entry = Entry.objects.get()
        assert (entry.points, entry.label, entry.link) == (5, "学完课程：条例导读", f"/study/courses/{course}/")
        assert (entry.unit, entry.day, entry.version, entry.rule) == (branch, today(), 0, "study.course")
        assert standings.points_of(person, today()) == dict.fromkeys(("week", "month", "quarter", "year", "all"), 5)
        message = OutboxMessage.objects.get(name="points.awarded")
        assert (message.payload["points"], message.payload["person_id"]) == (5, str(person.pk))

    def test_the_same_cause_counts_once(self, person):
        course = kit.complete_course(person)
        kit.complete_course(person, course)
        assert kit.amounts(person) == [5]

    def test_a_day_has_its_cap(self, person):
        for _course in range(4):
            kit.complete_course(person)
        assert kit.amounts(person) == [5, 5]
        assert ledger.missed_today(person, today()) == [("学完课程", 2)]
        assert Tally.objects.get(period="year").points == 10
        kit.complete_course(person, at=now() - DAY)
        assert kit.amounts(person) == [5, 5, 5]

    def test_a_year_has_its_cap(self, person):
        tune(daily_cap=10, yearly_cap=10)
        kit.complete_course(person)
        kit.complete_course(person)
        kit.complete_course(person, at=now() - 2 * timedelta(hours=1))
        assert kit.amounts(person) == [5, 5]
        daily = Tally.objects.get(period="day")
        assert daily.points == 10

    def test_nothing_is_stored_while_points_are_off(self, hongqi, person):
        from .conftest import switch

        switch(hongqi, is_on=False)
        from django.core.cache import cache

        cache.clear()
        kit.complete_course(person)
        assert not Entry.objects.exists()
        assert not Tally.objects.exists()

    def test_people_are_found_by_their_login_too(self, person):
        kit.sign_up(person, str(uuid.uuid4()))
        assert kit.amounts(person) == [2]

    def test_nobody_known_gets_nothing(self, person):
        kit.happen(
            "study.course.completed", {"course_id": "x", "title": "", "person_id": str(uuid.uuid4()), "user_id": ""}
        )
        kit.happen("news.activity.signed_up", {"article_id": "x", "user_id": ""})
        person.state = PersonState.LEFT
        person.save(update_fields=("state",))
        kit.complete_course(person)
        assert not Entry.objects.exists()

    def test_what_is_long_ago_gives_nothing(self, person):
        kit.complete_course(person, at=now() - 8 * DAY)
        assert not Entry.objects.exists()

    def test_the_cause_undone_takes_back(self, person):
        article = str(uuid.uuid4())
        kit.sign_up(person, article)
        kit.sign_up(person, article, off=True)
        kit.sign_up(person, article, off=True)
        assert kit.amounts(person) == [2, -2]
        first, second = Entry.objects.order_by("created_at")
        assert (second.reverses, second.day, second.reason) == (first, first.day, "起因已取消")
        assert standings.points_of(person, today())["all"] == 0
        kit.sign_up(person, article)
        assert kit.amounts(person) == [2, -2, 2]
        assert Entry.objects.order_by("-created_at").first().round == 2
        assert Tally.objects.get(period="day").points == 2

    def test_events_may_arrive_in_any_order(self, person):
        article, happened = str(uuid.uuid4()), now()
        kit.sign_up(person, article, off=True, at=happened + timedelta(seconds=5))
        kit.sign_up(person, article, at=happened)
        assert not Entry.objects.exists()
        kit.sign_up(person, article, at=happened + timedelta(seconds=9))
        assert kit.amounts(person) == [2]


class TestDatabase:
    def test_entries_cannot_be_changed_or_deleted(self, person):
        kit.complete_course(person)
        for statement in ("UPDATE points_entry SET points = 500", "DELETE FROM points_entry"):
            with (
                pytest.raises(Exception, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
        assert kit.amounts(person) == [5]

    @pytest.mark.parametrize("change", [{"points": -5}, {"points": 0}, {"label": ""}])
    def test_an_entry_without_sense_is_refused(self, person, change):
        fields = {
            "person": person, "rule": "by_hand", "points": 5, "day": today(), "subject": "x", "label": "因为",
            "happened_at": now(), "created_at": now(), **change,
        }  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(**fields)
        assert not Entry.objects.exists()

    def test_a_tally_above_its_cap_is_refused(self, person):
        kit.complete_course(person)
        with pytest.raises(IntegrityError), transaction.atomic():
            Tally.objects.update(points=11)


class TestRules:
    def test_a_change_in_mid_period_leaves_what_was_given(self, person):
        kit.complete_course(person)
        tune(points=8, daily_cap=20)
        kit.complete_course(person)
        assert list(Entry.objects.order_by("created_at").values_list("points", "version")) == [(5, 0), (8, 1)]

    def test_a_version_holds_from_its_day_on(self, person):
        tune(points=8, daily_cap=20, effective_at=now() + DAY)
        kit.complete_course(person)
        assert kit.amounts(person) == [5]

    def test_what_happened_before_a_change_counts_as_it_was(self, person):
        happened = now()
        tune(points=8, daily_cap=20)
        kit.complete_course(person, at=happened)
        assert kit.amounts(person) == [5]

    def test_a_rule_can_be_switched_off(self, person):
        tune(is_on=False)
        kit.complete_course(person)
        assert not Entry.objects.exists()

    @pytest.mark.parametrize(
        ("numbers", "pointer"),
        [
            ({"points": 0}, "/study.course/points"),
            ({"points": -5}, "/study.course/points"),
            ({"points": 10_000}, "/study.course/points"),
            ({"points": True}, "/study.course/points"),
            ({"points": "8"}, "/study.course/points"),
            ({"daily_cap": 10_000}, "/study.course/daily_cap"),
            ({"daily_cap": 3}, "/study.course/daily_cap"),
            ({"yearly_cap": 7}, "/study.course/yearly_cap"),
            ({"is_on": "yes"}, "/study.course/is_on"),
            ({"bonus": 1}, "/study.course/bonus"),
        ],
    )
    def test_rules_have_bounds(self, numbers, pointer):
        with pytest.raises(errors.PointsInvalid) as refused:
            tune(**numbers)
        assert pointer in [fault.pointer for fault in refused.value.fields]
        assert not RuleVersion.objects.exists()

    def test_the_past_stays_as_it_was(self):
        with pytest.raises(errors.PointsInvalid) as refused:
            tune(points=8, effective_at=now() - DAY)
        assert refused.value.fields[0].pointer == "/effective_at"

    def test_unknown_rules_are_refused(self):
        with pytest.raises(errors.PointsInvalid):
            tune("study.logins", points=5)

    def test_two_editors(self):
        tune(points=8)
        with pytest.raises(errors.RulesStale):
            rule_services.publish_rules(
                rules={"study.course": {"points": 9}}, note="", effective_at=None, expected=0, actor=SYSTEM, at=now()
            )
        with pytest.raises(errors.NothingChanged):
            tune(points=8)
        assert RuleVersion.objects.count() == 1


class TestByHand:
    def test_given_with_a_reason_and_taken_back(self, person):
        entry = kit.give(person)
        assert (entry.points, entry.label, entry.reason, entry.version) == (10, "获评先进", "表彰决定 3 号", 0)
        back = by_hand.take_back(entry_id=entry.pk, reason="登记有误", actor=SYSTEM, at=now())
        assert (back.points, back.reverses) == (-10, entry)
        for again in (entry, back):
            with pytest.raises(errors.EntryReversed):
                by_hand.take_back(entry_id=again.pk, reason="再来", actor=SYSTEM, at=now())
        assert standings.points_of(person, today())["all"] == 0

    def test_sending_the_form_twice_gives_once(self, person):
        form = uuid.uuid4()
        fields = {"points": 5, "label": "因为", "reason": "依据"}
        for _time in range(2):
            by_hand.give(person_id=person.pk, entry_id=form, fields=fields, actor=SYSTEM, at=now())
        assert kit.amounts(person) == [5]

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"points": 0}, "/points"),
            ({"points": -10}, "/points"),
            ({"points": 51}, "/points"),
            ({"points": 1.5}, "/points"),
            ({"label": ""}, "/label"),
            ({"reason": ""}, "/reason"),
            ({"reason": "依\x00据"}, "/reason"),
            ({"reason": "长" * 10_000_000}, "/reason"),
        ],
    )
    def test_faults_are_named(self, person, fields, pointer):
        with pytest.raises(errors.PointsInvalid) as refused:
            kit.give(person, **fields)
        assert [fault.pointer for fault in refused.value.fields] == [pointer]
        assert not Entry.objects.exists()

    def test_others_units_are_out_of_reach(self, person):
        far = study.secretary_of(study.make_unit("第二支部"), "外人", "wairen")
        with pytest.raises(errors.PersonMissing):
            by_hand.give(person_id=person.pk, fields={"points": 1, "label": "x", "reason": "x"}, actor=far, at=now())
        entry = kit.give(person)
        with pytest.raises(errors.EntryMissing):
            by_hand.take_back(entry_id=entry.pk, reason="x", actor=far, at=now())
        assert kit.amounts(person) == [10]

    def test_members_cannot(self, person, actors):
        with pytest.raises((Forbidden, errors.PersonMissing)):
            by_hand.give(person_id=person.pk, fields={"points": 1}, actor=actors.member, at=now())


class TestStandings:
    def test_recomputing_says_what_was_wrong_and_is_the_same_twice(self, person, branch):
        kit.complete_course(person)
        other = study.make_person("成员乙", branch)
        kit.give(other, 7)
        right = standings.checksum()
        assert standing_services.recompute(actor=SYSTEM, at=now()) == standing_services.Recomputed(0, 0)
        Standing.objects.filter(person=person, period="month").update(points=99)
        Standing.objects.filter(person=other, period="all").delete()
        Standing.objects.create(person=person, period="year", starts_on="2001-01-01", points=3)
        assert standing_services.recompute(actor=SYSTEM, at=now()) == standing_services.Recomputed(2, 1)
        assert standings.checksum() == right
        assert standing_services.recompute(actor=SYSTEM, at=now()) == standing_services.Recomputed(0, 0)

    @pytest.mark.parametrize(
        ("points", "first", "before", "ranks"),
        [((9, 5, 5, 1), 1, 0, [1, 2, 2, 4]), ((5, 1), 2, 2, [2, 4]), ((7, 7, 7), 1, 0, [1, 1, 1]), ((), 1, 0, [])],
    )
    def test_ties_share_a_rank(self, points, first, before, ranks):
        assert standings.ranks(points, first=first, before=before) == ranks

    def test_sums_that_no_board_shows_are_forgotten(self, person):
        kit.give(person)
        Standing.objects.create(person=person, period="month", starts_on="2020-01-01", points=3)
        assert standing_services.forget_old(today()) == 1
        assert Standing.objects.count() == 5
