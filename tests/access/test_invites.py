"""Invitations: good once, for a while, unless taken back."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from jiceng.access import errors
from jiceng.access.actor import Actor
from jiceng.access.models import Invite, RoleAssignment, User
from jiceng.access.services import accept_invite, create_invite, create_invite_with_hash, revoke_invite
from jiceng.kernel.clock import now
from jiceng.kernel.crypto import hash_token
from jiceng.kernel.errors import DomainError
from tenants.context import tenant_scope
from tests.access.browser import who
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def body(**changes: str) -> dict[str, str]:
    return {"username": "xinren", "password": PASSWORD, "again": PASSWORD, **changes}


@pytest.fixture
def invited(hongqi, db):
    """An invitation of a member, with its token."""
    with tenant_scope(hongqi):
        return create_invite(display_name="新人", roles=["member"], unit_path="aaaaaaaa/", actor=Actor.system())


def test_accepting_makes_the_account_and_signs_in(client_for, hongqi, invited):
    invite, token = invited
    client = client_for(hongqi)
    page = client.get(f"/invite/{token}/")
    assert page.status_code == 200 and "新人" in page.content.decode()
    assert client.post(f"/invite/{token}/", body()).headers["Location"] == "/"
    assert who(client) == "xinren"
    with tenant_scope(hongqi):
        user = User.objects.get(username="xinren")
        assert user.display_name == "新人"
        assert [(item.role.code, item.unit_path) for item in user.assignments.all()] == [("member", "aaaaaaaa/")]
        invite.refresh_from_db()
        assert invite.used_by == user
        assert token not in str(Invite.objects.values().get(pk=invite.pk))
    assert client_for(hongqi).get(f"/invite/{token}/").status_code == 410
    assert client_for(hongqi).post(f"/invite/{token}/", body(username="other")).status_code == 410


def test_an_administrators_invitation_leads_to_the_second_factor(client_for, hongqi):
    with tenant_scope(hongqi):
        create_invite_with_hash(
            token_hash=hash_token("known-beforehand"),
            display_name="首任",
            roles=("administrator",),
            actor=Actor.system(),
        )
    client = client_for(hongqi)
    answer = client.post("/invite/known-beforehand/", body())
    assert answer.headers["Location"] == "/login/totp/"
    assert who(client) == ""
    assert client.get("/login/totp/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short", "again": "short"}, "password"),
        ({"again": "something-else-1"}, "again"),
        ({"username": "chengyuan"}, "username"),
        ({"username": "CHENGYUAN "}, "username"),
        ({"username": "x"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": "<script>"}, "username"),
        ({"username": "a\u202eb"}, None),
        ({"username": "n" * 61}, "username"),
    ],
)
def test_what_is_refused_leaves_the_invitation_open(client_for, hongqi, member, invited, changes, field):
    invite, token = invited
    with tenant_scope(hongqi):
        before = User.objects.count()
    answer = client_for(hongqi).post(f"/invite/{token}/", body(**changes))
    if field is None:
        assert answer.status_code == 302, "invisible marks are cleaned away"
        return
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with tenant_scope(hongqi):
        assert User.objects.count() == before
        invite.refresh_from_db()
        assert invite.used_at is None


def test_expired_revoked_unknown_and_foreign_links(client_for, hongqi, dongfeng, invited, clock):
    invite, token = invited
    assert client_for(hongqi).get("/invite/no-such-token/").status_code == 404
    assert client_for(dongfeng).get(f"/invite/{token}/").status_code == 404
    with clock(now() + timedelta(days=7, minutes=1)):
        assert client_for(hongqi).get(f"/invite/{token}/").status_code == 410
    with tenant_scope(hongqi):
        revoke_invite(invite_id=invite.pk, actor=Actor.system())
        with pytest.raises(errors.InviteClosed):
            accept_invite(token=token, username="xinren", password=PASSWORD)
        assert not User.objects.filter(username="xinren").exists()
    assert client_for(hongqi).post(f"/invite/{token}/", body()).status_code == 410


def test_nobody_invites_above_their_own_level(in_hongqi, member):
    for role in ("administrator", "auditor"):
        with pytest.raises(errors.AboveOwnLevel):
            create_invite(display_name="某人", roles=[role], actor=Actor.for_user(member))
    assert not Invite.objects.exclude(created_by="").exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_wins(fresh_tenant):
    with tenant_scope(fresh_tenant):
        _invite, token = create_invite(display_name="新人", roles=["member"], actor=Actor.system())
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def accept(number: int) -> None:
        try:
            with tenant_scope(fresh_tenant):
                start.wait()
                accept_invite(token=token, username=f"xinren{number}", password=PASSWORD)
                outcomes.append("in")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["access.invite_closed"] * 7 + ["in"]
    with tenant_scope(fresh_tenant):
        assert User.objects.filter(username__startswith="xinren").count() == 1
        assert RoleAssignment.objects.filter(user__username__startswith="xinren").count() == 1
