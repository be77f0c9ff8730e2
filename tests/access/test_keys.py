"""API keys: only hashes are kept; scope, expiry, addresses and revocation count at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import serializers

from jiceng.access import errors, keys, policy
from jiceng.access.actor import Actor
from jiceng.access.models import ApiKey
from jiceng.access.services import create_key, end_overlap, revoke_key, rotate_key
from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now
from jiceng.kernel.errors import DomainError, Invalid
from tenants.context import tenant_scope

pytestmark = pytest.mark.django_db
ADDRESS = "192.0.2.7"


@pytest.fixture
def made(in_hongqi, secretary) -> tuple[ApiKey, str]:
    return create_key(name="门户网站", scopes=["audit.read"], actor=Actor.for_user(secretary))


def test_the_key_opens_and_is_kept_only_as_a_hash(made):
    key, token = made
    assert keys.authenticate(token, ADDRESS) == key
    assert token.startswith(f"jck_{key.prefix}_") and keys.looks_like_key(f"see {token}.")
    secret = token.rpartition("_")[2]
    dump = serializers.serialize("json", [*ApiKey.objects.all(), *AuditEntry.objects.all()])
    assert secret not in dump


def test_one_query_and_one_note_a_minute(made, clock, django_assert_num_queries):
    key, token = made
    at = now()
    with clock(at):
        keys.authenticate(token, ADDRESS)
        with django_assert_num_queries(1):
            keys.authenticate(token, ADDRESS)
    with clock(at + timedelta(seconds=61)), django_assert_num_queries(2):
        keys.authenticate(token, ADDRESS)
    key.refresh_from_db()
    assert key.last_used_at == at + timedelta(seconds=61)


def test_all_that_is_wrong_is_refused_alike(made, dongfeng, clock):
    key, token = made
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    for bad in (
        "",
        "jck_",
        other,
        token + "0",
        token.upper(),
        f"jck_zzzzzzzz_{token.rpartition('_')[2]}",
        "x" * 10_000,
    ):
        with pytest.raises(errors.KeyRefused):
            keys.authenticate(bad, ADDRESS)
    with tenant_scope(dongfeng), pytest.raises(errors.KeyRefused):
        keys.authenticate(token, ADDRESS)
    with clock(now() + timedelta(days=366)), pytest.raises(errors.KeyRefused):
        keys.authenticate(token, ADDRESS)
    revoke_key(key_id=key.pk, actor=Actor.system())
    with pytest.raises(errors.KeyRefused):
        keys.authenticate(token, ADDRESS)
    key.refresh_from_db()
    assert key.last_used_at is None


def test_address_list(in_hongqi, secretary):
    _key, token = create_key(
        name="内网", scopes=["audit.read"], actor=Actor.for_user(secretary),
        allowed_addresses=["10.1.0.0/16", "2001:db8::1"],
    )  # fmt: skip
    for good in ("10.1.2.3", "2001:db8::1", "::ffff:10.1.2.3"):
        assert keys.authenticate(token, good)
    for bad in ("10.2.0.1", "2001:db8::2", "", "not-an-address", "::ffff:10.2.0.1"):
        with pytest.raises(errors.KeyRefused):
            keys.authenticate(token, bad)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""}, {"name": "名" * 61}, {"scopes": []}, {"scopes": ["no.such"]}, {"scopes": ["audit.read", "x"]},
        {"allowed_addresses": ["10.1.0.0/33"]}, {"allowed_addresses": [f"10.0.0.{n}" for n in range(21)]},
        {"expires_at": timedelta(days=-1)}, {"expires_at": timedelta(days=400)},
    ],
)  # fmt: skip
def test_bad_input_makes_no_key(in_hongqi, secretary, change):
    if "expires_at" in change:
        change = {"expires_at": now() + change["expires_at"]}
    with pytest.raises(Invalid):
        create_key(**{"name": "程序", "scopes": ["audit.read"], "actor": Actor.for_user(secretary), **change})
    assert not ApiKey.objects.exists()


def test_nobody_makes_a_key_above_their_own_level(in_hongqi, member):
    with pytest.raises(errors.AboveOwnLevel):
        create_key(name="程序", scopes=["audit.read"], actor=Actor.for_user(member))
    assert not ApiKey.objects.exists()


def test_a_key_may_what_its_scopes_say_and_no_more(made):
    key, _token = made
    actor = Actor.for_key(key, frozenset({"access", "audit"}))
    assert policy.decide(actor, "audit.read").source == "key"
    assert policy.decide(actor, "access.read_users").source == "scope"


# --- Another secret ------------------------------------------------------------------------------------------------------
def opens(*tokens: str) -> list[bool]:
    return [_opens(token) for token in tokens]


def _opens(token: str) -> bool:
    try:
        keys.authenticate(token, ADDRESS)
    except errors.KeyRefused:
        return False
    return True


@pytest.mark.parametrize(
    ("hours", "after"), [(0, [False, False]), (1, [True, False]), (24, [True, True]), (72, [True, True])]
)
def test_both_secrets_open_for_a_while(made, secretary, clock, hours, after):
    key, old = made
    at = now()
    with clock(at):
        same, new = rotate_key(key_id=key.pk, overlap_hours=hours, actor=Actor.for_user(secretary))
        assert (same.pk, same.scopes, same.expires_at) == (key.pk, key.scopes, key.expires_at)
        assert opens(old, new) == [after[0], True]
    with clock(at + timedelta(hours=2)):
        assert opens(old, new) == [after[1], True]
    with clock(at + timedelta(hours=hours)):
        assert opens(old, new) == [False, True]


def test_it_is_seen_whether_the_old_one_is_still_used(made, secretary, clock):
    key, old = made
    at = now()
    with clock(at):
        _key, new = rotate_key(key_id=key.pk, actor=Actor.for_user(secretary))
        assert opens(new) == [True]
        key.refresh_from_db()
        assert (key.last_used_at, key.previous_used_at) == (at, None)
        assert opens(old) == [True]
        key.refresh_from_db()
        assert key.previous_used_at == at
    end_overlap(key_id=key.pk, actor=Actor.for_user(secretary))
    assert opens(old, new) == [False, True]
    actions = sorted(AuditEntry.objects.filter(action__startswith="access.key.").values_list("action", flat=True))
    assert actions == ["access.key.created", "access.key.overlap_ended", "access.key.rotated"]
    end_overlap(key_id=key.pk, actor=Actor.for_user(secretary))
    assert AuditEntry.objects.filter(action="access.key.overlap_ended").count() == 1


def test_changed_twice_the_oldest_is_out(made, secretary):
    key, first = made
    _key, second = rotate_key(key_id=key.pk, actor=Actor.for_user(secretary))
    _key, third = rotate_key(key_id=key.pk, actor=Actor.for_user(secretary))
    assert opens(first, second, third) == [False, True, True]
    dump = serializers.serialize("json", [*ApiKey.objects.all(), *AuditEntry.objects.all()])
    assert not [token for token in (first, second, third) if token.rpartition("_")[2] in dump]


def test_revoked_both_are_out(made, secretary):
    key, old = made
    _key, new = rotate_key(key_id=key.pk, actor=Actor.for_user(secretary))
    revoke_key(key_id=key.pk, actor=Actor.for_user(secretary))
    assert opens(old, new) == [False, False]


def test_the_old_one_does_not_outlive_its_term(made, secretary, clock):
    key, old = made
    ends_at = key.expires_at
    with clock(ends_at - timedelta(hours=1)):
        changed, new = rotate_key(
            key_id=key.pk, overlap_hours=72, expires_at=ends_at + timedelta(days=90), actor=Actor.for_user(secretary)
        )
        assert (changed.previous_until, changed.expires_at) == (ends_at, ends_at + timedelta(days=90))
        assert opens(old, new) == [True, True]
    with clock(ends_at + timedelta(seconds=1)):
        assert opens(old, new) == [False, True]


@pytest.mark.parametrize("what", ["revoked", "expired", "unknown", "too long", "negative", "above", "too far"])
def test_what_cannot_be_changed(made, secretary, member, clock, what):
    key, old = made
    values = {"key_id": key.pk, "actor": Actor.for_user(secretary)}
    codes = {
        "revoked": "access.key_ended", "expired": "access.key_ended", "unknown": "access.key_unknown", "too long": "invalid",
        "negative": "invalid", "above": errors.AboveOwnLevel.code, "too far": "invalid",
    }  # fmt: skip
    at = now()
    if what == "revoked":
        revoke_key(key_id=key.pk, actor=Actor.system())
    if what == "expired":
        at = key.expires_at
    if what == "above":
        values["actor"] = Actor.for_user(member)
    values |= {
        "unknown": {"key_id": secretary.pk}, "too long": {"overlap_hours": 73}, "negative": {"overlap_hours": -1},
        "too far": {"expires_at": at + timedelta(days=400)},
    }.get(what, {})  # fmt: skip
    before = ApiKey.objects.values().get()
    with clock(at), pytest.raises(DomainError) as refused:
        rotate_key(**values)
    assert refused.value.code == codes[what]
    assert ApiKey.objects.values().get() == before
    if what not in ("revoked", "expired"):
        assert opens(old) == [True]
