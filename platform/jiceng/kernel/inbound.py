"""What the landlord keeps for tenants at the platform's own host: doors for calls from outside, files, sealed values.

A call from outside comes to the platform's host, because a tenant's domain may change; the key in its path says whose it
is. The work itself is done by ``settings.INBOUND_DESK``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Door:
    """Where a key leads. ``kind``: what stands behind it; ``target``: id of a row in the tenant's schema.

    ``enter``: context manager of the tenant's scope. ``is_served``: false for suspended and closed tenants.
    """

    key: str
    kind: str
    target: str
    tenant: uuid.UUID
    is_served: bool
    enter: Callable[[], AbstractContextManager[Any]]


def open_door(*, kind: str, target: str, key: str | None = None) -> str:
    """Open a door for the tenant in force and return its key: ``key``, or 32 random hexadecimal digits.

    In the caller's transaction. A door with this ``key`` moves to the tenant in force: only for keys whose holder has
    proved that they are theirs.
    """
    return str(_desk().open_door(kind=kind, target=target, key=key))


def close_door(key: str) -> None:
    """Close a door of the tenant in force; nothing happens where it is not theirs."""
    _desk().close_door(key)


def find_door(key: str) -> Door | None:
    """Whose door this is, whatever scope is in force."""
    found: Door | None = _desk().find_door(key)
    return found


def public_url(path: str) -> str:
    """``path`` on the platform's own host, with scheme and port."""
    return str(_desk().public_address()) + path


def publish_file(*, name: str, content: str) -> None:
    """Have ``/<name>`` answered with ``content`` on the platform's host and the tenant's own. Raises ``Conflict``."""
    _desk().publish_file(name=name, content=content)


def published_files() -> list[tuple[str, str]]:
    """(name, content) of the files of the tenant in force."""
    found: list[tuple[str, str]] = _desk().published_files()
    return found


def file_content(name: str) -> str | None:
    """What ``/<name>`` answers here: on the platform's host any tenant's file, on a tenant's its own."""
    found: str | None = _desk().file_content(name)
    return found


def withdraw_file(name: str) -> None:
    _desk().withdraw_file(name)


def at_platform() -> AbstractContextManager[Any]:
    """The platform's own scope: for what all tenants share, such as a token of the platform itself."""
    entered: AbstractContextManager[Any] = _desk().at_platform()
    return entered


def put_value(name: str, value: bytes) -> None:
    """Keep a value of the platform itself, sealed. Replaces an earlier one."""
    _desk().put_value(name, value)


def get_value(name: str) -> bytes | None:
    found: bytes | None = _desk().get_value(name)
    return found


def _desk() -> ModuleType:
    return import_module(settings.INBOUND_DESK)
