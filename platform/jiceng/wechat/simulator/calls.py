"""What every API call has in common: routes, tokens, faults, quotas, the log."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .records import Account
from .world import TOKEN_SECONDS, World

Json = dict[str, Any]
API, WECOM = "api.weixin.qq.com", "qyapi.weixin.qq.com"


@dataclass
class Call:
    """``path``: with the host as its first part. ``account``: whose token came with it."""

    method: str
    path: str
    query: dict[str, str]
    raw: bytes = b""
    cookies: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    account: Account | None = None

    @property
    def body(self) -> Json:
        try:
            return json.loads(self.raw or b"{}")  # type: ignore[no-any-return]
        except ValueError as error:
            raise Refusal(47001, "data format error") from error

    @property
    def own(self) -> Account:
        assert self.account is not None  # noqa: S101 -- of calls with a token only
        return self.account


class Refusal(Exception):
    def __init__(self, errcode: int, errmsg: str = "error") -> None:
        self.errcode, self.errmsg = errcode, errmsg
        super().__init__(errmsg)


Handler = Callable[[World, Call], Any]
ROUTES: dict[tuple[str, str], tuple[Handler, bool]] = {}


def route(method: str, path: str, *, token: bool = True) -> Callable[[Handler], Handler]:
    """Mount a handler; ``token``: whether it wants an access token."""

    def mount(handler: Handler) -> Handler:
        ROUTES[(method, path)] = (handler, token)
        return handler

    return mount


def answer(world: World, call: Call) -> tuple[int, bytes, str]:
    """(status, body, content type) of an API call."""
    began, errcode = time.perf_counter(), 0
    world.calls[call.path] += 1
    if world.latency_seconds:
        time.sleep(world.latency_seconds)
    fault = world.take_fault(call.path)
    try:
        if fault and fault.delay_seconds:
            time.sleep(fault.delay_seconds)
        if fault and not fault.after and (fault.http or fault.body):
            return fault.http or 200, fault.body.encode(), "application/json"
        if fault and not fault.after and fault.errcode:
            raise Refusal(fault.errcode, "fault")
        found = _handle(world, call)
        if fault and fault.after:
            return fault.http or 502, b"", "text/plain"
    except Refusal as refusal:
        errcode = refusal.errcode
        found = {"errcode": errcode, "errmsg": f"{refusal.errmsg} rid: {secrets.token_hex(4)}-{secrets.token_hex(4)}"}
    finally:
        ms = round((time.perf_counter() - began) * 1000)
        appid = call.account.appid if call.account else str(call.query.get("appid") or call.query.get("corpid") or "")
        world.log.append({"at": world.now(), "path": call.path, "appid": appid, "errcode": errcode, "ms": ms})
    if isinstance(found, bytes):
        return 200, found, "image/png"
    return 200, json.dumps(found, ensure_ascii=False).encode(), "application/json; encoding=utf-8"


def _handle(world: World, call: Call) -> Any:
    mounted = ROUTES.get((call.method, call.path))
    if mounted is None:
        raise Refusal(40066, "invalid url")
    handler, wants_token = mounted
    if wants_token:
        call.account = owner(world, call)
        _check_quota(world, call)
    with world.lock:
        return handler(world, call)


def owner(world: World, call: Call) -> Account:
    """The account whose token came. Raises as WeChat does."""
    token = call.query.get("access_token", "")
    if not token:
        raise Refusal(41001, "access_token missing")
    with world.lock:
        kept = world.tokens.get(token)
    if kept is None:
        raise Refusal(
            40014 if WECOM in call.path else 40001, "invalid credential, access_token is invalid or not latest"
        )
    account = world.accounts[kept[0]]
    if account.always_stale:
        raise Refusal(40001, "invalid credential")
    if kept[1] < world.now():
        raise Refusal(42001, "access_token expired")
    if any(part in call.path for part in account.denied):
        raise Refusal(48001, "api unauthorized")
    return account


def new_token(world: World, account: Account) -> Json:
    token = f"{account.kind}_{secrets.token_urlsafe(60)}"
    world.tokens[token] = (account.appid, world.now() + TOKEN_SECONDS)
    return {"access_token": token, "expires_in": TOKEN_SECONDS}


def current_token(world: World, account: Account) -> Json | None:
    """The newest token that holds for at least five minutes more."""
    for token, (appid, ends_at) in reversed(world.tokens.items()):
        if appid == account.appid and ends_at - world.now() > 300:
            return {"access_token": token, "expires_in": int(ends_at - world.now())}
    return None


def _check_quota(world: World, call: Call) -> None:
    limit = world.quotas.get(call.path)
    if limit is None:
        return
    key = f"quota:{call.own.appid}:{call.path}"
    world.calls[key] += 1
    if world.calls[key] > limit:
        raise Refusal(45009, "reach max api daily quota limit")
