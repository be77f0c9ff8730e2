"""I-6: what a tenant's role, and the bare login, are refused by the database itself, with Python out of the way."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from tests.support import database

ATTACKS = {
    "another tenant's table by name": "SELECT * FROM {other}.access_user",
    "writing to another tenant": "UPDATE {other}.access_user SET display_name = 'x'",
    "deleting from another tenant": "DELETE FROM {other}.members_person",
    "the landlord's tables": "SELECT * FROM public.tenants_tenant",
    "the operators": "SELECT * FROM public.access_user",
    "reading the agenda": "SELECT * FROM public.tenants_agenda",
    "waking another tenant": "INSERT INTO public.tenants_agenda (role_name, kind, due_at) VALUES ('{other_role}', 'outbox', now())",
    "the template": "SELECT * FROM tpl.access_user",
    "another path": "SET search_path TO {other}; SELECT * FROM access_user",
    "another role that is not the login's": "SET ROLE postgres",
    "superuser session": "SET SESSION AUTHORIZATION postgres",
    "set_config": "SELECT set_config('role', '{other_role}', false)",
    "a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "a server file through COPY": "COPY members_person FROM '/etc/passwd'",
    "a server file": "SELECT pg_read_file('/etc/passwd')",
    "a directory": "SELECT pg_ls_dir('.')",
    "large object import": "SELECT lo_import('/etc/passwd')",
    "large object as a channel": "SELECT lo_create(0)",
    "dblink": "CREATE EXTENSION dblink",
    "a table of one's own": "CREATE TABLE mine (id int)",
    "a schema of one's own": "CREATE SCHEMA mine",
    "a temporary table": "CREATE TEMP TABLE mine (id int)",
    "a function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "truncation": "TRUNCATE members_person CASCADE",
    "changing structure": "ALTER TABLE access_user ADD COLUMN x int",
    "dropping": "DROP TABLE members_person",
    "rewriting the audit trail": "UPDATE audit_auditentry SET action = 'x'",
    "shortening the audit trail": "DELETE FROM audit_auditentry",
    "the migration record": "DELETE FROM django_migrations",
    "claiming a spare schema": "SELECT * FROM public.jiceng_claim_spare('x')",
    "others' statements": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' LIMIT 1",
    "password hashes": "SELECT * FROM pg_authid",
    "column statistics": "SELECT * FROM pg_statistic",
}


@pytest.fixture
def attacker(django_db_setup, django_db_blocker):
    with database.app_connection() as connection:
        yield connection


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_tenant_role_is_refused(attacker, hongqi, dongfeng, attack):
    """Sent over the simple protocol, where several statements may travel together: the worst case."""
    statement = attack.format(other=dongfeng.schema_name, other_role=dongfeng.role_name)
    enter = sql.SQL("BEGIN; SET LOCAL ROLE {}; SET LOCAL search_path TO {}").format(
        sql.Identifier(hongqi.role_name), sql.Identifier(hongqi.schema_name)
    )
    attacker.execute(enter)
    with pytest.raises(psycopg.Error) as refusal:
        attacker.execute(statement)
        # pg_terminate_backend answers only for visible processes; nothing visible is a refusal as well
        if "pg_terminate_backend" in statement:
            raise psycopg.errors.InsufficientPrivilege
    attacker.execute("ROLLBACK")
    refused_as = (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue)
    # Without USAGE a schema on the path is passed over, as if it were not there.
    assert isinstance(refusal.value, refused_as) or "search_path" in statement, refusal.value


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_bare_login_is_refused(attacker, hongqi, dongfeng, attack):
    """With no scope set the login owns nothing and sees nothing."""
    statement = attack.format(other=dongfeng.schema_name, other_role=dongfeng.role_name)
    with pytest.raises(psycopg.Error):
        attacker.execute(statement)
        if "pg_terminate_backend" in statement:
            raise psycopg.errors.InsufficientPrivilege


def test_granting_onwards_gives_nothing(attacker, hongqi):
    """Without grant option PostgreSQL answers with a warning only; what matters is that nothing was granted."""
    attacker.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(hongqi.role_name)))
    attacker.execute(sql.SQL("GRANT ALL ON {}.access_user TO PUBLIC").format(sql.Identifier(hongqi.schema_name)))
    granted = attacker.execute(
        "SELECT has_table_privilege('public', %s, 'SELECT')", [f"{hongqi.schema_name}.access_user"]
    ).fetchone()
    assert granted == (False,)


def test_statistics_show_nothing_of_the_other_tenant(attacker, hongqi, dongfeng):
    """Planner statistics hold sample values of columns; PostgreSQL shows them only for readable tables."""
    with database.owner_connection() as owner:
        owner.execute(sql.SQL("ANALYZE {}.access_role").format(sql.Identifier(dongfeng.schema_name)))
    attacker.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(hongqi.role_name)))
    seen = attacker.execute("SELECT * FROM pg_stats WHERE schemaname = %s", [dongfeng.schema_name]).fetchall()
    assert seen == []


def test_notifications_of_others_are_not_a_channel(hongqi, dongfeng):
    """LISTEN/NOTIFY knows no rights, so nothing of ours may use it: no function, trigger or code calls pg_notify."""
    with database.owner_connection() as owner:
        triggers = owner.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").fetchall()
        functions = owner.execute(
            "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND prosrc ILIKE '%notify%'"
        ).fetchall()
    assert (triggers, functions) == ([], [])


def test_login_has_no_attributes_and_owns_nothing(django_db_setup, hongqi):
    with database.owner_connection() as owner:
        login = database.app_login()
        row = owner.execute(
            "SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles"
            " WHERE rolname = %s",
            [login],
        ).fetchone()
        owned = owner.execute(
            "SELECT relname FROM pg_class WHERE relowner IN (SELECT oid FROM pg_roles WHERE rolname = %s"
            " OR rolname LIKE 'r\\_%%')",
            [login],
        ).fetchall()
    assert row == (False, False, False, False, False, False)
    assert owned == []


def test_tenant_roles_cannot_log_in_and_hold_only_the_common_group(django_db_setup, hongqi):
    with database.owner_connection() as owner:
        attributes = owner.execute(
            "SELECT rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [hongqi.role_name]
        ).fetchone()
        groups = owner.execute(
            "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
            " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s",
            [hongqi.role_name],
        ).fetchall()
    assert attributes == (False, False, False)
    assert groups == [("jiceng_tenant",)]


def test_rights_of_the_common_group_are_one_insert(django_db_setup, hongqi):
    with database.owner_connection() as owner:
        rights = owner.execute(
            "SELECT table_schema, table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = 'jiceng_tenant'"
        ).fetchall()
    assert rights == [("public", "tenants_agenda", "INSERT")]


def test_public_role_can_do_nothing_in_our_schemas(django_db_setup, hongqi):
    with database.owner_connection() as owner:
        schemas = owner.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'"
            " AND (has_schema_privilege('public', oid, 'USAGE') OR has_schema_privilege('public', oid, 'CREATE'))"
        ).fetchall()
        tables = owner.execute(
            "SELECT table_name FROM information_schema.role_table_grants WHERE grantee = 'PUBLIC'"
            " AND table_schema !~ '^(pg_|information_schema)'"
        ).fetchall()
        connect = owner.execute("SELECT has_database_privilege('public', current_database(), 'CONNECT')").fetchone()
    assert (schemas, tables, connect) == ([], [], (False,))
