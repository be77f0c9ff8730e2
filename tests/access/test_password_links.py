"""For a forgotten password: a link from an administrator, good once, for a day, telling nobody whose it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access import errors
from jiceng.access.actor import Actor
from jiceng.access.models import PasswordLink
from jiceng.access.services import create_password_link, disable_user, use_password_link
from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now
from tenants.context import tenant_scope
from tests.access.browser import sign_in, who
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "Yuanshan-Ruhuang-2036"


@pytest.fixture
def token(hongqi, member, secretary) -> str:
    with tenant_scope(hongqi):
        return create_password_link(user_id=member.pk, actor=Actor.for_user(secretary))[1]


def test_the_link_sets_the_password_once_and_ends_all_sessions(client_for, hongqi, member, token, login):
    phone, desk = login(client_for(hongqi), member), client_for(hongqi)
    assert "chengyuan" in desk.get(f"/reset/{token}/").content.decode()
    assert desk.post(f"/reset/{token}/", {"password": NEW, "again": NEW}).headers["Location"] == "/"
    assert (who(desk), who(phone)) == ("chengyuan", "")
    assert sign_in(client_for(hongqi), "chengyuan").status_code == 401
    assert desk.get(f"/reset/{token}/").status_code == 410
    assert desk.post(f"/reset/{token}/", {"password": PASSWORD, "again": PASSWORD}).status_code == 410
    with tenant_scope(hongqi):
        member.refresh_from_db()
        assert member.check_password(NEW)
        assert token not in str(list(PasswordLink.objects.values()))
        actions = AuditEntry.objects.filter(target=str(member.pk)).values_list("action", flat=True)
        assert {"access.password_link.created", "access.password.changed"} <= set(actions)


def test_a_refused_password_leaves_link_and_password(client_for, hongqi, member, token):
    client = client_for(hongqi)
    assert client.post(f"/reset/{token}/", {"password": "short", "again": "short"}).status_code == 422
    assert client.post(f"/reset/{token}/", {"password": NEW, "again": "other"}).status_code == 422
    with tenant_scope(hongqi):
        member.refresh_from_db()
        assert member.check_password(PASSWORD)
        assert PasswordLink.objects.get().used_at is None


def test_unknown_expired_replaced_and_foreign_links_and_disabled_users(
    client_for, hongqi, dongfeng, member, secretary, token, clock
):
    assert client_for(hongqi).get("/reset/no-such-token/").status_code == 410
    assert client_for(dongfeng).get(f"/reset/{token}/").status_code == 410
    with clock(now() + timedelta(hours=24, minutes=1)):
        assert client_for(hongqi).get(f"/reset/{token}/").status_code == 410
    with tenant_scope(hongqi):
        _link, newer = create_password_link(user_id=member.pk, actor=Actor.for_user(secretary))
        with pytest.raises(errors.PasswordLinkClosed):
            use_password_link(token=token, password=NEW)
        disable_user(user_id=member.pk, actor=Actor.for_user(secretary))
        with pytest.raises(errors.PasswordLinkClosed):
            use_password_link(token=newer, password=NEW)
        member.refresh_from_db()
        assert member.check_password(PASSWORD)


def test_no_link_for_oneself_or_somebody_above(in_hongqi, secretary, member):
    with pytest.raises(errors.OwnAccount):
        create_password_link(user_id=secretary.pk, actor=Actor.for_user(secretary))
    with pytest.raises(errors.AboveOwnLevel):
        create_password_link(user_id=secretary.pk, actor=Actor.for_user(member))
    assert not PasswordLink.objects.exists()


def test_an_administrators_link_does_not_spare_the_second_factor(client_for, hongqi, secretary):
    with tenant_scope(hongqi):
        _link, token = create_password_link(user_id=secretary.pk, actor=Actor.system())
    client = client_for(hongqi)
    answer = client.post(f"/reset/{token}/", {"password": NEW, "again": NEW})
    assert answer.headers["Location"] == "/login/totp/"
    assert who(client) == ""


def test_an_administrator_gets_the_link_in_the_console(client_for, hongqi, secretary, member, login, clock):
    desk = login(client_for(hongqi), secretary)
    url = f"/console/users/{member.pk}/password-link/"
    page = desk.post(url)
    assert page.status_code == 200
    link = page.context["url"]
    assert client_for(hongqi).get(link.partition(hongqi.host)[2]).status_code == 200
    assert login(client_for(hongqi), member).post(url).status_code == 403
    with clock(now() + timedelta(minutes=11)):
        assert desk.post(url).status_code == 302, "asks for a recent proof of identity"
    with tenant_scope(hongqi):
        assert PasswordLink.objects.count() == 1
