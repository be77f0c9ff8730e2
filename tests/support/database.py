"""Making the test database: with the owner's login, exactly as an installation does it; then logging in without rights."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from jiceng.config.settings import env

ROOT = Path(__file__).resolve().parents[2]
# Serialises changes of cluster-wide roles between test runs that share one server.
ROLES_LOCK = 7_301_500
TENANTS = (("hongqi", "红旗社区", "community", "红小梅"), ("dongfeng", "东风大学", "university", "东方亮"))
SPARES = 6


def create(*, reuse: bool) -> None:
    """Make the database with two living tenants, or take the one of the last run if nothing in it would differ."""
    name, digest = settings.TEST_DATABASE, structure_digest()
    with _maintenance() as server:
        found = server.execute("SELECT oid FROM pg_database WHERE datname = %s", [name]).fetchone()
        row = server.execute("SELECT shobj_description(%s, 'pg_database')", [found[0]]).fetchone() if found else None
        fresh = not (reuse and row and row[0] == digest)
        if fresh:
            if found:
                drop()
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    login, password = app_login(), secrets.token_urlsafe(24)
    with as_owner():
        _prepare_roles(login, password)
        if fresh:
            _build()
    use_login(login, password)
    if fresh:
        _provision_tenants()
        _put_schedules_off()
        with as_owner(), _maintenance() as server:
            server.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(digest))
            )
            _keep_spares()


def drop() -> None:
    """Remove the database and the roles that were made for its schemas."""
    connection.close()
    name = settings.TEST_DATABASE
    roles = _tenant_roles()
    with _maintenance() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        for role in roles:
            server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def structure_digest() -> str:
    """SHA-256 over everything that shapes an empty database: migrations, grants, the list of parts."""
    files = [*ROOT.glob("platform/jiceng/*/migrations/*.py"), *ROOT.glob("modules/*/migrations/*.py")]
    files += [*ROOT.glob("modules/*/services/*.py"), *ROOT.glob("modules/*/services.py"), *ROOT.glob("tenants/**/*.py"), *Path(__file__).parent.glob("*.py")]
    total = hashlib.sha256(repr(settings.INSTALLED_APPS).encode())
    for file in sorted(files):
        total.update(file.read_bytes())
    return total.hexdigest()


def app_login() -> str:
    """The unprivileged login of this run; its own, because roles belong to the whole server."""
    return settings.APP_LOGIN


def use_login(user: str, password: str) -> None:
    connection.close()
    connection.settings_dict.update(_server_address(), NAME=settings.TEST_DATABASE, USER=user, PASSWORD=password)


@contextmanager
def as_owner() -> Iterator[None]:
    """Talk to the test database with the owner's login. Not within a transaction."""
    assert not connection.in_atomic_block, "ask for this before `db`: changing logins would end the test's transaction"
    owner = env.database(settings.DATABASE_OWNER_URL)
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    use_login(owner["USER"], owner["PASSWORD"])
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def owner_connection() -> psycopg.Connection:
    """A bare connection to the test database with all rights, for looking behind the curtain."""
    return _connect(settings.TEST_DATABASE)


def app_connection() -> psycopg.Connection:
    """A bare connection as the application's login, which alone may do nothing."""
    facts = connection.settings_dict
    return psycopg.connect(
        host=facts["HOST"], port=facts["PORT"], dbname=facts["NAME"], user=facts["USER"], password=facts["PASSWORD"],
        autocommit=True,
    )  # fmt: skip


def database_url() -> str:
    """The unprivileged login to the test database as a URL, for server processes started by tests."""
    facts = connection.settings_dict
    return f"postgresql://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


def owner_url() -> str:
    """The owner's login to the test database as a URL."""
    owner = env.database(settings.DATABASE_OWNER_URL)
    return f"postgresql://{owner['USER']}:{owner['PASSWORD']}@{owner['HOST']}:{owner['PORT']}/{settings.TEST_DATABASE}"


def _prepare_roles(login: str, password: str) -> None:
    from tenants import grants
    from tenants.context import owner_scope

    with _maintenance() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [ROLES_LOCK])
        with transaction.atomic(), owner_scope():
            grants.prepare_roles(login, password)


def _build() -> None:
    from tenants import structure
    from tenants.plans import ensure_default_plan

    structure.upgrade_public()
    ensure_default_plan()
    structure.upgrade_template()
    structure.keep_spares(len(TENANTS))


def _keep_spares() -> None:
    from tenants import structure

    structure.keep_spares(SPARES)


def _provision_tenants() -> None:
    """Through the real door, and as the login that the web processes use. Every module is on."""
    from jiceng.access.actor import Actor
    from jiceng.kernel.registry import registry
    from tenants.modules import set_module
    from tenants.provisioning import provision

    for number, (slug, name, kind, administrator) in enumerate(TENANTS, start=1):
        tenant = provision(
            slug=slug, name=name, kind=kind, credit_code=credit_code(number), administrator_name=administrator
        )
        for manifest in registry.modules:
            if not manifest.always_on:
                set_module(tenant_id=tenant.id, code=manifest.code, is_on=True, actor=Actor.system())


def _put_schedules_off() -> None:
    """A worker process that a test starts serves every tenant: what would come due in these must not, by the clock."""
    with owner_connection() as owner:
        owner.execute("UPDATE public.tenants_agenda SET due_at = due_at + interval '10 years' WHERE kind LIKE 'schedule:%'")


def credit_code(number: int) -> str:
    """A well-formed unified social credit code of no real organisation."""
    from tenants.naming import credit_check_character

    first = f"12{number:015d}"
    return first + credit_check_character(first)


def _tenant_roles() -> list[str]:
    try:
        with _connect(settings.TEST_DATABASE) as database:
            rows = database.execute(
                "SELECT role_name FROM public.tenants_tenant UNION SELECT role_name FROM public.tenants_spareschema"
            ).fetchall()
    except psycopg.Error:
        return []
    return [role for (role,) in rows]


def _server_address() -> dict[str, str]:
    owner = env.database(settings.DATABASE_OWNER_URL)
    return {key: owner[key] for key in ("HOST", "PORT")}


def _maintenance() -> psycopg.Connection:
    return _connect(env.database(settings.DATABASE_OWNER_URL)["NAME"])


def _connect(name: str) -> psycopg.Connection:
    owner = env.database(settings.DATABASE_OWNER_URL)
    return psycopg.connect(
        host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"], password=owner["PASSWORD"] or None,
        dbname=name, autocommit=True,
    )  # fmt: skip
