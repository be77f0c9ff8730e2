"""Signing in by password: one answer for all that is wrong, few attempts, only own paths to go on to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import caches
from redis.exceptions import ConnectionError as RedisDown

from jiceng.access.models import Session
from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now
from tenants.context import tenant_scope
from tests.access.browser import sign_in, who
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def test_right_password_starts_a_session_with_a_new_key(client_for, hongqi, member):
    client = client_for(hongqi)
    assert sign_in(client, "  ChengYuan ", next="/mine/").headers["Location"] == "/mine/"
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert who(client) == "chengyuan"
    assert sign_in(client, "chengyuan").status_code == 302
    second = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert second != first
    with tenant_scope(hongqi):
        assert not Session.objects.filter(pk__in=(first, second)).exists(), "only hashes are kept"
        assert Session.objects.filter(user=member).count() == 1


def test_logout_needs_post_and_ends_the_session(client_for, hongqi, member, login):
    client = login(client_for(hongqi), member)
    assert client.get("/logout/").status_code == 405
    assert who(client) == "chengyuan"
    assert client.post("/logout/").status_code == 302
    assert who(client) == ""
    with tenant_scope(hongqi):
        assert not Session.objects.filter(user=member).exists()


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "http:///evil.example", "///evil.example", "/\t/evil.example", ""],
)  # fmt: skip
def test_next_leads_nowhere_else(client_for, hongqi, member, url):
    assert sign_in(client_for(hongqi), "chengyuan", next=url).headers["Location"] == "/"


def test_answers_do_not_tell_who_exists(client_for, hongqi, member, people):
    staff = people(hongqi)
    with tenant_scope(hongqi):
        staff.editor.is_active = False
        staff.editor.save(update_fields=["is_active"])
    answers = {
        name: sign_in(client_for(hongqi, REMOTE_ADDR=f"10.0.0.{number}"), name, password)
        for number, (name, password) in enumerate(
            {"chengyuan": "wrong-password-1", "bianji": PASSWORD, "nobody-here": PASSWORD}.items()
        )
    }
    assert {response.status_code for response in answers.values()} == {401}
    assert len({_page(response) for response in answers.values()}) == 1


@pytest.mark.parametrize("password", ["", "x" * 129, "x" * 1_000_000, "x" * 2_000_000, "Lvshui\x00Qingshan"])
def test_impossible_passwords_are_not_hashed(client_for, hongqi, member, password, monkeypatch):
    hashed: list[str] = []
    monkeypatch.setattr("jiceng.access.backends.make_password", hashed.append)
    monkeypatch.setattr("jiceng.access.models.User.check_password", lambda self, raw: hashed.append(raw))
    body = b"username=chengyuan&password=" + password.encode()
    form = "application/x-www-form-urlencoded"
    response = client_for(hongqi).post("/login/", body, content_type=form)
    assert response.status_code == (413 if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE else 401)
    assert hashed == []


def test_five_failures_lock_the_pair_and_nobody_else(client_for, hongqi, member, people, clock):
    attacker, owner = client_for(hongqi, REMOTE_ADDR="10.9.9.9"), client_for(hongqi, REMOTE_ADDR="10.0.0.1")
    statuses = [sign_in(attacker, "chengyuan", f"guess-number-{number}").status_code for number in range(8)]
    assert statuses == [401] * 4 + [429] * 4
    locked = sign_in(attacker, "CHENGYUAN")
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert sign_in(owner, "chengyuan").status_code == 302, "the person on another address is not locked out"
    assert sign_in(attacker, "luren").status_code == 302, "another name from that address is not locked"
    with clock(now() + timedelta(minutes=16)):
        assert sign_in(attacker, "chengyuan").status_code == 302
    with tenant_scope(hongqi):
        trail = AuditEntry.objects.filter(action="access.login.locked")
        assert trail.exists()
        assert all(entry.address == "10.9.9.9" for entry in trail)


def test_lock_of_one_tenant_is_not_the_others(client_for, hongqi, dongfeng, member, people):
    people(dongfeng)
    for number in range(5):
        sign_in(client_for(hongqi), "chengyuan", f"guess-number-{number}")
    assert sign_in(client_for(hongqi), "chengyuan").status_code == 429
    assert sign_in(client_for(dongfeng), "chengyuan").status_code == 302


def test_twenty_names_a_minute_from_one_address(client_for, hongqi, member):
    client = client_for(hongqi, REMOTE_ADDR="10.9.9.8")
    statuses = [sign_in(client, f"name{number}", "guess-guess-guess").status_code for number in range(25)]
    assert statuses == [401] * 20 + [429] * 5
    assert sign_in(client, "chengyuan").status_code == 429


def test_forwarded_addresses_are_not_believed(client_for, hongqi, member):
    client = client_for(hongqi, REMOTE_ADDR="10.9.9.7")
    statuses = [
        client.post(
            "/login/",
            {"username": "chengyuan", "password": "guess-guess-guess"},
            HTTP_X_FORWARDED_FOR=f"1.2.3.{number}",
        ).status_code
        for number in range(7)
    ]
    assert statuses == [401] * 4 + [429] * 3


def test_without_redis_nobody_signs_in_but_sessions_live(client_for, hongqi, member, login, monkeypatch):
    client = login(client_for(hongqi), member)

    def gone(*_args, **_kwargs):
        raise RedisDown

    for method in ("get", "set", "delete", "get_client"):
        monkeypatch.setattr(caches["default"]._cache.__class__, method, gone)
    assert sign_in(client_for(hongqi), "chengyuan").status_code == 503
    assert who(client) == "chengyuan"


def test_session_of_one_tenant_is_a_visitor_at_the_other(client_for, hongqi, dongfeng, people, login):
    here, there = people(hongqi), people(dongfeng)
    with tenant_scope(dongfeng):  # the worst case: same id, same password hash
        there.secretary.sessions.all().delete()
        type(there.secretary).objects.filter(pk=there.secretary.pk).update(password=here.secretary.password)
    client = login(client_for(hongqi), here.secretary)
    foreign = client_for(dongfeng)
    foreign.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert who(foreign) == ""
    assert who(client) == "shuji"


def test_failures_and_sign_ins_are_in_the_trail_without_passwords(client_for, hongqi, member):
    client = client_for(hongqi)
    sign_in(client, "chengyuan", "a-wrong-password")
    sign_in(client, "chengyuan")
    with tenant_scope(hongqi):
        entries = list(AuditEntry.objects.filter(action__startswith="access.").order_by("id"))
        actions = [entry.action for entry in entries]
        assert actions[-2:] == ["access.login.failed", "access.session.started"]
        assert all(entry.request_id for entry in entries[-2:])
        text = " ".join(f"{entry.before} {entry.after} {entry.note} {entry.target_label}" for entry in entries)
        assert "a-wrong-password" not in text and PASSWORD not in text


def _page(response) -> str:
    text = response.content.decode()
    text = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken":")[^"]+', "", text)
    return re.sub(r'(name="username"[^>]*?)value="[^"]*"|value="[^"]*"([^>]*name="username")', r"\1\2", text)
