"""What the simulated platform knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Account:
    """``kind``: "oa", "wecom" or "component". ``url``, ``token``, ``aes_key``, ``mode``: the callback as set in the backend."""

    kind: str
    appid: str
    secret: str
    name: str
    agent_id: str = ""
    original_id: str = ""
    is_verified: bool = True
    is_service: bool = True
    oauth_domains: list[str] = field(default_factory=list)
    templates: list[dict[str, str]] = field(default_factory=list)
    ip_refused: bool = False
    denied: list[str] = field(default_factory=list)  # parts of paths that answer 48001
    url: str = ""
    token: str = ""
    aes_key: str = ""
    mode: str = "secure"
    menu: list[dict[str, Any]] = field(default_factory=list)
    conditional: list[dict[str, Any]] = field(default_factory=list)
    authorized: bool = False
    refresh_token: str = ""
    always_stale: bool = False
    events_url: str = ""  # of a component: where its own events go; ``url`` is that of messages, with $APPID$


@dataclass
class Person:
    """Somebody with a phone. Their openid differs at each account."""

    id: str
    name: str
    userid: str = ""
    is_snapshot: bool = False


@dataclass
class Tie:
    """A person at an account. ``message_at``, ``event_at``: of the last interaction, for the windows."""

    person: str
    appid: str
    openid: str
    follows: bool = False
    blocks: bool = False
    message_at: float = 0
    message_left: int = 0
    event_at: float = 0
    event_left: int = 0
    offers: dict[str, int] = field(default_factory=dict)


@dataclass
class Message:
    """One line of a chat. ``side``: "in" from the person, "out" to them. ``content``: as sent."""

    appid: str
    openid: str
    side: str
    channel: str
    content: dict[str, Any]
    at: float
    key: str = ""
    msgid: str = ""


@dataclass
class Code:
    """A QR code. ``ends_at``: 0 for ever."""

    appid: str
    scene: str
    ticket: str
    url: str
    ends_at: float = 0
    made_at: float = 0


@dataclass
class Fault:
    """The next ``times`` calls whose path holds ``match`` go wrong, after ``skip`` that do not."""

    match: str
    errcode: int = 0
    http: int = 0
    delay_seconds: float = 0
    body: str = ""
    times: int = 1
    skip: int = 0
    after: bool = False  # the call is carried out, and its answer is lost
