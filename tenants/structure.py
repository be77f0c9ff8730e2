"""Making and keeping schemas: the template, spare schemas, upgrades. Only processes with the owner's credential call it."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate as stock_migrate
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from . import ddl, grants
from .context import owner_scope, platform_scope
from .models import SpareSchema, Tenant


@lru_cache(maxsize=1)
def current_digest() -> str:
    """SHA-256 over the names of all migrations that a tenant schema should have (hex)."""
    from django.apps import apps

    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    names = sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations if app in labels)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def migrate_schema(schema: str, *, verbosity: int = 0) -> None:
    """Bring one schema up to date by running its migrations (Django's own command, inside the schema)."""
    with owner_scope(schema):
        _create_schema(schema)
        call_command(stock_migrate.Command(), database="default", verbosity=verbosity, interactive=False)


def upgrade_public() -> None:
    migrate_schema("public")
    with owner_scope():
        grants.grant_platform()


def upgrade_tenants() -> int:
    """Upgrade every tenant that is behind; returns how many were. Which are is one query on a stored digest."""
    digest = current_digest()
    with owner_scope():
        behind = list(Tenant.objects.exclude(schema_digest=digest).exclude(state="closed"))
    for tenant in behind:
        migrate_schema(tenant.schema_name)
        with owner_scope():
            grants.grant_tenant(tenant.schema_name, tenant.role_name)
            Tenant.objects.filter(pk=tenant.pk).update(schema_digest=digest)
    return len(behind)


def upgrade_template() -> None:
    """Bring the template up to date and drop spares built from an older one."""
    migrate_schema(settings.TEMPLATE_SCHEMA)
    with owner_scope():
        for spare in SpareSchema.objects.exclude(schema_digest=current_digest()):
            drop_spare(spare)


def keep_spares(wanted: int) -> int:
    """Build spares until ``wanted`` are there; returns how many were built."""
    with owner_scope():
        missing = wanted - SpareSchema.objects.filter(schema_digest=current_digest()).count()
    if missing <= 0:
        return 0
    with owner_scope(settings.TEMPLATE_SCHEMA):
        structure = ddl.read_structure(settings.TEMPLATE_SCHEMA)
    for _ in range(missing):
        build_spare(structure)
    return missing


def build_spare(structure: ddl.Structure) -> SpareSchema:
    """Create one schema with its role from the template's script, all in one transaction."""
    token = secrets.token_hex(8)
    schema, role = grants.SPARE_PREFIX + token, grants.ROLE_PREFIX + token
    with transaction.atomic():
        with owner_scope():
            _create_schema(schema)
            grants.create_tenant_role(role)
        with owner_scope(schema):
            run_script(structure.script)
            ddl.copy_rows(settings.TEMPLATE_SCHEMA, schema, structure.seeded)
        with owner_scope():
            grants.grant_tenant(schema, role)
            return SpareSchema.objects.create(schema_name=schema, role_name=role, schema_digest=current_digest())


def run_script(script: str) -> None:
    """Run several statements in one trip, in the current scope and transaction."""
    connection.send_script(script)  # type: ignore[attr-defined]


def drop_spare(spare: SpareSchema) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(spare.schema_name)))
        cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(spare.role_name)))
        spare.delete()


def claim_spare() -> tuple[str, str] | None:
    """Take a spare by renaming it; ``(schema, role)``, or ``None`` when there is none. Part of the caller's transaction."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT claimed_schema, claimed_role FROM public.jiceng_claim_spare(%s)", [current_digest()])
        return cursor.fetchone()


def _create_schema(schema: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", [schema])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
