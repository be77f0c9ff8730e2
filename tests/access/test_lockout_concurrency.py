"""Sixty guesses, one after the other and sixteen at a time: at most five are looked at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from jiceng.access import backends
from tests.access.browser import sign_in
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("workers", [1, 16])
def test_at_most_five_guesses_are_checked(fresh_tenant, client_for, monkeypatch, settings, workers):
    settings.LOGIN_ATTEMPTS_PER_MINUTE = 1000  # here the lockout of the pair is tested, not the address's limit
    make_user(fresh_tenant, "mubiao", "member")
    checked: list[str] = []
    original = backends.PasswordBackend.authenticate

    def counting(self, request, username=None, password=None, **rest):
        checked.append(password)
        return original(self, request, username=username, password=password, **rest)

    monkeypatch.setattr(backends.PasswordBackend, "authenticate", counting)

    def guess(number: int) -> int:
        try:
            return sign_in(client_for(fresh_tenant), "mubiao", f"guess-number-{number}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        statuses = list(pool.map(guess, range(60)))
    assert len(checked) <= 5
    assert set(statuses) <= {401, 429}
    assert statuses.count(401) <= 5


def test_the_address_limit_is_exact_at_concurrency(fresh_tenant, client_for):
    def guess(number: int) -> int:
        try:
            return sign_in(client_for(fresh_tenant), f"name{number}", "guess-guess-guess").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(guess, range(60)))
    assert sorted(statuses) == [401] * 20 + [429] * 40
