"""Who the running code works for: the scope (which schema, which database role) and the facts of the request.

Both live in context variables, so threads and async tasks never see each other's. With no scope entered every
query is refused by the database backend: forgetting to enter one is an error, never somebody else's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

PLATFORM_KEY = "platform"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where statements run.

    ``key``: stable name for cache keys, files and encryption: the tenant's UUID, or ``"platform"``.
    ``schema``: the single schema on the search path.
    ``role``: the database role that statements run as; ``None`` keeps the login role (owner processes only).
    ``zone``: IANA time zone of the people served.
    ``policy_profile``: how strict they are about passwords, sessions and second factors (``access.profiles``).
    """

    key: str
    schema: str
    role: str | None
    zone: str = "Asia/Shanghai"
    name: str = ""
    policy_profile: str = "standard"

    @property
    def is_platform(self) -> bool:
        return self.key == PLATFORM_KEY


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What the audit trail wants to know of the request at hand. ``address``: the client's IP, ``""`` outside requests."""

    request_id: str = ""
    address: str = ""
    agent: str = ""


class ScopeMissing(RuntimeError):
    """Code touched tenant-bound storage with no scope entered."""

    def __init__(self) -> None:
        super().__init__("No scope entered: use tenant_scope(), platform_scope() or owner_scope() around this code.")


_scope: ContextVar[Scope | None] = ContextVar("jiceng_scope", default=None)
NO_REQUEST = RequestFacts()
_facts: ContextVar[RequestFacts] = ContextVar("jiceng_request_facts", default=NO_REQUEST)


def current_scope() -> Scope | None:
    return _scope.get()


def require_scope() -> Scope:
    """Return the current scope. Raises ``ScopeMissing``."""
    scope = _scope.get()
    if scope is None:
        raise ScopeMissing
    return scope


@contextmanager
def enter(scope: Scope) -> Iterator[Scope]:
    """Run the block in ``scope``; the scope outside is restored whatever happens."""
    token = _scope.set(scope)
    try:
        yield scope
    finally:
        _scope.reset(token)


def request_facts() -> RequestFacts:
    return _facts.get()


@contextmanager
def entering_request(facts: RequestFacts) -> Iterator[RequestFacts]:
    token = _facts.set(facts)
    try:
        yield facts
    finally:
        _facts.reset(token)
