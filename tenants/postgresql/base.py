"""A PostgreSQL backend on which a statement can only see the scope it was sent from.

* Every statement runs in a transaction. The string that begins it also sets the role and the search path
  (``SET LOCAL``), so the database forgets both at its end and a pooler in between cannot mix them up.
* The login role has no rights. With no scope entered Python refuses (``ScopeMissing``), and so would the database.
* A statement cannot carry a second one: all of them use the extended protocol, with or without parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from django.db.backends.utils import debug_transaction
from django.db.transaction import TransactionManagementError
from django.utils.functional import cached_property
from django_tenants.postgresql_backend import base as stock
from psycopg import sql

from jiceng.kernel.context import Scope, current_scope, require_scope

from .schema import ColumnFirstSchemaEditor


class SingleStatementCursor(psycopg.Cursor):
    """Binds on the server and refuses stacked statements even where there are no parameters."""

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        super()._execute_send(query, force_extended=True, binary=binary)


class ScopedCursor(SingleStatementCursor):
    """Runs each statement in the scope entered when it is *executed*, however long ago the cursor was opened.

    Outside ``atomic`` the statement gets a transaction of its own.
    """

    wrapper: DatabaseWrapper

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        with self.wrapper.own_transaction():
            return super().execute(query, params, **options)

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        with self.wrapper.own_transaction():
            super().executemany(query, params_seq, **options)

    @contextmanager
    def copy(self, statement: Any, params: Any = None, **options: Any) -> Iterator[psycopg.Copy]:
        with self.wrapper.own_transaction(), super().copy(statement, params, **options) as copy:
            yield copy

    def stream(self, query: Any, params: Any = None, **options: Any) -> Iterator[Any]:
        """Refused: rows would be read on in whatever scope is entered by then. Read pages by key instead."""
        raise NotImplementedError("Server-side streams do not keep their scope; read pages by key instead.")


@lru_cache(maxsize=4096)
def scope_sql(scope: Scope) -> str:
    """The SQL that puts the rest of the current transaction into ``scope``."""
    role = sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(scope.role)) if scope.role else sql.SQL("SET LOCAL ROLE NONE")
    path = sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(scope.schema))
    return f"{role.as_string()}; {path.as_string()}"


class DatabaseWrapper(stock.DatabaseWrapper):
    """Django's connection, bound to the scope of the code that uses it."""

    SchemaEditorClass = ColumnFirstSchemaEditor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._applied: Scope | None = None
        self._begin_due = False
        super().__init__(*args, **kwargs)

    # django-tenants asks the connection for its tenant; here the scope is the only answer and nobody can set another.
    @property
    def schema_name(self) -> str | None:
        scope = current_scope()
        return scope.schema if scope else None

    @schema_name.setter
    def schema_name(self, value: str | None) -> None:
        pass

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Ignored: enter a scope instead (``tenants.context``)."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        conn_params["cursor_factory"] = SingleStatementCursor
        connection = super().get_new_connection(conn_params)
        # Transactions are begun by us, so that BEGIN carries the scope; psycopg must not begin its own.
        connection.autocommit = True
        return connection

    @cached_property
    def pg_version(self) -> int:
        # Told by the server when the connection opens; needs no query and so no scope.
        self.ensure_connection()
        return self.connection.info.server_version

    def _set_autocommit(self, autocommit: bool) -> None:
        with self.wrap_database_errors:
            self.connection.autocommit = True

    def _start_transaction_under_autocommit(self) -> None:
        self._begin()

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        self._applied = None
        if autocommit:
            self._begin_due = False
            super().set_autocommit(True)
            return
        self.validate_no_atomic_block()
        self.close_if_health_check_failed()
        self.ensure_connection()
        # Sent with the first statement: a page that asks nothing of the database sends nothing.
        self._begin_due = True
        self.autocommit = False

    def _begin(self) -> None:
        """Begin a transaction; when a scope is entered, in the same string put it in force."""
        scope = current_scope()
        statement = f"BEGIN; {scope_sql(scope)}" if scope else "BEGIN"
        with debug_transaction(self, "BEGIN"):
            self._send_or_rollback(statement)
        self._begin_due, self._applied = False, scope

    def _send_or_rollback(self, statement: str) -> None:
        """Send a string that begins a transaction; when a part of it is refused, leave none open."""
        try:
            self._send(statement)
        except BaseException:
            self.connection.rollback()
            raise

    def _send(self, statement: str) -> None:
        """Send a string of our own making over the simple protocol (several statements, no results, one trip)."""
        with self.wrap_database_errors:
            # Straight to libpq: on every request's way, and a cursor would cost as much as the rest of it.
            result = self.connection.pgconn.exec_(statement.encode())
            if result.status not in (psycopg.pq.ExecStatus.COMMAND_OK, psycopg.pq.ExecStatus.TUPLES_OK):
                if self.connection.closed:
                    raise psycopg.OperationalError("the connection to the database is lost")
                raise psycopg.errors.error_from_result(result)

    def _commit(self) -> None:
        super()._commit()
        self._applied, self._begin_due = None, False

    def _rollback(self) -> None:
        super()._rollback()
        self._applied, self._begin_due = None, False

    def savepoint_rollback(self, sid: str) -> None:
        # Going back to a savepoint also takes back the SET LOCALs sent since; forget, and send again when needed.
        try:
            super().savepoint_rollback(sid)
        finally:
            self._applied = None

    def close(self) -> None:
        super().close()
        self._applied, self._begin_due = None, False

    def _cursor(self, name: str | None = None) -> Any:
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(self.create_cursor(name))

    def create_cursor(self, name: str | None = None) -> Any:
        require_scope()
        cursor = ScopedCursor(self.connection)
        cursor.wrapper = self
        return cursor

    def _apply(self, scope: Scope) -> None:
        if self._begin_due:
            self._begin()
        if self._applied == scope:
            return
        if self.connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
            return  # every statement but a rollback fails by itself
        self._send(scope_sql(scope))
        self._applied = scope

    @contextmanager
    def own_transaction(self) -> Iterator[None]:
        """Around a statement: joins the open transaction, or makes one for it alone in autocommit mode."""
        is_idle = self.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        if not is_idle and not self.in_atomic_block:
            raise TransactionManagementError("A transaction was left open outside atomic().")
        if is_idle and self.in_atomic_block and not self._begin_due:
            raise TransactionManagementError("The transaction of this atomic block has ended before the block.")
        if self.in_atomic_block:
            self._apply(require_scope())
            yield
            return
        self._send_or_rollback(f"BEGIN; {scope_sql(require_scope())}")
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self._send("COMMIT")

    def send_script(self, script: str) -> None:
        """Run the owner's DDL script in one trip, in the current scope; call inside ``atomic``."""
        if not self.in_atomic_block:
            raise TransactionManagementError("send_script() needs an atomic block.")
        self._apply(require_scope())
        self._send(script)

    def check_constraints(self, table_names: Any = None) -> None:
        with self.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def is_usable(self) -> bool:
        # A health check reads nothing and needs no scope.
        if self.connection is None:
            return False
        try:
            self.connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True
