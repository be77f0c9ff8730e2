"""F-1: thousands of generated requests, in process, with a fixed seed: not one answer of 500 and above, no canary."""

from __future__ import annotations

from collections import Counter
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries, transaction
from hypothesis import HealthCheck, Phase

from jiceng.api.schema import generation
from jiceng.kernel.registry import registry
from tenants.context import platform_scope, tenant_scope
from tests.factories import make_api_key
from tests.support.seed import canary, seed

WANTED_CASES = 3_000
SEED = 20_261_123
CALLERS = ("administrator's session", "key with every scope", "key that reads", "member's session", "anonymous")


def documents() -> dict[str, dict[str, Any]]:
    tenant = generation.document_for(frozenset(manifest.code for manifest in registry))
    return {"tenant": tenant, "public": generation.public_document()}


def operations(document: dict[str, Any], base: str) -> list[Any]:
    """Schemathesis' operations over the document, called through WSGI."""
    schema = schemathesis.openapi.from_dict({**document, "servers": [{"url": base}]})
    schema.app = get_wsgi_application()
    return [result.ok() for result in schema.get_all_operations()]


@pytest.fixture
def one_connection():
    """The server's end-of-request signal would close the connection that holds the test's transaction.

    To be asked for after everything that uses the test client, which connects the signal again.
    """
    request_finished.disconnect(close_old_connections)
    request_started.disconnect(close_old_connections)
    request_started.disconnect(reset_queries)
    yield
    request_started.connect(reset_queries)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def callers(client_for, people, hongqi, dongfeng):
    """Headers of each kind of caller, on a tenant that holds rows, beside one full of canaries."""
    with tenant_scope(hongqi):
        seed(hongqi.slug, rows=3)
    with tenant_scope(dongfeng):
        seed(dongfeng.slug, rows=2)
    staff = people(hongqi)

    def session(user) -> dict[str, str]:
        client = client_for(hongqi).login_as(user)
        cookies = client.cookies
        client.get("/login/again/")  # hands out the CSRF token that unsafe methods need
        pairs = "; ".join(f"{name}={cookie.value}" for name, cookie in cookies.items())
        token = cookies[settings.CSRF_COOKIE_NAME].value if settings.CSRF_COOKIE_NAME in cookies else ""
        return {"Cookie": pairs, "X-CSRFToken": token}

    every = list(registry.permissions)
    return {
        CALLERS[0]: session(staff.secretary), CALLERS[1]: {"Authorization": f"Bearer {make_api_key(hongqi, every)}"},
        CALLERS[2]: {"Authorization": f"Bearer {make_api_key(hongqi, ['news.read'])}"},
        CALLERS[3]: session(staff.member), CALLERS[4]: {},
    }  # fmt: skip


def test_no_generated_request_breaks_the_api(callers, one_connection, hongqi, dongfeng, settings):
    settings.SIGNUPS_PER_HOUR = 10**9
    found, statuses, mark = [], Counter(), canary(dongfeng.slug).encode()
    plan = [
        (operation, host, who)
        for name, base, host, who in (
            ("tenant", f"http://{hongqi.host}/api/v1", hongqi.host, CALLERS),
            ("public", f"http://{settings.BASE_DOMAIN}/api/public/v1", settings.BASE_DOMAIN, CALLERS[-1:]),
        )
        for operation in operations(documents()[name], base)
    ]
    each = WANTED_CASES // sum(len(who) for *_rest, who in plan) + 4
    for number, (operation, host, who) in enumerate(plan):
        for caller, answer, case in run(operation, each, SEED + number, host, {name: callers[name] for name in who}):
            statuses[answer.status_code] += 1
            if answer.status_code >= 500 or mark in answer.content:
                found.append(f"{case.method} {case.formatted_path} as {caller}: {answer.status_code} body={case.body!r:.300}")
    print(f"\n{sum(statuses.values())} cases, seed {SEED}: {dict(sorted(statuses.items()))}")
    assert found == []
    assert sum(statuses.values()) >= WANTED_CASES


def run(operation, count: int, number: int, host: str, callers: dict[str, dict[str, str]]) -> list[tuple[str, Any, Any]]:
    """``count`` generated inputs of one operation, half of them invalid, each sent by every caller and taken back."""
    answers: list[tuple[str, Any, Any]] = []
    half = count // 2
    for mode, wanted in ((schemathesis.GenerationMode.POSITIVE, count - half), (schemathesis.GenerationMode.NEGATIVE, half)):

        @hypothesis.seed(number)
        @hypothesis.settings(
            max_examples=wanted, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def one(case) -> None:
            for caller, headers in callers.items():
                with platform_scope(), transaction.atomic():  # a savepoint needs some scope; the request enters its own
                    answers.append((caller, case.call(headers={"Host": host, **headers}), case))
                    transaction.set_rollback(True)

        try:
            one()
        except hypothesis.errors.Unsatisfiable:
            continue  # nothing can be wrong with an operation that takes nothing
    return answers
