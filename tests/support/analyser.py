"""The SQL analyser: a statement that names a schema other than its scope's is a leak, whatever it would have returned.

The database refuses such statements too. This sees them even where it would not: as the platform, or when a role was
granted too much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.backends.signals import connection_created

from jiceng.kernel.context import current_scope

LITERALS = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL)
SCHEMAS = re.compile(r"\"?\b(public|tpl|information_schema|t_[0-9a-f]{16}|spare_[0-9a-f]{16})\b\"?\s*\.", re.IGNORECASE)
SWITCHES = re.compile(r"\bsearch_path\b|\bset\s+(?:local\s+|session\s+)?(?:role|session)\b|\breset\s+role\b|\bset_config\b", re.I)
WAKE_UP = re.compile(r"^\s*insert\s+into\s+\"?public\"?\s*\.\s*\"?tenants_agenda\"?", re.IGNORECASE)

_allowed: ContextVar[bool] = ContextVar("foreign_sql_allowed", default=False)
_found: list[str] = []


class ForeignSql(AssertionError):
    """A statement named a schema that is not its scope's."""


def fault(statement: str) -> str | None:
    """What is wrong with ``statement`` in the current scope, or ``None``."""
    scope = current_scope()
    if scope is None or scope.role is None:  # without a scope nothing is sent; the owner's scope changes structure
        return None
    bare = LITERALS.sub("''", statement)
    if SWITCHES.search(bare):
        return f"switches role or path: {bare[:200]}"
    named = {name.lower() for name in SCHEMAS.findall(bare)} - {scope.schema}
    if named == {"public"} and WAKE_UP.match(bare) and bare.lower().count("public") == 1:
        return None
    return f"names {sorted(named)} in scope {scope.schema}: {bare[:200]}" if named else None


def watch(execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An ``execute_wrapper``: refuses faulty statements before they are sent and remembers them."""
    if not _allowed.get():
        text = statement if isinstance(statement, str) else statement.as_string(None)
        if found := fault(text):
            _found.append(found)
            raise ForeignSql(found)
    return execute(statement, params, many, context)


def switch_on() -> None:
    """Watch every connection that is or will be made by this process."""
    connection_created.connect(_attach, dispatch_uid="tests.analyser")


def _attach(connection: Any, **_signal: Any) -> None:
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)


@contextmanager
def allowed() -> Iterator[None]:
    """For tests that attack on purpose."""
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


def take_found() -> list[str]:
    """What was found since the last call."""
    found, _found[:] = _found[:], []
    return found
