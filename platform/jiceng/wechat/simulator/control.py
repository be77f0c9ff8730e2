"""The control plane: ``POST /simulator/<method of World>`` with JSON arguments."""

from __future__ import annotations

import dataclasses
from typing import Any

from . import component
from .calls import Call, Json
from .world import World

METHODS = frozenset({
    "add_account", "add_person", "follow", "unfollow", "scan", "send_text", "click", "accept", "block", "submit_callback",
    "fault", "revoke_tokens", "advance", "deliveries", "openid",
})  # fmt: skip
SETTABLE = frozenset({"latency_seconds", "reports"})


def act(world: World, call: Call) -> tuple[int, Any]:
    """(status, JSON)."""
    name = call.path.strip("/").split("/")[-1]
    arguments: Json = call.body
    if name == "state":
        return 200, {
            "calls": dict(world.calls),
            "messages": len(world.messages),
            "accounts": sorted(world.accounts),
            "people": [dataclasses.asdict(row) for row in world.people.values()],
        }
    if name == "set":
        for key in SETTABLE & set(arguments):
            setattr(world, key, arguments[key])
        return 200, {}
    if name in ("push_ticket", "unauthorize"):
        getattr(component, name)(world, **arguments)
        return 200, {}
    if name not in METHODS:
        return 404, {"error": "unknown"}
    found = getattr(world, name)(**arguments)
    return 200, {"result": _plain(found)}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
