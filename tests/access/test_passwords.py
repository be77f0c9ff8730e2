"""What a password must be under each policy profile, and how it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password

from jiceng.access import errors, passwords
from jiceng.access.models import PasswordHistory, User
from jiceng.access.profiles import PROFILES
from jiceng.access.services import change_password
from jiceng.config.settings import login as login_settings
from jiceng.kernel.clock import now
from tenants import directory
from tenants.context import tenant_scope
from tenants.models import Tenant
from tests.access.browser import sign_in, who
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
SECOND = "Yuanshan-Ruhuang-2036"


def under(tenant, profile: str):
    return tenant_scope(replace(tenant, policy_profile=profile))


@pytest.mark.parametrize("password", ["correct horse battery", "一句好记的长长的中文密码吧", "x1y2z3-a4b5c6"])
def test_standard_asks_for_length_not_for_classes(in_hongqi, password):
    passwords.check_quality(password, User(username="somebody"))


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short-one1",
        "password1234",
        "123456789012345",
        "somebody-123",
        "红旗社区红旗社区",
        "x" * 129,
        "tab\there-and-so-on",
    ],
)
def test_standard_refuses(in_hongqi, password):
    with pytest.raises(errors.PasswordRefused) as refusal:
        passwords.check_quality(password, User(username="somebody"))
    assert {fault.pointer for fault in refusal.value.fields} == {"/password"}


@pytest.mark.parametrize("profile", ["mlps2", "mlps3"])
def test_mlps_asks_for_three_classes(hongqi, db, profile):
    with under(hongqi, profile):
        passwords.check_quality("correct Horse 1", User(username="somebody"))
        with pytest.raises(errors.PasswordRefused, match="至少 3 类"):
            passwords.check_quality("correcthorsebattery", User(username="somebody"))


def test_mlps_refuses_the_last_five(hongqi, member):
    series = [PASSWORD, *(f"Lvshui-Qingshan-{number}" for number in range(3001, 3007))]
    with under(hongqi, "mlps2"):
        for old, new in pairwise(series[:6]):
            change_password(user=member, current=old, new=new)
        for used in series[1:6]:
            with pytest.raises(errors.PasswordRefused, match="最近 5 次"):
                change_password(user=member, current=series[5], new=used)
        assert PasswordHistory.objects.filter(user=member).count() == 5
        change_password(user=member, current=series[5], new=PASSWORD)
    with under(hongqi, "standard"):
        change_password(user=member, current=PASSWORD, new=SECOND)
        assert not PasswordHistory.objects.filter(user=member).exists(), "kept only where the profile needs it"


@pytest.fixture
def strict(hongqi, platform):
    """红旗社区 under the level 2 profile, for requests."""
    Tenant.objects.filter(pk=hongqi.id).update(policy_profile="mlps2")
    directory._entries.clear()
    return hongqi


def test_an_expired_password_is_changed_before_anything_else(client_for, strict, member, clock):
    client = client_for(strict)
    with clock(now() + timedelta(days=91)):
        assert sign_in(client, "chengyuan", next="/mine/").headers["Location"] == "/login/renew/"
        assert who(client) == ""
        same = client.post("/login/renew/", {"password": PASSWORD, "again": PASSWORD})
        assert same.status_code == 422
        done = client.post("/login/renew/", {"password": SECOND, "again": SECOND})
        assert done.headers["Location"] == "/mine/"
        assert who(client) == "chengyuan"
        assert client.get("/login/renew/").headers["Location"] == "/login/"


def test_strict_idle_limit_and_lockout(client_for, strict, member, clock):
    client, start = client_for(strict), now()
    assert sign_in(client, "chengyuan").headers["Location"] == "/"
    with clock(start + timedelta(minutes=29)):
        assert who(client) == "chengyuan"
    with clock(start + timedelta(minutes=60)):
        assert who(client) == ""
        statuses = [sign_in(client, "chengyuan", f"guess-number-{number}").status_code for number in range(5)]
        assert statuses == [401] * 4 + [429]
    with clock(start + timedelta(minutes=60 + 29)):
        assert sign_in(client, "chengyuan").status_code == 429
    with clock(start + timedelta(minutes=60 + 31)):
        assert sign_in(client, "chengyuan").status_code == 302


def test_administrators_idle_limits():
    assert {code: profile.privileged.idle for code, profile in PROFILES.items()} == {
        "standard": timedelta(minutes=30), "relaxed": timedelta(minutes=30), "mlps2": timedelta(minutes=15),
        "mlps3": timedelta(minutes=10),
    }  # fmt: skip


def test_passwords_are_kept_as_argon2id(settings):
    settings.PASSWORD_HASHERS = login_settings.PASSWORD_HASHERS
    encoded = make_password(PASSWORD)
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert identify_hasher(encoded).verify(PASSWORD, encoded)
    assert len(encoded) <= User._meta.get_field("password").max_length


def test_the_hash_costs_the_same_whether_the_name_exists_or_not(in_hongqi, member, monkeypatch):
    from jiceng.access import backends

    hashed: list[str] = []
    monkeypatch.setattr(backends, "make_password", lambda raw: hashed.append(raw))
    monkeypatch.setattr(User, "check_password", lambda self, raw: hashed.append(raw))
    backend = backends.PasswordBackend()
    for name in ("chengyuan", "nobody-here"):
        hashed.clear()
        assert backend.authenticate(None, name, "wrong-password-1") is None
        assert hashed == ["wrong-password-1"]
