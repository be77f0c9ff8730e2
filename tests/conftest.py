"""The suite's ground: one database made the way an installation makes it, two living tenants, three people in each.

Everything runs as the unprivileged login of the web processes; every test is rolled back; nothing leaves this machine;
every statement is read by the SQL analyser (``tests/support/analyser.py``).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction

from tests.support import analyser, network, redis_keys


@pytest.fixture(scope="session", autouse=True)
def block_internet() -> Iterator[None]:
    """Any socket off loopback fails."""
    network.block()
    yield
    network.unblock()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker) -> Iterator[None]:
    """Replaces pytest-django's: owner builds, two tenants sign up, then the login without rights takes over."""
    from tests.support import database

    reuse = request.config.getvalue("reuse_db")
    with django_db_blocker.unblock():
        database.create(reuse=reuse)
        redis_keys.forget()
        analyser.switch_on()
    yield
    with django_db_blocker.unblock():
        redis_keys.forget()
        connection.close()
        if not reuse:
            database.drop()
    shutil.rmtree(settings.MEDIA_ROOT.parent, ignore_errors=True)


@pytest.fixture
def _django_db_helper(request: pytest.FixtureRequest, django_db_setup, django_db_blocker) -> Iterator[None]:
    """Replaces pytest-django's helper behind ``db``: one transaction around the test, taken back at its end.

    With ``@pytest.mark.django_db(transaction=True)`` or ``transactional_db`` there is none: such a test works on a
    tenant of its own (``fresh_tenant``).
    """
    marker = request.node.get_closest_marker("django_db")
    committed = "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))
    with django_db_blocker.unblock():
        if committed:
            yield
            connection.close()
            return
        atomic = transaction.atomic()
        atomic._from_testcase = True
        atomic.__enter__()
        try:
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """No cached host, key or translation goes from one test to the next; what analyser and network saw fails the test."""
    from tenants import directory, inbound

    directory._entries.clear()
    inbound._doors.clear()
    analyser.take_found()
    network.attempts.clear()
    yield
    directory._entries.clear()
    redis_keys.forget()
    found, attempts = analyser.take_found(), network.attempts[:]
    if found:
        pytest.fail(f"SQL analyser: {found[0]}")
    if attempts:
        pytest.fail(f"the test tried to reach {attempts[0]}")


@pytest.fixture
def foreign_sql_allowed() -> Iterator[None]:
    """For tests that attack with SQL on purpose: the analyser looks away, the database must refuse."""
    with analyser.allowed():
        yield


@pytest.fixture(scope="session")
def _records(django_db_setup, django_db_blocker) -> dict:
    from tenants import directory
    from tenants.context import platform_scope
    from tenants.models import Tenant

    with django_db_blocker.unblock():
        with platform_scope():
            ids = dict(Tenant.objects.values_list("slug", "id"))
        records = {slug: directory.get(ids[slug]) for slug in ("hongqi", "dongfeng")}
        connection.close()
    return records


@pytest.fixture
def hongqi(_records):
    """红旗社区, a living tenant (``TenantRecord``)."""
    return _records["hongqi"]


@pytest.fixture
def dongfeng(_records):
    """东风大学, the other living tenant (``TenantRecord``)."""
    return _records["dongfeng"]


@pytest.fixture
def in_hongqi(db, hongqi):
    """Run the test in 红旗社区's scope."""
    from tenants.context import tenant_scope

    with tenant_scope(hongqi):
        yield hongqi


@pytest.fixture
def in_dongfeng(db, dongfeng):
    """Run the test in 东风大学's scope."""
    from tenants.context import tenant_scope

    with tenant_scope(dongfeng):
        yield dongfeng


@pytest.fixture
def platform(db):
    """Run the test in the platform's scope."""
    from tenants.context import platform_scope

    with platform_scope() as scope:
        yield scope


@pytest.fixture
def client_for(db) -> Callable:
    """``client_for(tenant)``: a browser on the tenant's host; ``client_for(None)``: on the public host."""
    from tests.support.client import HostClient

    return HostClient


@pytest.fixture
def login() -> Callable:
    """``login(client, user)`` signs in without the form; returns the client."""
    return lambda client, user: client.login_as(user)


@pytest.fixture
def people(db) -> Callable:
    """``people(tenant)``: that tenant's secretary, editor, member and stranger, made once per test."""
    from tests.factories import make_people

    made: dict = {}

    def get(tenant):
        if tenant.id not in made:
            made[tenant.id] = make_people(tenant)
        return made[tenant.id]

    return get


@pytest.fixture
def secretary(people, hongqi):
    """红旗社区's administrator."""
    return people(hongqi).secretary


@pytest.fixture
def editor(people, hongqi):
    """红旗社区's editor."""
    return people(hongqi).editor


@pytest.fixture
def member(people, hongqi):
    """A member of 红旗社区 with a login."""
    return people(hongqi).member


@pytest.fixture
def stranger(people, hongqi):
    """Somebody with a login at 红旗社区 and no role."""
    return people(hongqi).stranger


@pytest.fixture
def operator(db):
    """One of the platform's own people."""
    from tests.factories import make_operator

    return make_operator()


@pytest.fixture
def api_key(db) -> Callable[..., str]:
    """``api_key(tenant, scopes)``: a new key, as the string that programs send."""
    from tests.factories import make_api_key

    return make_api_key


@pytest.fixture
def fresh_tenant(request: pytest.FixtureRequest, transactional_db) -> Iterator:
    """A third tenant, committed, for tests with threads or processes of their own; removed afterwards."""
    from tests.support.tenants import committed_tenant

    with committed_tenant() as record:
        yield record


@pytest.fixture
def clock() -> Callable:
    """``with clock(moment) as traveller``: time stands still; ``traveller.shift(seconds)``, ``traveller.move_to(…)``."""

    @contextmanager
    def frozen(moment):
        with time_machine.travel(moment, tick=False) as traveller:
            yield traveller

    return frozen
