"""The API of third-party platforms (开放平台), and the events that go to them."""

from __future__ import annotations

import secrets

from . import callbacks
from .calls import API, Call, Json, Refusal, new_token, route
from .official import exchanged
from .records import Account
from .world import TOKEN_SECONDS, World

SETS = (1, 2, 3, 4, 7, 11, 15, 89)


@route("POST", f"/{API}/cgi-bin/component/api_component_token", token=False)
def component_token(world: World, call: Call) -> Json:
    body = call.body
    component = _component(world, body)
    if component.secret != body.get("component_appsecret"):
        raise Refusal(40125, "invalid appsecret")
    if not world.component_ticket or body.get("component_verify_ticket") != world.component_ticket:
        raise Refusal(61006, "component ticket is invalid")
    token = new_token(world, component)["access_token"]
    return {"component_access_token": token, "expires_in": TOKEN_SECONDS}


@route("POST", f"/{API}/cgi-bin/component/api_create_preauthcode", token=False)
def preauthcode(world: World, call: Call) -> Json:
    _by_token(world, call)
    return {"pre_auth_code": f"preauthcode-{secrets.token_urlsafe(20)}", "expires_in": 1800}


@route("POST", f"/{API}/cgi-bin/component/api_query_auth", token=False)
def query_auth(world: World, call: Call) -> Json:
    _by_token(world, call)
    kept = world.oauth_codes.pop(str(call.body.get("authorization_code", "")), None)
    if kept is None:
        raise Refusal(61010, "code is expired")
    account = world.accounts[kept["appid"]]
    account.authorized, account.refresh_token = True, secrets.token_urlsafe(30)
    info = {
        "authorizer_appid": account.appid, "authorizer_access_token": new_token(world, account)["access_token"],
        "expires_in": TOKEN_SECONDS, "authorizer_refresh_token": account.refresh_token, "func_info": _sets(),
    }  # fmt: skip
    return {"authorization_info": info}


@route("POST", f"/{API}/cgi-bin/component/api_authorizer_token", token=False)
def authorizer_token(world: World, call: Call) -> Json:
    """A new token; the refresh token changes with it."""
    _by_token(world, call)
    account = world.accounts.get(str(call.body.get("authorizer_appid", "")))
    if account is None or not account.authorized:
        raise Refusal(61003, "component is not authorized by this account")
    if call.body.get("authorizer_refresh_token") != account.refresh_token:
        raise Refusal(61023, "refresh_token is invalid")
    account.refresh_token = secrets.token_urlsafe(30)
    return {
        "authorizer_access_token": new_token(world, account)["access_token"], "expires_in": TOKEN_SECONDS,
        "authorizer_refresh_token": account.refresh_token,
    }  # fmt: skip


@route("POST", f"/{API}/cgi-bin/component/api_get_authorizer_info", token=False)
def authorizer_info(world: World, call: Call) -> Json:
    _by_token(world, call)
    account = world.accounts.get(str(call.body.get("authorizer_appid", "")))
    if account is None or not account.authorized:
        raise Refusal(61003, "component is not authorized by this account")
    told = {
        "nick_name": account.name, "user_name": account.original_id,
        "service_type_info": {"id": 2 if account.is_service else 0}, "verify_type_info": {"id": 0 if account.is_verified else -1},
    }  # fmt: skip
    return {"authorizer_info": told, "authorization_info": {"authorizer_appid": account.appid, "func_info": _sets()}}


@route("GET", f"/{API}/sns/oauth2/component/access_token", token=False)
def exchange(world: World, call: Call) -> Json:
    kept = world.tokens.get(call.query.get("component_access_token", ""))
    account = world.accounts.get(call.query.get("appid", ""))
    if kept is None or account is None or not account.authorized:
        raise Refusal(40001, "invalid credential")
    return exchanged(world, account, call.query.get("code", ""))


def push_ticket(world: World) -> None:
    """As every ten minutes."""
    component = next(row for row in world.accounts.values() if row.kind == "component")
    world.component_ticket = f"ticket@@@{secrets.token_urlsafe(30)}"
    _event(world, component, {"InfoType": "component_verify_ticket", "ComponentVerifyTicket": world.component_ticket})


def unauthorize(world: World, appid: str) -> None:
    """The account's administrator takes the authorisation back."""
    component = next(row for row in world.accounts.values() if row.kind == "component")
    account = world.accounts[appid]
    account.authorized, account.refresh_token = False, ""
    for token in [token for token, (owner, _ends_at) in world.tokens.items() if owner == appid]:
        del world.tokens[token]
    _event(world, component, {"InfoType": "unauthorized", "AuthorizerAppid": appid})


def _event(world: World, component: Account, fields: Json) -> None:
    whole = {"AppId": component.appid, "CreateTime": int(world.now()), **fields}
    callbacks.send(world, component, whole, url=component.events_url)


def _component(world: World, body: Json) -> Account:
    found = world.accounts.get(str(body.get("component_appid", "")))
    if found is None or found.kind != "component":
        raise Refusal(40013, "invalid appid")
    return found


def _by_token(world: World, call: Call) -> Account:
    component = _component(world, call.body)
    kept = world.tokens.get(call.query.get("component_access_token", ""))
    if kept is None or kept[0] != component.appid or kept[1] < world.now():
        raise Refusal(40001, "invalid credential")
    return component


def _sets() -> list[Json]:
    return [{"funcscope_category": {"id": number}} for number in SETS]
