"""The API of WeCom (企业微信)."""

from __future__ import annotations

import hashlib

from .calls import WECOM, Call, Json, Refusal, current_token, new_token, route
from .official import exchanged
from .records import Message
from .world import World

AT_ONCE = 1000


@route("GET", f"/{WECOM}/cgi-bin/gettoken", token=False)
def token(world: World, call: Call) -> Json:
    account = world.accounts.get(call.query.get("corpid", ""))
    if account is None or account.kind != "wecom":
        raise Refusal(40013, "invalid corpid")
    if account.secret != call.query.get("corpsecret"):
        raise Refusal(40001, "invalid credential")
    return {"errcode": 0, "errmsg": "ok", **(current_token(world, account) or new_token(world, account))}


@route("POST", f"/{WECOM}/cgi-bin/message/send")
def send(world: World, call: Call) -> Json:
    body = call.body
    if str(body.get("agentid")) != call.own.agent_id:
        raise Refusal(301002, "not allow operate another agent with this accesstoken")
    if call.own.ip_refused:
        raise Refusal(60020, "not allow to access from your ip")
    users = [user for user in str(body.get("touser", "")).split("|") if user]
    if not users or len(users) > AT_ONCE:
        raise Refusal(40031, "invalid userid size")
    known = {person.userid.lower(): person.id for person in world.people.values() if person.userid}
    invalid = [user for user in users if user.lower() not in known]
    if len(invalid) == len(users):
        raise Refusal(81013, "user & party & tag all invalid")
    msgid = world.number()
    if not _is_repeated(world, call):
        card = body.get("textcard") or {}
        content = {"title": card.get("title", ""), "text": card.get("description", ""), "url": card.get("url", "")}
        if body.get("msgtype") == "text":
            content = {"text": body.get("text", {}).get("content", "")}
        for user in users:
            if user not in invalid:
                tie = world.tie(known[user.lower()], call.own.appid)
                world.show(
                    Message(
                        call.own.appid, tie.openid, "out", "wecom", content, world.now(), msgid=f"{msgid}.{tie.openid}"
                    )
                )
    return {"errcode": 0, "errmsg": "ok", "invaliduser": "|".join(invalid), "msgid": msgid}


@route("GET", f"/{WECOM}/cgi-bin/auth/getuserinfo")
def user_info(world: World, call: Call) -> Json:
    found = exchanged(world, call.own, call.query.get("code", ""))
    return {"errcode": 0, "errmsg": "ok", "userid": found["openid"]}


@route("GET", f"/{WECOM}/cgi-bin/agent/get")
def agent(world: World, call: Call) -> Json:
    if call.query.get("agentid") != call.own.agent_id:
        raise Refusal(301002, "not allow operate another agent with this accesstoken")
    return {"errcode": 0, "errmsg": "ok", "agentid": int(call.own.agent_id), "name": call.own.name}


@route("GET", f"/{WECOM}/cgi-bin/get_jsapi_ticket")
def script_ticket(world: World, call: Call) -> Json:
    return {"errcode": 0, "errmsg": "ok", "ticket": f"ticket-{call.own.appid}", "expires_in": 7200}


@route("POST", f"/{WECOM}/cgi-bin/menu/create")
def create_menu(world: World, call: Call) -> Json:
    call.own.menu = list(call.body.get("button") or [])
    return {"errcode": 0, "errmsg": "ok"}


def _is_repeated(world: World, call: Call) -> bool:
    """Whether the very same message was sent within the interval that it asks for."""
    body = call.body
    if not body.get("enable_duplicate_check"):
        return False
    digest = f"{call.own.appid}:{hashlib.sha256(call.raw).hexdigest()}"
    before, world.same[digest] = world.same.get(digest, 0), world.now()
    return world.now() - before < int(body.get("duplicate_check_interval", 1800))
