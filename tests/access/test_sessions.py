"""How sessions end: by time, by hand, by what happens to the account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.access import selectors
from jiceng.access.actor import Actor
from jiceng.access.models import Session
from jiceng.access.services import (
    assign_role,
    disable_user,
    remove_assignment,
    revoke_session,
    set_password,
)
from jiceng.kernel.clock import now
from tenants.context import tenant_scope
from tests.access.browser import sign_in, who
from tests.factories.people import PASSWORD
from tests.support import redis_keys

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "Yuanshan-Ruhuang-2036"


@pytest.fixture
def phone(client_for, hongqi, member, login):
    return login(client_for(hongqi), member)


@pytest.fixture
def desk(client_for, hongqi, member, login):
    return login(client_for(hongqi), member)


def test_disabled_user_is_out_with_the_next_request(phone, hongqi, member):
    assert who(phone) == "chengyuan"
    with tenant_scope(hongqi):
        disable_user(user_id=member.pk, actor=Actor.system())
    assert who(phone) == ""
    assert sign_in(phone, "chengyuan").status_code == 401


def test_a_row_changed_behind_our_back_counts_too(phone, hongqi, member):
    with tenant_scope(hongqi):
        type(member).objects.filter(pk=member.pk).update(is_active=False)
    assert who(phone) == ""


def test_role_change_ends_sessions(phone, hongqi, member):
    with tenant_scope(hongqi):
        assignment = assign_role(user=member, role="auditor", actor=Actor.system())
    assert who(phone) == ""
    assert sign_in(phone, "chengyuan").status_code == 302
    with tenant_scope(hongqi):
        remove_assignment(assignment_id=assignment.pk, actor=Actor.system())
    assert who(phone) == ""


def test_own_password_change_ends_the_others_and_renews_this_one(phone, desk):
    before = desk.cookies[settings.SESSION_COOKIE_NAME].value
    body = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert desk.post("/me/security/password/", body).status_code == 302
    assert who(desk) == "chengyuan"
    assert desk.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert who(phone) == ""
    assert sign_in(phone, "chengyuan").status_code == 401
    assert sign_in(phone, "chengyuan", NEW_PASSWORD).status_code == 302


@pytest.mark.parametrize(
    "change",
    [
        {"current": "not-my-password"},
        {"password": "short", "again": "short"},
        {"password": "111222333444555", "again": "111222333444555"},
        {"password": "chengyuan-123", "again": "chengyuan-123"},
        {"again": "something-else-altogether"},
        {"password": "x" * 129, "again": "x" * 129},
    ],
)
def test_refused_password_change_changes_nothing(phone, desk, hongqi, member, change):
    body = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD, **change}
    assert desk.post("/me/security/password/", body).status_code == 422
    assert who(phone) == who(desk) == "chengyuan"
    with tenant_scope(hongqi):
        member.refresh_from_db()
        assert member.check_password(PASSWORD)


def test_password_set_by_an_administrator_ends_all(phone, desk, hongqi, member, secretary):
    with tenant_scope(hongqi):
        set_password(user_id=member.pk, new=NEW_PASSWORD, actor=Actor.for_user(secretary))
    assert who(phone) == who(desk) == ""


def test_list_and_end_one_session(phone, desk, hongqi, member):
    page = desk.get("/me/security/")
    assert [session.is_current for session in page.context["sessions"]].count(True) == 1
    other = next(session for session in page.context["sessions"] if not session.is_current)
    assert desk.post(f"/me/security/sessions/{other.key_hash}/end/").status_code == 302
    assert who(phone) == ""
    assert who(desk) == "chengyuan"
    own = desk.get("/me/security/").context["sessions"][0]
    assert desk.post(f"/me/security/sessions/{own.key_hash}/end/").headers["Location"] == "/login/"
    assert who(desk) == ""


def test_nobody_ends_the_sessions_of_others(phone, hongqi, member, stranger, client_for, login):
    thief = login(client_for(hongqi), stranger)
    with tenant_scope(hongqi):
        target = selectors.list_sessions(member)[0].key_hash
    assert thief.post(f"/me/security/sessions/{target}/end/").status_code == 404
    assert thief.post("/me/security/sessions/end-others/").status_code == 302
    assert who(phone) == "chengyuan"


def test_an_ended_session_stays_ended_even_if_the_cache_remembers(phone, hongqi, member):
    with tenant_scope(hongqi):
        row = Session.objects.get(user=member)
        cached = {"key": f"session:{row.key_hash}", "value": row.session_data}
        revoke_session(user=member, key_hash=row.key_hash, actor=Actor.system())
        cache.set(cached["key"], cached["value"], 600)
    assert who(phone) == ""


def test_sessions_survive_the_loss_of_the_cache(phone):
    assert who(phone) == "chengyuan"
    redis_keys.forget()
    assert who(phone) == "chengyuan"


def test_members_idle_and_absolute_limits(client_for, hongqi, member, clock):
    client, start = client_for(hongqi), now()
    assert sign_in(client, "chengyuan").status_code == 302
    with clock(start + timedelta(hours=11)):
        assert who(client) == "chengyuan"
    with clock(start + timedelta(hours=22)):
        assert who(client) == "chengyuan", "each use renews the idle limit"
    with clock(start + timedelta(hours=22 + 13)):
        assert who(client) == ""


def test_absolute_limit_holds_however_busy_one_is(client_for, hongqi, member, clock):
    client, start = client_for(hongqi), now()
    sign_in(client, "chengyuan")
    for half_days in range(1, 80):
        with clock(start + timedelta(hours=11) * half_days):
            alive = who(client) == "chengyuan"
        if not alive:
            break
    assert timedelta(days=30) <= timedelta(hours=11) * half_days <= timedelta(days=31)


def test_last_use_is_written_once_a_minute(phone, hongqi, member, clock):
    start = now()
    with clock(start + timedelta(seconds=30)):
        who(phone)
    with tenant_scope(hongqi):
        first = Session.objects.get(user=member).last_seen_at
    assert first < start + timedelta(seconds=30)
    with clock(start + timedelta(seconds=90)):
        who(phone)
    with tenant_scope(hongqi):
        assert Session.objects.get(user=member).last_seen_at >= start + timedelta(seconds=90)


def test_visitors_cost_no_query(client_for, hongqi):
    client = client_for(hongqi)
    client.get("/login/")
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/login/").status_code == 200
    asked = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    assert asked == []
