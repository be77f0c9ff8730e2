"""The second factor: enrolled when the policy asks for it, each code good once, five guesses, recovery codes."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jiceng.access import errors, totp
from jiceng.access.actor import Actor
from jiceng.access.models import RecoveryCode, TotpDevice
from jiceng.access.services import (
    Outcome,
    assign_role,
    confirm_factor,
    disable_factor,
    enrolment_secret,
    is_required,
    renew_recovery_codes,
    reset_factor,
    verify_factor,
)
from jiceng.kernel.clock import now
from jiceng.kernel.crypto import Unsealable
from tenants.context import tenant_scope
from tests.access.browser import sign_in, who
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def enrol(user) -> tuple[bytes, list[str]]:
    """Enrol an authenticator; its secret and the recovery codes. Uses up the code of a step ago."""
    secret = enrolment_secret(user=user)
    codes = confirm_factor(user=user, code=totp.code_at(secret, now() - timedelta(seconds=30)))
    assert codes is not None
    return secret, codes


def wrong(secret: bytes) -> str:
    """A code that is none of those accepted now."""
    near = {totp.code_at(secret, now() + timedelta(seconds=30 * step)) for step in range(-2, 3)}
    return next(code for code in (f"{number:06d}" for number in range(10)) if code not in near)


def test_code_matches_rfc_6238_vectors():
    secret = b"12345678901234567890"
    vectors = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
    for seconds, code in vectors.items():
        at = datetime.fromtimestamp(seconds, UTC)
        assert totp.code_at(secret, at) == code
        assert totp.matching_step(secret, code, at + timedelta(seconds=30)) == seconds // 30
        assert totp.matching_step(secret, code, at + timedelta(seconds=90)) is None


def test_administrator_enrols_at_the_first_sign_in(client_for, hongqi, secretary):
    client = client_for(hongqi)
    assert sign_in(client, "shuji", next="/mine/").headers["Location"] == "/login/totp/"
    assert who(client) == "", "the password alone signs nobody in"
    page = client.get("/login/totp/")
    secret = base64.b32decode(page.context["secret"])
    assert b"<svg" in page.content
    assert client.get("/login/totp/").context["secret"] == page.context["secret"]
    assert client.post("/login/totp/", {"code": wrong(secret)}).status_code == 401
    assert who(client) == ""
    done = client.post("/login/totp/", {"code": totp.code_at(secret, now())})
    assert done.status_code == 200 and len(done.context["codes"]) == 10
    assert done.context["next"] == "/mine/"
    assert who(client) == "shuji"
    assert client.get("/login/totp/").status_code == 302, "shown once"


def test_next_sign_in_asks_for_the_code_and_refuses_a_replay(client_for, hongqi, secretary, clock):
    with tenant_scope(hongqi):
        secret, _codes = enrol(secretary)
    code = totp.code_at(secret, now())
    first, second = client_for(hongqi), client_for(hongqi)
    for client in (first, second):
        assert sign_in(client, "shuji").headers["Location"] == "/login/totp/"
    assert first.post("/login/totp/", {"code": code}).status_code == 302
    assert second.post("/login/totp/", {"code": code}).status_code == 401
    assert (who(first), who(second)) == ("shuji", "")


def test_an_older_code_is_refused_after_a_newer_one(in_hongqi, secretary, clock):
    secret = enrolment_secret(user=secretary)
    at = now()
    with clock(at):
        assert confirm_factor(user=secretary, code=totp.code_at(secret, at)) is not None
        assert verify_factor(user=secretary, code=totp.code_at(secret, at - timedelta(seconds=30))) is Outcome.WRONG
        assert verify_factor(user=secretary, code=totp.code_at(secret, at + timedelta(seconds=30))) is Outcome.OK
        assert verify_factor(user=secretary, code=totp.code_at(secret, at)) is Outcome.WRONG


def test_five_guesses(client_for, hongqi, secretary, clock):
    with tenant_scope(hongqi):
        secret, _codes = enrol(secretary)
    client = client_for(hongqi)
    sign_in(client, "shuji")
    statuses = [client.post("/login/totp/", {"code": wrong(secret)}).status_code for _ in range(6)]
    assert statuses == [401] * 4 + [429] * 2
    assert client.post("/login/totp/", {"code": totp.code_at(secret, now())}).status_code == 429
    fresh = client_for(hongqi)
    sign_in(fresh, "shuji")
    assert fresh.post("/login/totp/", {"code": totp.code_at(secret, now())}).status_code == 429, "counted per device"
    with clock(now() + timedelta(minutes=16)):
        later = client_for(hongqi)
        sign_in(later, "shuji")
        assert later.post("/login/totp/", {"code": totp.code_at(secret, now())}).status_code == 302


def test_a_password_step_grows_old(client_for, hongqi, secretary, clock):
    with tenant_scope(hongqi):
        secret, _codes = enrol(secretary)
    client = client_for(hongqi)
    sign_in(client, "shuji")
    with clock(now() + timedelta(minutes=11)):
        answer = client.post("/login/totp/", {"code": totp.code_at(secret, now())})
        assert answer.headers["Location"] == "/login/"
    assert who(client) == ""


def test_recovery_codes_are_good_once_and_kept_as_digests(client_for, hongqi, secretary):
    with tenant_scope(hongqi):
        _secret, codes = enrol(secretary)
        assert len(set(codes)) == 10
        kept = set(RecoveryCode.objects.values_list("code_hash", flat=True))
        assert not kept & {code.replace("-", "") for code in codes}
    for expected in (302, 401):
        client = client_for(hongqi)
        sign_in(client, "shuji")
        assert client.post("/login/totp/", {"code": codes[0].upper()}).status_code == expected
    with tenant_scope(hongqi):
        renewed = renew_recovery_codes(user=secretary)
        assert verify_factor(user=secretary, code=codes[1]) is Outcome.WRONG
        assert verify_factor(user=secretary, code=renewed[1]) is Outcome.OK


def test_secret_is_sealed_for_its_user(in_hongqi, secretary, member):
    secret, _codes = enrol(secretary)
    device = TotpDevice.objects.get(user=secretary)
    assert secret not in bytes(device.secret)
    TotpDevice.objects.create(user=member, secret=device.secret, confirmed_at=now())
    with pytest.raises(Unsealable):
        verify_factor(user=member, code=totp.code_at(secret, now()))


def test_administrators_cannot_do_without_members_can(client_for, hongqi, secretary, member, login):
    with tenant_scope(hongqi):
        enrol(secretary)
        with pytest.raises(errors.FactorRequired):
            disable_factor(user=secretary)
    phone, desk = login(client_for(hongqi), member), login(client_for(hongqi), member)
    secret = base64.b32decode(desk.get("/me/security/totp/").context["secret"])
    assert len(desk.post("/me/security/totp/", {"code": totp.code_at(secret, now())}).context["codes"]) == 10
    assert who(desk) == "chengyuan"
    assert who(phone) == "", "enabling the factor ends the other sessions"
    assert desk.post("/me/security/totp/off/").status_code == 302
    assert sign_in(client_for(hongqi), "chengyuan").headers["Location"] == "/"


def test_the_relaxed_profile_lets_administrators_do_without(hongqi, secretary):
    with tenant_scope(hongqi):
        assert is_required(secretary)
    with tenant_scope(replace(hongqi, policy_profile="relaxed")):
        assert not is_required(secretary)


def test_reset_by_another_administrator_only(in_hongqi, secretary, member):
    enrol(secretary)
    with pytest.raises(errors.OwnAccount):
        reset_factor(user_id=secretary.pk, actor=Actor.for_user(secretary))
    with pytest.raises(errors.AboveOwnLevel):
        reset_factor(user_id=secretary.pk, actor=Actor.for_user(member))
    assert TotpDevice.objects.filter(user=secretary).exists()
    assign_role(user=member, role="administrator", actor=Actor.system())
    reset_factor(user_id=secretary.pk, actor=Actor.for_user(member))
    assert not TotpDevice.objects.filter(user=secretary).exists()


def test_sensitive_pages_ask_again_after_ten_minutes(client_for, hongqi, member, clock):
    client, start = client_for(hongqi), now()
    sign_in(client, "chengyuan")
    assert client.get("/me/security/totp/").status_code == 200
    with clock(start + timedelta(minutes=11)):
        answer = client.get("/me/security/totp/")
        assert answer.headers["Location"] == "/login/again/?next=%2Fme%2Fsecurity%2Ftotp%2F"
        assert client.post("/login/again/", {"password": "not-my-password", "next": "/"}).status_code == 401
        assert client.get("/me/security/totp/").status_code == 302
        again = client.post("/login/again/", {"password": PASSWORD, "next": "/me/security/totp/"})
        assert again.headers["Location"] == "/me/security/totp/"
        assert client.get("/me/security/totp/").status_code == 200
