"""Who opens a page: the authorise page, and the exchange of its code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from wechatpy.oauth import WeChatOAuth

from . import answers, hosts
from .client import CorporateClient
from .errors import CallRefused


@dataclass(frozen=True, slots=True)
class Visitor:
    """``openid``: WeCom's userid. ``is_snapshot``: nobody real: the page is shown as a snapshot."""

    openid: str
    unionid: str = ""
    is_snapshot: bool = False


def authorize_url(*, appid: str, back: str, state: str, scope: str, component: str = "", agent_id: str = "") -> str:
    """WeChat's page that sends the visitor to ``back`` with a code. WeChat wants the parameters in this very order."""
    if agent_id:
        query = f"appid={appid}&redirect_uri={quote(back, safe='')}&response_type=code&scope={scope}&state={state}"
        return hosts.page(f"{hosts.OPEN}/connect/oauth2/authorize?{query}&agentid={agent_id}#wechat_redirect")
    url = WeChatOAuth(appid, "", back, scope, state).authorize_url
    if component:
        url = url.replace("#wechat_redirect", f"&component_appid={component}#wechat_redirect")
    return hosts.page(url)


def visitor_by_secret(*, appid: str, secret: str, code: str) -> Visitor:
    """Exchange ``code`` at an Official Account. Raises ``GatewayError``; 40029, 40163: a used or stale code."""
    params = {"appid": appid, "secret": secret, "code": code, "grant_type": "authorization_code"}
    return _visitor(answers.read(hosts.send("GET", f"{hosts.API}/sns/oauth2/access_token", params=params)))


def visitor_by_component(*, appid: str, code: str, component: str, component_token: str) -> Visitor:
    """Exchange ``code`` at an account that has authorised the platform."""
    params = {
        "appid": appid, "code": code, "grant_type": "authorization_code", "component_appid": component,
        "component_access_token": component_token,
    }  # fmt: skip
    return _visitor(answers.read(hosts.send("GET", f"{hosts.API}/sns/oauth2/component/access_token", params=params)))


def visitor_of_wecom(client: CorporateClient, code: str) -> Visitor:
    """Exchange ``code`` at WeCom. Raises ``CallRefused`` for people outside the corporation."""
    answer = client.call("GET", "auth/getuserinfo", params={"code": code})
    userid = str(answer.get("userid") or answer.get("UserId") or "")
    if not userid:
        raise CallRefused(60111, "not a member of the corporation")
    return Visitor(userid)


def _visitor(answer: dict[str, Any]) -> Visitor:
    is_snapshot = str(answer.get("is_snapshotuser", "")) == "1"
    return Visitor(str(answer["openid"]), str(answer.get("unionid", "")), is_snapshot)
