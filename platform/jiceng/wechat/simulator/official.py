"""The API of Official Accounts."""

from __future__ import annotations

import io
import re
import secrets
import threading

import segno

from . import callbacks
from .calls import API, Call, Json, Refusal, current_token, new_token, route
from .records import Account, Code, Message, Tie
from .world import HOURS_48, MINUTE, World

KEYWORD = re.compile(r"\{\{([a-z_]+\d*)\.DATA\}\}")
LONGEST_CODE = 2_592_000


@route("GET", f"/{API}/cgi-bin/token", token=False)
def token(world: World, call: Call) -> Json:
    return new_token(world, _by_secret(world, call.query.get("appid", ""), call.query.get("secret", "")))


@route("POST", f"/{API}/cgi-bin/stable_token", token=False)
def stable_token(world: World, call: Call) -> Json:
    body = call.body
    account = _by_secret(world, body.get("appid", ""), body.get("secret", ""))
    if not body.get("force_refresh") and (kept := current_token(world, account)):
        return kept
    return new_token(world, account)


@route("GET", f"/{API}/cgi-bin/get_current_selfmenu_info")
def menu_info(world: World, call: Call) -> Json:
    return {"is_menu_open": int(bool(call.own.menu)), "selfmenu_info": {"button": call.own.menu}}


@route("POST", f"/{API}/cgi-bin/menu/create")
def create_menu(world: World, call: Call) -> Json:
    call.own.menu = _checked_menu(call.body)
    return _ok()


@route("POST", f"/{API}/cgi-bin/menu/addconditional")
def add_conditional(world: World, call: Call) -> Json:
    if not call.own.menu:
        raise Refusal(65303, "no selfmenu at present")
    call.own.conditional.append(
        {"menuid": world.number(), "button": _checked_menu(call.body), "matchrule": call.body.get("matchrule")}
    )
    return {"menuid": call.own.conditional[-1]["menuid"]}


@route("GET", f"/{API}/cgi-bin/menu/get")
def get_menu(world: World, call: Call) -> Json:
    if not call.own.menu:
        raise Refusal(46003, "menu not exist")
    return {"menu": {"button": call.own.menu}, "conditionalmenu": call.own.conditional}


@route("GET", f"/{API}/cgi-bin/menu/delete")
def delete_menu(world: World, call: Call) -> Json:
    call.own.menu, call.own.conditional = [], []
    return _ok()


@route("POST", f"/{API}/cgi-bin/qrcode/create")
def create_code(world: World, call: Call) -> Json:
    body, name = call.body, str(call.body.get("action_name", ""))
    scene = str(
        body.get("action_info", {}).get("scene", {}).get("scene_str", "")
        or body.get("action_info", {}).get("scene", {}).get("scene_id", "")
    )
    if name not in ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE") or not 1 <= len(scene) <= 64:
        raise Refusal(40053, "invalid action info")
    seconds = 0 if "LIMIT" in name else min(LONGEST_CODE, int(body.get("expire_seconds", 60)))
    ticket = secrets.token_urlsafe(40)
    ends_at = world.now() + seconds if seconds else 0
    url = f"http://weixin.qq.com/q/{secrets.token_urlsafe(12)}"
    world.codes[ticket] = Code(call.own.appid, scene, ticket, url, ends_at, world.now())
    return {"ticket": ticket, "url": url, **({"expire_seconds": seconds} if seconds else {})}


@route("GET", "/mp.weixin.qq.com/cgi-bin/showqrcode", token=False)
def show_code(world: World, call: Call) -> bytes:
    code = world.codes.get(call.query.get("ticket", ""))
    if code is None:
        raise Refusal(40050, "invalid ticket")
    drawn = io.BytesIO()
    segno.make(code.url).save(drawn, kind="png", scale=6)
    return drawn.getvalue()


@route("GET", f"/{API}/cgi-bin/user/info")
def user_info(world: World, call: Call) -> Json:
    tie = _tie(world, call, call.query.get("openid", ""))
    return {"subscribe": int(tie.follows), "openid": tie.openid, "language": "zh_CN", "unionid": f"u-{tie.person}"}


@route("GET", f"/{API}/cgi-bin/user/get")
def user_get(world: World, call: Call) -> Json:
    listed = [tie.openid for tie in world.ties.values() if tie.appid == call.own.appid and tie.follows]
    return {"total": len(listed), "count": len(listed), "data": {"openid": listed}, "next_openid": ""}


@route("GET", f"/{API}/cgi-bin/template/get_all_private_template")
def templates(world: World, call: Call) -> Json:
    return {"template_list": call.own.templates}


@route("POST", f"/{API}/cgi-bin/message/template/send")
def send_template(world: World, call: Call) -> Json:
    body = call.body
    tie = _tie(world, call, str(body.get("touser", "")))
    template = _template(call.own, body)
    if tie.blocks:
        raise Refusal(43019, "require remove blacklist")
    if not tie.follows:
        raise Refusal(43004, "require subscribe")
    key = str(body.get("client_msg_id", ""))
    repeated = world.by_key.get((call.own.appid, key)) if key else None
    if repeated is not None:
        return {"errcode": 0, "errmsg": "ok", "msgid": int(repeated.msgid)}
    data = {name: item["value"] for name, item in body["data"].items()}
    content = {"title": template["title"], "fields": _labelled(template, data), "url": body.get("url", "")}
    sent = world.show(Message(call.own.appid, tie.openid, "out", "template", content, world.now(), key=key))
    if world.reports and (call.own.url or call.own.authorized):
        fields = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": sent.msgid, "Status": "success"}
        threading.Timer(0.2, callbacks.deliver, (world, call.own, tie.openid, fields)).start()
    return {"errcode": 0, "errmsg": "ok", "msgid": int(sent.msgid)}


@route("POST", f"/{API}/cgi-bin/message/subscribe/bizsend")
def send_subscription(world: World, call: Call) -> Json:
    body = call.body
    tie, template = _tie(world, call, str(body.get("touser", ""))), _template(call.own, body)
    if tie.offers.get(template["template_id"], 0) < 1:
        raise Refusal(43101, "user refuse to accept the msg")
    tie.offers[template["template_id"]] -= 1
    data = {name: item["value"] for name, item in body["data"].items()}
    content = {"title": template["title"], "fields": _labelled(template, data), "url": body.get("page", "")}
    world.show(Message(call.own.appid, tie.openid, "out", "subscription", content, world.now()))
    return _ok()


@route("POST", f"/{API}/cgi-bin/message/custom/send")
def send_custom(world: World, call: Call) -> Json:
    body = call.body
    tie = _tie(world, call, str(body.get("touser", "")))
    if tie.blocks:
        raise Refusal(43019, "require remove blacklist")
    now = world.now()
    is_message_open, is_event_open = now - tie.message_at < HOURS_48, now - tie.event_at < MINUTE
    if not is_message_open and not is_event_open:
        raise Refusal(45015, "response out of time limit or subscription is canceled")
    if is_event_open and tie.event_left:
        tie.event_left -= 1
    elif is_message_open and tie.message_left:
        tie.message_left -= 1
    else:
        raise Refusal(45047, "out of response count limit")
    content = (
        {"text": body.get("text", {}).get("content", "")}
        if body.get("msgtype") == "text"
        else {"text": f"［{body.get('msgtype')}］"}
    )
    world.show(Message(call.own.appid, tie.openid, "out", "custom", content, now))
    return _ok()


@route("GET", f"/{API}/cgi-bin/ticket/getticket")
def script_ticket(world: World, call: Call) -> Json:
    return {"errcode": 0, "errmsg": "ok", "ticket": f"ticket-{call.own.appid}", "expires_in": 7200}


@route("GET", f"/{API}/sns/oauth2/access_token", token=False)
def exchange(world: World, call: Call) -> Json:
    account = _by_secret(world, call.query.get("appid", ""), call.query.get("secret", ""))
    return exchanged(world, account, call.query.get("code", ""))


def exchanged(world: World, account: Account, code: str) -> Json:
    """What a code from the authorise page gives, once."""
    kept = world.oauth_codes.get(code)
    if kept is None or kept["appid"] != account.appid:
        raise Refusal(40029, "invalid code")
    if kept["used"]:
        raise Refusal(40163, "code been used")
    if kept["ends_at"] < world.now():
        raise Refusal(42003, "oauth_code expired")
    kept["used"] = True
    person = world.people[kept["person"]]
    more = {"is_snapshotuser": 1} if person.is_snapshot else {}
    return {
        "access_token": secrets.token_urlsafe(30), "expires_in": 7200, "refresh_token": secrets.token_urlsafe(30),
        "openid": world.tie(person.id, account.appid).openid, "scope": kept["scope"], "unionid": f"u-{person.id}", **more,
    }  # fmt: skip


def _by_secret(world: World, appid: str, secret: str) -> Account:
    account = world.accounts.get(appid)
    if account is None or account.kind != "oa":
        raise Refusal(40013, "invalid appid")
    if account.secret != secret:
        raise Refusal(40125, "invalid appsecret")
    if account.ip_refused:
        raise Refusal(40164, "invalid ip 127.0.0.1, not in whitelist")
    return account


def _tie(world: World, call: Call, openid: str) -> Tie:
    tie = world.by_openid.get((call.own.appid, openid))
    if tie is None:
        raise Refusal(40003, "invalid openid")
    return tie


def _template(account: Account, body: Json) -> dict[str, str]:
    template = next((row for row in account.templates if row["template_id"] == body.get("template_id")), None)
    if template is None:
        raise Refusal(40037, "invalid template_id")
    data = body.get("data") or {}
    for keyword in KEYWORD.findall(template["content"]):
        value = str((data.get(keyword) or {}).get("value", ""))
        limit = 20 if keyword.startswith("thing") else 32
        if not value or len(value) > limit or "\n" in value:
            raise Refusal(47003, f"argument invalid! data.{keyword}.value")
    return template


def _labelled(template: dict[str, str], data: dict[str, str]) -> list[list[str]]:
    rows = []
    for line in template["content"].splitlines():
        found = KEYWORD.search(line)
        if found:
            rows.append([line[: found.start()].rstrip("：: "), data.get(found.group(1), "")])
    return rows


def _checked_menu(body: Json) -> list[Json]:
    buttons = body.get("button") or []
    if not 1 <= len(buttons) <= 3:
        raise Refusal(40017, "invalid button size")
    for button in buttons:
        below = button.get("sub_button") or []
        if len(str(button.get("name", "")).encode()) > 16 or not button.get("name"):
            raise Refusal(40018, "invalid button name size")
        if len(below) > 5:
            raise Refusal(40023, "invalid sub button size")
        for item in below or [button]:
            if len(str(item.get("name", "")).encode()) > 60:
                raise Refusal(40025, "invalid sub button name size")
            if item.get("type") == "view" and (not item.get("url") or len(item["url"].encode()) > 1024):
                raise Refusal(40027, "invalid sub button url size")
            if item.get("type") == "click" and (not item.get("key") or len(item["key"].encode()) > 128):
                raise Refusal(40026, "invalid sub button key size")
    return list(buttons)


def _ok() -> Json:
    return {"errcode": 0, "errmsg": "ok"}
