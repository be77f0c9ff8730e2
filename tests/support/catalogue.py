"""The structure of a schema as plain data, to compare two schemas entirely. The schema's own name is left out."""

from __future__ import annotations

import re

import psycopg

# PostgreSQL moves casts inside an array when it reads back a CHECK that it has printed itself; the meaning is the same.
CASTS = re.compile(r"::(?:text|character varying)(?:\[\])?|[() ]")

COLUMNS = """
SELECT c.relname, a.attnum - (SELECT count(*) FROM pg_attribute x WHERE x.attrelid = c.oid AND x.attisdropped
       AND x.attnum < a.attnum AND x.attnum > 0), a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attidentity, a.attgenerated, a.attcollation::regcollation::text, pg_get_expr(d.adbin, d.adrelid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE n.nspname = %s AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2
"""
CONSTRAINTS = """
SELECT c.relname, k.conname, k.contype, k.condeferrable, k.condeferred, k.convalidated,
       replace(pg_get_constraintdef(k.oid), n.nspname || '.', '')
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s ORDER BY 1, 2
"""
INDEXES = "SELECT tablename, indexname, replace(indexdef, %s || '.', '') FROM pg_indexes WHERE schemaname = %s ORDER BY 1, 2"
OBJECTS = """
SELECT c.relkind, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind <> 't' ORDER BY 1, 2
"""
SEQUENCES = """
SELECT sequencename, data_type::text, start_value, increment_by, min_value, max_value, cycle FROM pg_sequences
WHERE schemaname = %s ORDER BY 1
"""
FOREIGN_KEYS = """
SELECT n.nspname, c.relname, k.conname, fn.nspname FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
WHERE k.contype = 'f' AND n.nspname <> fn.nspname
"""


def structure(database: psycopg.Connection, schema: str) -> dict[str, list[tuple]]:
    """Columns, constraints, indexes, sequences and every other object of ``schema``."""
    return {
        "objects": database.execute(OBJECTS, [schema]).fetchall(),
        "columns": database.execute(COLUMNS, [schema]).fetchall(),
        "constraints": [
            (*row[:-1], CASTS.sub("", row[-1]) if row[2] == "c" else row[-1])
            for row in database.execute(CONSTRAINTS, [schema])
        ],
        "indexes": database.execute(INDEXES, [schema, schema]).fetchall(),
        "sequences": database.execute(SEQUENCES, [schema]).fetchall(),
    }


def rights(database: psycopg.Connection, schema: str, role: str) -> list[tuple]:
    """What ``role`` may do with each table and sequence of ``schema``."""
    return database.execute(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE table_schema = %s AND grantee = %s ORDER BY 1, 2",
        [schema, role],
    ).fetchall()


def tables(database: psycopg.Connection, schema: str) -> list[str]:
    rows = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema]).fetchall()
    return [name for (name,) in rows]
