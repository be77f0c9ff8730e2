"""The trail: complete, without secrets, only ever added to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, transaction

from jiceng.access.actor import Actor
from jiceng.audit.masking import masked
from jiceng.audit.models import AuditEntry
from jiceng.audit.selectors import list_actions, list_entries
from jiceng.audit.services import record
from jiceng.kernel.context import RequestFacts, entering_request
from jiceng.kernel.errors import Invalid
from tenants.context import platform_scope, tenant_scope

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def trail(in_hongqi, secretary, member, clock):
    """Six entries by two people, an hour apart, alone in the trail of this test's eyes."""
    for hour, (user, action) in enumerate(
        [(secretary, "news.article.published"), (member, "news.article.read"), (secretary, "access.role.changed")] * 2
    ):
        with clock(START + timedelta(hours=hour)):
            record(action=action, actor=Actor.for_user(user), target=f"t{hour}", target_label=f"第{hour}条")
    return in_hongqi


def test_an_entry_says_who_what_when_and_from_where(in_hongqi, secretary):
    with entering_request(RequestFacts(request_id="request-0001", address="192.0.2.9")):
        entry = record(
            action="news.article.published", actor=Actor.for_user(secretary), target="42", target_label="开门红",
            before={"state": "draft"}, after={"state": "published"}, note="加急",
        )  # fmt: skip
    entry.refresh_from_db()
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("user", str(secretary.pk), "书记")
    assert (entry.request_id, entry.address) == ("request-0001", "192.0.2.9")
    assert (entry.before, entry.after) == ({"state": "draft"}, {"state": "published"})


@pytest.mark.parametrize("statement", ["update", "delete", "truncate"])
@pytest.mark.parametrize("scope", ["tenant", "platform"])
def test_the_database_itself_refuses_to_change_the_trail(hongqi, db, scope, statement, foreign_sql_allowed):
    from django.db import connection

    with tenant_scope(hongqi) if scope == "tenant" else platform_scope():
        entry = record(action="test.entry.made", actor=Actor.system())
        attack = {
            "update": lambda: AuditEntry.objects.filter(pk=entry.pk).update(action="x"),
            "delete": lambda: AuditEntry.objects.filter(pk=entry.pk)._raw_delete("default"),
            "truncate": lambda: connection.cursor().execute("TRUNCATE audit_auditentry"),
        }[statement]
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            attack()
        assert AuditEntry.objects.get(pk=entry.pk).action == "test.entry.made"
        entry.action = "x"
        with pytest.raises(TypeError):
            entry.save()
        with pytest.raises(TypeError):
            entry.delete()


def test_an_entry_exists_exactly_when_the_change_does(in_hongqi):
    with pytest.raises(RuntimeError), transaction.atomic():
        record(action="test.entry.made", actor=Actor.system())
        raise RuntimeError
    assert not AuditEntry.objects.filter(action="test.entry.made").exists()


def test_secrets_and_personal_numbers_are_masked_at_any_depth():
    facts = {
        "name": "张三", "Phone": "13812340001", "password": "x", "new_password": "y", "apiToken": "z", "phone": "",
        "people": [{"id_number": "110101199003070021", "unit": "窗口"}], "client-secret": {"a": 1},
        "at": START, "count": 3, "ok": True, "nothing": None,
    }  # fmt: skip
    assert masked(facts) == {
        "name": "张三", "Phone": "***", "password": "***", "new_password": "***", "apiToken": "***", "phone": "",
        "people": [{"id_number": "***", "unit": "窗口"}], "client-secret": "***",
        "at": "2026-03-01T08:00:00+00:00", "count": 3, "ok": True, "nothing": None,
    }  # fmt: skip


def test_the_trail_of_one_tenant_is_not_the_others(trail, dongfeng):
    with tenant_scope(dongfeng):
        assert not AuditEntry.objects.filter(action="news.article.published").exists()


def test_filters(trail, secretary):
    def found(**filters) -> list[str]:
        entries = list_entries(since=START, until=START + timedelta(days=1), **filters).entries
        return [entry.target for entry in entries]

    assert found() == ["t5", "t4", "t3", "t2", "t1", "t0"]
    assert found(actor=str(secretary.pk)) == found(actor="书") == ["t5", "t3", "t2", "t0"]
    assert found(action="news.") == ["t4", "t3", "t1", "t0"]
    assert found(action="news.article.read", actor="成员") == ["t4", "t1"]
    assert found(target="t2") == ["t2"]
    halves = list_entries(since=START + timedelta(hours=2), until=START + timedelta(hours=4)).entries
    assert [entry.target for entry in halves] == ["t3", "t2"]
    assert {"news.article.published", "news.article.read"} <= set(list_actions())


def test_pages_join_without_gap_or_overlap(trail, django_assert_num_queries):
    seen, cursor = [], ""
    for _page in range(10):
        with django_assert_num_queries(1):
            page = list_entries(since=START, until=START + timedelta(days=1), cursor=cursor, limit=2)
        seen += [entry.target for entry in page.entries]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == ["t5", "t4", "t3", "t2", "t1", "t0"]
    with pytest.raises(Invalid):
        list_entries(cursor="not-a-cursor")
