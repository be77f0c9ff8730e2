"""Reminders before the deadline of a to-do: on the days set, once each, to those nearest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role
from jiceng.kernel.module_settings import write as write_settings
from jiceng.notices.models import Entry, Notice
from jiceng.notices.services import remind_of_todos
from jiceng.workflow.models import Todo
from jiceng.workflow.services import close_todos, put_todo

pytestmark = pytest.mark.usefixtures("in_hongqi")
DUE = datetime(2031, 5, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def put(made_before: int, **to):
    return put_todo(
        owner="news.document:1",
        kind="news.sign",
        title="签收文件",
        url="/news/",
        at=DUE - made_before * DAY,
        due_at=DUE,
        **to,
    )


def reminded_on(first: int, last: int = -1) -> list[int]:
    """Days before the deadline on which somebody was told, from ``first`` down to ``last``."""
    days = []
    for days_before in range(first, last, -1):
        if remind_of_todos(at=DUE - days_before * DAY - timedelta(hours=1)):
            days.append(days_before)
        remind_of_todos(at=DUE - days_before * DAY - timedelta(minutes=30))
    return days


@pytest.mark.parametrize(
    ("made_before", "expected"), [(30, [7, 3, 1]), (7, [3, 1]), (5, [3, 1]), (3, [1]), (2, [1]), (1, []), (0, [])]
)
def test_the_days(people, made_before, expected):
    put(made_before, user_id=people.member.pk)
    assert reminded_on(min(made_before, 10)) == expected
    assert Entry.objects.filter(user=people.member).count() == len(expected)


def test_a_missed_day_is_made_up_for_once(people):
    put(30, user_id=people.member.pk)
    assert remind_of_todos(at=DUE - 5 * DAY) == 1
    assert remind_of_todos(at=DUE - 4 * DAY) == 0


def test_nothing_after_it_is_done(people):
    put(30, user_id=people.member.pk)
    assert remind_of_todos(at=DUE - 7 * DAY) == 1
    close_todos(owner="news.document:1", actor=Actor.system(), at=DUE - 5 * DAY)
    assert reminded_on(5) == []


def test_nothing_after_the_deadline(people):
    put(30, user_id=people.member.pk)
    assert remind_of_todos(at=DUE + DAY) == 0


def test_the_tenant_sets_the_days(people):
    write_settings("notices", {"todo_days": ["2", "两天", "0", "99"]}, expected_version=0, changed_by="测试")
    put(30, user_id=people.member.pk)
    assert reminded_on(10) == [2]


def test_only_the_nearest_holders_are_told(people):
    assign_role(user=people.stranger, role="secretary", actor=Actor.system(), unit_path="aaaaaa/")
    assign_role(user=people.editor, role="secretary", actor=Actor.system(), unit_path="bbbbbb/")
    put(30, permission="news.circulate", unit_path="aaaaaa/cccccc/")
    remind_of_todos(at=DUE - 7 * DAY)
    assert [entry.user for entry in Entry.objects.all()] == [people.stranger]


def test_without_a_near_one_those_over_everything_are_told(people):
    put(30, permission="news.circulate", unit_path="zzzzzz/")
    remind_of_todos(at=DUE - 7 * DAY)
    assert [entry.user for entry in Entry.objects.all()] == [people.secretary]


def test_what_it_says(people):
    put(30, user_id=people.member.pk)
    remind_of_todos(at=DUE - 3 * DAY)
    notice = Notice.objects.get()
    assert (notice.title, notice.text) == ("快到期了：签收文件", "请在 5 月 20 日 17:00 前办理。")
    assert notice.is_mandatory
    assert notice.url == Todo.objects.get().url
