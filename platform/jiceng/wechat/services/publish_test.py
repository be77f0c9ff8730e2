"""The test that WeChat runs before a third-party platform may be published (开放平台“全网发布接入检测”)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..gateway import answers, codec, component, hosts
from ..gateway.errors import GatewayError
from . import clients

APPID = "wx570bc396a51b8ff8"
TEXT, QUERY = "TESTCOMPONENT_MSG_TYPE_TEXT", "QUERY_AUTH_CODE:"


def reply(facts: Mapping[str, Any]) -> str:
    """The passive answer as XML. For the second step it is empty, and the answer goes out as a customer-service message."""
    content = str(facts.get("Content", ""))
    if facts.get("MsgType") == "event":
        return _text(facts, f"{facts.get('Event', '')}from_callback")
    if content.startswith(QUERY):
        _answer_by_api(str(facts.get("FromUserName", "")), content.removeprefix(QUERY))
        return ""
    return _text(facts, f"{TEXT}_callback") if content == TEXT else ""


def _answer_by_api(openid: str, code: str) -> None:
    try:
        _granted, fetched = component.query_auth(clients.component_token(), code)
        body = {"touser": openid, "msgtype": "text", "text": {"content": f"{code}_from_api"}}
        url = f"{hosts.API}/cgi-bin/message/custom/send"
        answers.read(hosts.send("POST", url, params={"access_token": fetched.token}, json=body))
    except GatewayError:
        return  # WeChat reports the step as failed


def _text(facts: Mapping[str, Any], words: str) -> str:
    return codec.text_reply(to=str(facts.get("FromUserName", "")), sender=str(facts.get("ToUserName", "")), text=words)
