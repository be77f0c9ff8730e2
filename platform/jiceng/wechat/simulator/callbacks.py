"""Calls from the platform to an account's address: the check when it is set, messages, and the three tries."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import requests

from . import codec
from .records import Account

if TYPE_CHECKING:
    from .world import World

TIMEOUT_SECONDS, TRIES = 5.0, 3
BROKEN = {"text": "该公众号提供的服务出现故障，请稍后再试", "system": True}


def over_loopback(method: str, url: str, headers: dict[str, str], body: bytes, timeout: float) -> tuple[int, bytes]:
    """Call ``url`` at 127.0.0.1, whatever host it names; (0, b"") when nobody answers in time."""
    parts = urlsplit(url)
    local = f"http://127.0.0.1:{parts.port or 80}{parts.path}{'?' + parts.query if parts.query else ''}"
    try:
        answer = requests.request(
            method, local, headers={**headers, "Host": parts.netloc}, data=body, timeout=timeout, allow_redirects=False
        )
    except requests.RequestException:
        return 0, b""
    return answer.status_code, answer.content


def check(world: World, account: Account, url: str, token: str, aes_key: str) -> str:
    """``""``, or why the address is not taken."""
    if urlsplit(url).scheme not in ("http", "https"):
        return "请填写正确的 URL"
    timestamp, nonce, word = str(int(world.now())), secrets.token_hex(5), secrets.token_hex(8)
    if account.kind == "wecom":
        sent = codec.encrypt(word, aes_key, account.appid)
        query = {"msg_signature": codec.sign(token, timestamp, nonce, sent)}
    else:
        sent, query = word, {"signature": codec.sign(token, timestamp, nonce)}
    query |= {"timestamp": timestamp, "nonce": nonce, "echostr": sent}
    status, body = world.transport("GET", f"{url}?{urlencode(query)}", {}, b"", TIMEOUT_SECONDS)
    if status != 200:
        return f"请求 URL 超时或出错（{status or '没有回应'}）"
    return "" if body == word.encode() else "Token 验证失败"


def deliver(world: World, account: Account, openid: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Bring a message; returns what the person sees of the answer, ``{}`` for nothing."""
    component = next((row for row in world.accounts.values() if row.kind == "component"), None)
    if account.authorized and component is not None:
        whole = {"ToUserName": account.original_id, "FromUserName": openid, "CreateTime": int(world.now()), **fields}
        return send(world, component, whole, openid=openid, url=component.url.replace("$APPID$", account.appid))
    to = account.appid if account.kind == "wecom" else account.original_id
    whole = {"ToUserName": to, "FromUserName": openid, "CreateTime": int(world.now()), **fields}
    if account.kind == "wecom":
        whole["AgentID"] = account.agent_id
    return send(world, account, whole, openid=openid)


def send(world: World, account: Account, fields: dict[str, Any], *, openid: str = "", url: str = "") -> dict[str, Any]:
    """Up to three tries, as WeChat makes them."""
    for _try in range(TRIES):
        query, body = _signed(world, account, fields, openid)
        status, answer = world.transport(
            "POST", f"{url or account.url}?{query}", {"Content-Type": "text/xml"}, body, TIMEOUT_SECONDS
        )
        if status == 200:
            return _shown(account, answer.decode(errors="replace"))
    return dict(BROKEN) if fields.get("MsgType") != "event" else {}


def _signed(world: World, account: Account, fields: dict[str, Any], openid: str) -> tuple[str, bytes]:
    timestamp, nonce = str(int(world.now())), secrets.token_hex(5)
    query = {"signature": codec.sign(account.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    if openid and account.kind == "oa":
        query["openid"] = openid
    text = codec.to_xml(fields)
    if account.kind == "oa" and account.mode == "plain":
        return urlencode(query), text.encode()
    sealed = codec.encrypt(text, account.aes_key, account.appid)
    query |= {"encrypt_type": "aes", "msg_signature": codec.sign(account.token, timestamp, nonce, sealed)}
    more = (
        dict(fields)
        if account.kind == "oa" and account.mode == "compat"
        else {"ToUserName": fields.get("ToUserName", account.appid)}
    )
    return urlencode(query), codec.to_xml({**more, "Encrypt": sealed}).encode()


def _shown(account: Account, answer: str) -> dict[str, Any]:
    if answer.strip() in ("", "success"):
        return {}
    try:
        fields = codec.from_xml(answer)
        if "Encrypt" in fields:
            expected = codec.sign(account.token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
            if expected != fields["MsgSignature"]:
                return dict(BROKEN)
            fields = codec.from_xml(codec.decrypt(fields["Encrypt"], account.aes_key)[0])
    except Exception:
        return dict(BROKEN)
    if fields.get("MsgType") == "news":
        item = fields["Articles"]["item"]
        return {"title": item["Title"], "text": item["Description"], "url": item["Url"]}
    return {"text": fields.get("Content", "")}
