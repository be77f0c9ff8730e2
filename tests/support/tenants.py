"""Committed tenants for tests that cannot be rolled back, and the way to take them away again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg import sql

from tenants import directory, structure
from tenants.provisioning import provision

from . import database


@contextmanager
def committed_tenant(name: str = "临时单位") -> Iterator[directory.TenantRecord]:
    """A tenant of its own, made by provisioning; removed with its schema and role."""
    with database.as_owner():
        structure.keep_spares(1)
    slug = f"x{secrets.token_hex(6)}"
    tenant = provision(
        slug=slug, name=name, kind="other", credit_code=database.credit_code(secrets.randbelow(10**12)),
        administrator_name="临时管理员",
    )  # fmt: skip
    record = directory.get(tenant.id)
    assert record is not None
    try:
        yield record
    finally:
        remove(record)


def remove(record: directory.TenantRecord) -> None:
    connection.close()
    with database.owner_connection() as owner:
        schema, role = sql.Identifier(record.schema_name), sql.Identifier(record.role_name)
        owner.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        owner.execute("DELETE FROM public.tenants_agenda WHERE role_name = %s", [record.role_name])
        for table in ("tenants_moduleactivation", "tenants_domain", "tenants_door", "tenants_prooffile"):
            owner.execute(
                sql.SQL("DELETE FROM public.{} WHERE tenant_id = %s").format(sql.Identifier(table)), [record.id]
            )
        owner.execute("DELETE FROM public.tenants_signuprequest WHERE tenant_id = %s", [record.id])
        owner.execute("DELETE FROM public.tenants_tenant WHERE id = %s", [record.id])
        owner.execute(sql.SQL("DROP OWNED BY {}").format(role))
        owner.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
