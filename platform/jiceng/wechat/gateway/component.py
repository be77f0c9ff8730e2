"""The platform's own third-party platform (开放平台): how accounts authorise it, and the tokens that come of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings

from . import answers, hosts
from .errors import TokenRefused
from .tokens import Fetched

# Service types of accounts: 2 is 服务号; 0 and 1 are 订阅号. Verification -1: none.
SERVICE = 2


@dataclass(frozen=True, slots=True)
class Authorization:
    """What an account has given. ``permissions``: ids of permission sets."""

    appid: str
    refresh_token: str
    permissions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    original_id: str
    is_service: bool
    is_verified: bool


def is_offered() -> bool:
    """Whether the operator has a third-party platform."""
    return bool(settings.WECHAT_COMPONENT_APPID)


def fetch_component_token(ticket: str) -> Fetched:
    if not ticket:
        raise TokenRefused(61006, "no component_verify_ticket has come yet")
    answer = _post("api_component_token", "", {
        "component_appid": settings.WECHAT_COMPONENT_APPID, "component_appsecret": settings.WECHAT_COMPONENT_SECRET,
        "component_verify_ticket": ticket,
    })  # fmt: skip
    return Fetched(str(answer["component_access_token"]), int(answer.get("expires_in", 7200)))


def authorize_page(component_token: str, back: str) -> str:
    """The page on which an account's administrator authorises the platform and is sent to ``back``."""
    answer = _post("api_create_preauthcode", component_token, {})
    appid, code = settings.WECHAT_COMPONENT_APPID, answer["pre_auth_code"]
    query = (
        f"component_appid={appid}&pre_auth_code={quote(code, safe='')}&redirect_uri={quote(back, safe='')}&auth_type=1"
    )
    return hosts.page(f"{hosts.MP}/cgi-bin/componentloginpage?{query}")


def query_auth(component_token: str, code: str) -> tuple[Authorization, Fetched]:
    """What the code from the authorise page stands for, and the account's first token."""
    answer = _post("api_query_auth", component_token, {"authorization_code": code})["authorization_info"]
    granted = tuple(int(item["funcscope_category"]["id"]) for item in answer.get("func_info", ()))
    found = Authorization(answer["authorizer_appid"], answer["authorizer_refresh_token"], granted)
    return found, Fetched(answer["authorizer_access_token"], int(answer.get("expires_in", 7200)))


def refresh(component_token: str, appid: str, refresh_token: str) -> tuple[Fetched, str]:
    """A new token, and the refresh token to use next: it may have changed."""
    body = {"authorizer_appid": appid, "authorizer_refresh_token": refresh_token}
    answer = _post("api_authorizer_token", component_token, body)
    fetched = Fetched(answer["authorizer_access_token"], int(answer.get("expires_in", 7200)))
    return fetched, str(answer.get("authorizer_refresh_token") or refresh_token)


def profile(component_token: str, appid: str) -> tuple[Profile, tuple[int, ...]]:
    """The account as WeChat describes it, and the permission sets given."""
    answer = _post("api_get_authorizer_info", component_token, {"authorizer_appid": appid})
    told = answer["authorizer_info"]
    granted = answer.get("authorization_info", {}).get("func_info", ())
    described = Profile(
        name=str(told.get("nick_name", ""))[:40], original_id=str(told.get("user_name", "")),
        is_service=int(told.get("service_type_info", {}).get("id", 0)) == SERVICE,
        is_verified=int(told.get("verify_type_info", {}).get("id", -1)) >= 0,
    )  # fmt: skip
    return described, tuple(int(item["funcscope_category"]["id"]) for item in granted)


def _post(name: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
    params = {"component_access_token": token} if token else {}
    whole = {"component_appid": settings.WECHAT_COMPONENT_APPID, **body}
    response = hosts.send("POST", f"{hosts.API}/cgi-bin/component/{name}", params=params, json=whole)
    answer: dict[str, Any] = answers.read(response)
    return answer
