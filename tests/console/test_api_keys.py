"""API 密钥 in the console: another secret with an overlap, and a word before the term ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from jiceng.access.actor import Actor
from jiceng.access.models import ApiKey
from jiceng.access.services import create_key, revoke_key, rotate_key
from jiceng.console import key_reminders
from jiceng.kernel.clock import now
from jiceng.notices.models import Entry, Notice
from tenants.context import tenant_scope

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"console-console-{name}", urlconf="jiceng.config.urls_tenant", args=args)


@pytest.fixture
def key(hongqi, secretary):
    with tenant_scope(hongqi):
        made, _token = create_key(name="门户网站", scopes=["audit.read"], actor=Actor.for_user(secretary))
        return made


@pytest.fixture
def desk(client_for, login, hongqi, secretary):
    return login(client_for(hongqi), secretary)


def test_changed_watched_and_cut(desk, key, hongqi):
    page = desk.post(url("key_rotate", key.pk), {"overlap_hours": "24", "days": "90"})
    token = re.search(rf"jck_{key.prefix}_[0-9a-f]{{48}}", page.text)
    assert token
    listed = desk.get(url("key_list")).text
    assert "更换后没有使用过" in listed
    assert token[0] not in listed
    with tenant_scope(hongqi):
        ApiKey.objects.update(previous_used_at=now())
    assert "最近使用" in desk.get(url("key_list")).text
    desk.post(url("key_end_overlap", key.pk))
    assert "旧密钥有效至" not in desk.get(url("key_list")).text


@pytest.mark.parametrize("values", [{"overlap_hours": "73", "days": "90"}, {"overlap_hours": "24", "days": "9999"}, {}])
def test_bad_forms_change_nothing(desk, key, hongqi, values):
    assert desk.post(url("key_rotate", key.pk), values).status_code == 422
    with tenant_scope(hongqi):
        assert ApiKey.objects.get().key_hash == key.key_hash


@pytest.mark.parametrize("who", ["editor", "member", "stranger"])
def test_others_change_none(who, request, client_for, login, hongqi, key):
    client = login(client_for(hongqi), request.getfixturevalue(who))
    for name in ("key_rotate", "key_end_overlap"):
        assert client.post(url(name, key.pk), {"overlap_hours": "0", "days": "90"}).status_code == 403
    with tenant_scope(hongqi):
        assert ApiKey.objects.get().key_hash == key.key_hash


def test_the_other_tenants_key_is_not_there(desk, dongfeng, secretary):
    with tenant_scope(dongfeng):
        theirs, _token = create_key(name="他们的", scopes=["audit.read"], actor=Actor.system())
    assert desk.get(url("key_rotate", theirs.pk)).status_code == 404
    assert desk.post(url("key_end_overlap", theirs.pk)).status_code == 404


def test_reminded_twice_in_time(key, hongqi, secretary):
    with tenant_scope(hongqi):
        ends_at = key.expires_at
        told = []
        for days in (15, 14, 13.9, 7, 1, 0.5, -1):
            key_reminders.remind(at=ends_at - timedelta(days=days))
            told.append(Notice.objects.filter(category="console.keys_expiring").count())
        assert told == [0, 1, 1, 1, 2, 2, 2]
        assert set(Entry.objects.values_list("user_id", flat=True)) == {secretary.pk}
        assert Notice.objects.order_by("created_at").first().title == "API 密钥“门户网站”快到期了"


def test_no_word_of_keys_that_ended_or_go_on(key, hongqi, secretary, clock):
    with tenant_scope(hongqi):
        ends_at = key.expires_at
        with clock(ends_at - timedelta(days=20)):
            rotate_key(key_id=key.pk, expires_at=ends_at + timedelta(days=180), actor=Actor.for_user(secretary))
        other, _token = create_key(name="撤销的", scopes=["audit.read"], actor=Actor.for_user(secretary))
        revoke_key(key_id=other.pk, actor=Actor.for_user(secretary))
        key_reminders.remind(at=ends_at - timedelta(days=1))
        assert Notice.objects.count() == 0
