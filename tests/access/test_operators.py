"""The platform's own people: another schema, the same care."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from jiceng.access import errors
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.policy import require_operator
from jiceng.access.services import disable_user, is_required
from jiceng.kernel.errors import Forbidden, Unauthenticated
from tenants.context import platform_scope, tenant_scope
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def create(monkeypatch, username: str, password: str) -> str:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("create_operator", username=username, password_stdin=True, stdout=out)
    return out.getvalue()


def test_create_operator_prints_no_secret(db, monkeypatch):
    said = create(monkeypatch, "zhiban", PASSWORD)
    assert "zhiban" in said and PASSWORD not in said
    with platform_scope():
        user = User.objects.get(username="zhiban")
        assert user.check_password(PASSWORD)
        assert Actor.for_user(user).is_operator
        assert is_required(user), "operators always need a second factor"


def test_create_operator_refuses(db, monkeypatch, operator):
    for username, password in (("yunying", PASSWORD), ("zhiban", "short"), ("a b", PASSWORD)):
        with pytest.raises(CommandError):
            create(monkeypatch, username, password)
    with platform_scope():
        assert list(User.objects.exclude(pk=operator.pk).filter(username__in=("zhiban", "a b"))) == []


def test_an_operator_is_nobody_in_a_tenant(client_for, hongqi, operator, login):
    with tenant_scope(hongqi):
        assert not User.objects.filter(username="yunying").exists()
        assert not Actor.for_user(operator).is_operator
        with pytest.raises(Forbidden):
            require_operator(Actor.for_user(operator))
        with pytest.raises(Unauthenticated):
            require_operator(Actor.anonymous())
    with platform_scope():
        require_operator(Actor.for_user(operator))


def test_the_last_operator_cannot_be_lost(db, operator):
    with platform_scope():
        User.objects.exclude(pk=operator.pk).delete()
        with pytest.raises(errors.LastAdministrator):
            disable_user(user_id=operator.pk, actor=Actor.system())
        operator.refresh_from_db()
        assert operator.is_active
