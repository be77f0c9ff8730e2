"""Who may do what in the database: roles, grants, row-level security. Run by the owner; every step may be repeated.

* ``jiceng_app``       the only login of web and workers; NOINHERIT, owns nothing, may do nothing by itself
* ``jiceng_platform``  the landlord's work on the public schema
* ``jiceng_tenant``    what all tenant roles share: adding wake-ups to the agenda, nothing else
* ``r_<random>``       one per tenant: reading and writing rows of its own schema
"""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

TENANT_GROUP = "jiceng_tenant"
SPARE_PREFIX, TENANT_PREFIX, ROLE_PREFIX = "spare_", "t_", "r_"

CLAIM_FUNCTION = """
CREATE OR REPLACE FUNCTION public.jiceng_claim_spare(wanted text)
RETURNS TABLE (claimed_schema text, claimed_role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE spare record;
BEGIN
  SELECT s.id, s.schema_name, s.role_name INTO spare FROM public.tenants_spareschema s
  WHERE s.schema_digest = wanted ORDER BY s.id LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN; END IF;
  claimed_schema := 't_' || substr(spare.schema_name, 7);
  claimed_role := spare.role_name;
  EXECUTE format('ALTER SCHEMA %I RENAME TO %I', spare.schema_name, claimed_schema);
  DELETE FROM public.tenants_spareschema s WHERE s.id = spare.id;
  RETURN NEXT;
END $body$
"""
AGENDA_POLICY = """
CREATE POLICY own_wakeups ON public.tenants_agenda
USING (current_user = {platform} OR role_name = current_user)
WITH CHECK (current_user = {platform} OR role_name = current_user)
"""


def prepare_roles(app_login: str, app_password: str) -> None:
    """Create the fixed roles and take from PUBLIC what isolation must not depend on."""
    platform, group = settings.PLATFORM_ROLE, TENANT_GROUP
    for role in (platform, group):
        _create_role(role, "NOLOGIN")
    _create_role(app_login, "LOGIN")
    _run(
        "ALTER ROLE {app} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {password}",
        app=sql.Identifier(app_login), password=sql.Literal(app_password),
    )  # fmt: skip
    for name, value in (
        ("timezone", "UTC"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "60s"),
        ("statement_timeout", "30s"),
    ):  # fmt: skip
        _run("ALTER ROLE {app} SET {name} = {value}",
             app=sql.Identifier(app_login), name=sql.Identifier(name), value=sql.Literal(value))  # fmt: skip
    _run("GRANT {platform} TO {app}", platform=sql.Identifier(platform), app=sql.Identifier(app_login))
    database = sql.Identifier(connection.settings_dict["NAME"])
    _run("REVOKE ALL ON DATABASE {db} FROM PUBLIC", db=database)
    _run("GRANT CONNECT ON DATABASE {db} TO {app}", db=database, app=sql.Identifier(app_login))
    _run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    _run("REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC")
    for function in ("lo_create(oid)", "lo_creat(integer)", "lo_from_bytea(oid, bytea)"):
        _run(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{function} FROM PUBLIC")


def grant_platform() -> None:
    """After the public schema's migrations: the platform role's rights, the agenda's policy, the claim function."""
    platform = sql.Identifier(settings.PLATFORM_ROLE)
    _grant_rows("public", settings.PLATFORM_ROLE)
    _run("GRANT USAGE ON SCHEMA public TO {group}", group=sql.Identifier(TENANT_GROUP))
    _run("GRANT INSERT ON public.tenants_agenda TO {group}", group=sql.Identifier(TENANT_GROUP))
    _run("ALTER TABLE public.tenants_agenda ENABLE ROW LEVEL SECURITY")
    _run("ALTER TABLE public.tenants_agenda FORCE ROW LEVEL SECURITY")
    _run("DROP POLICY IF EXISTS own_wakeups ON public.tenants_agenda")
    _run(AGENDA_POLICY, platform=sql.Literal(settings.PLATFORM_ROLE))
    _run(CLAIM_FUNCTION.replace("{", "{{").replace("}", "}}"))
    _run("REVOKE ALL ON FUNCTION public.jiceng_claim_spare(text) FROM PUBLIC")
    _run("GRANT EXECUTE ON FUNCTION public.jiceng_claim_spare(text) TO {platform}", platform=platform)


def create_tenant_role(role: str) -> None:
    """A role for one schema, member of the common group, to be entered only by the application's login."""
    _create_role(role, "LOGIN" if settings.TENANT_ROLES_LOGIN else "NOLOGIN")
    _run("GRANT {group} TO {role}", group=sql.Identifier(TENANT_GROUP), role=sql.Identifier(role))
    _run("GRANT {role} TO {app}", role=sql.Identifier(role), app=sql.Identifier(settings.APP_LOGIN))


def grant_tenant(schema: str, role: str) -> None:
    """Rows of ``schema`` to ``role``: no structure, no truncation; append-only tables stay append-only."""
    _grant_rows(schema, role)


def _grant_rows(schema: str, role: str) -> None:
    names = {"schema": sql.Identifier(schema), "role": sql.Identifier(role)}
    _run("GRANT USAGE ON SCHEMA {schema} TO {role}", **names)
    _run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}", **names)
    _run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}", **names)
    for table in _append_only_tables(schema):
        _run("REVOKE UPDATE, DELETE ON {schema}.{table} FROM {role}", table=sql.Identifier(table), **names)
    _run("REVOKE ALL ON {schema}.django_migrations FROM {role}", **names)


def _append_only_tables(schema: str) -> list[str]:
    """Tables of models marked ``append_only = True`` that exist in ``schema``."""
    marked = [model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = %s", [schema])
        present = {name for (name,) in cursor.fetchall()}
    return [table for table in marked if table in present]


def _create_role(role: str, login: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL(f"CREATE ROLE {{}} {login}").format(sql.Identifier(role)))


def _run(statement: str, **names: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**names))
