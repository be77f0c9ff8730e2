"""DDL that also a sharded cluster takes: the column first, its named constraints after it.

Citus refuses ``ADD COLUMN`` together with a CHECK, UNIQUE or foreign key in one command, and unnamed constraints.
"""

from __future__ import annotations

import copy

from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import Field, Model


class ColumnFirstSchemaEditor(DatabaseSchemaEditor):
    """Emits every constraint of a new column as a command of its own, with a name."""

    # With no inline form Django defers the foreign key to a named ALTER TABLE … ADD CONSTRAINT.
    sql_create_column_inline_fk = None  # type: ignore[assignment]

    def add_field(self, model: type[Model], field: Field) -> None:
        check = field.db_parameters(connection=self.connection).get("check")
        unique = field.unique and not field.primary_key
        super().add_field(model, _bare(field))
        if check:
            name = self._create_index_name(model._meta.db_table, [field.column], suffix="_check")  # type: ignore[attr-defined]
            self.execute(self._create_check_sql(model, name, check))  # type: ignore[attr-defined]
        if unique:
            self.execute(self._create_unique_sql(model, [field]))  # type: ignore[attr-defined]


def _bare(field: Field) -> Field:
    """A copy of ``field`` whose column definition names no CHECK and no UNIQUE."""
    bare = copy.copy(field)
    if not field.primary_key:
        bare._unique = bare.unique = False  # type: ignore[attr-defined]  # the second is cached on the field
    bare.db_parameters = lambda connection: {**field.db_parameters(connection), "check": None}  # type: ignore[method-assign]
    return bare
