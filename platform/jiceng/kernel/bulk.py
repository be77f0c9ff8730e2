"""Writing many rows without reading them first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet


def insert_selected(model: type[Model], columns: Sequence[str], rows: QuerySet[Any, Any]) -> int:
    """One ``INSERT … SELECT``: ``rows`` (``values_list`` in the order of ``columns``) become rows of ``model``; returns how many.

    Rows that a unique constraint already holds are left out. Column names are the database's (``"notice_id"``).
    """
    quoted = ", ".join(connection.ops.quote_name(name) for name in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    try:
        statement, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that there are none
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({quoted}) {statement} ON CONFLICT DO NOTHING", parameters)
        return cursor.rowcount
