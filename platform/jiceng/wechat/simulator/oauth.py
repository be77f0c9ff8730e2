"""The authorise page of WeChat's sign-in, and the one on which an account authorises a third-party platform."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit

from .calls import Call
from .html import Page, document, e, form, to
from .records import Person
from .world import World

ORDER = ["appid", "redirect_uri", "response_type", "scope", "state"]
CODE_SECONDS = 300


def authorize(world: World, call: Call, raw_query: str) -> Page:
    """Checks what WeChat checks: the order of the parameters and the address to go back to."""
    names = [name for name, _value in parse_qsl(raw_query) if name not in ("sim_person", "allow")]
    if names[: len(ORDER)] != ORDER or names[len(ORDER) :] not in ([], ["component_appid"], ["agentid"]):
        return _refused("该链接无法访问（参数顺序错误）")
    account = world.accounts.get(call.query["appid"])
    back = call.query["redirect_uri"]
    if account is None or urlsplit(back).netloc not in account.oauth_domains:
        return _refused(f"redirect_uri 域名与后台配置不一致，错误码：10003（{urlsplit(back).netloc}）")
    if len(call.query["state"]) > 128 or not call.query["state"].isalnum():
        return _refused("state 参数错误")
    person = world.people.get(call.query.get("sim_person", "") or call.cookies.get("sim_person", ""))
    if person is None:
        return _choose(world, raw_query)
    if call.query["scope"] == "snsapi_userinfo" and call.query.get("allow") != "1":
        return _consent(account.name, raw_query)
    return to(_back(world, person, account.appid, call))


def component_page(world: World, call: Call) -> Page:
    """Which account shall authorise the platform? Real administrators scan; here they tap."""
    back = call.query.get("redirect_uri", "")
    if chosen := call.query.get("account"):
        code = f"queryauthcode@@@{secrets.token_urlsafe(20)}"
        world.oauth_codes[code] = {"appid": chosen}
        mark = "&" if "?" in back else "?"
        return to(f"{back}{mark}{urlencode({'auth_code': code, 'expires_in': 3600})}")
    rows = "".join(
        f'<a class="row" href="?{e(urlencode({"redirect_uri": back, "account": row.appid}))}"><b>{e(row.name)}</b><i>{e(row.appid)}</i></a>'
        for row in world.accounts.values()
        if row.kind == "oa"
    )
    return document("公众号授权", f'<header>选择要授权的公众号</header><section class="rows">{rows}</section>')


def _back(world: World, person: Person, appid: str, call: Call) -> str:
    code = secrets.token_hex(16)
    world.oauth_codes[code] = {
        "appid": appid, "person": person.id, "used": False, "ends_at": world.now() + CODE_SECONDS, "scope": call.query["scope"],
    }  # fmt: skip
    back = call.query["redirect_uri"]
    return f"{back}{'&' if '?' in back else '?'}{urlencode({'code': code, 'state': call.query['state']})}"


def _choose(world: World, raw_query: str) -> Page:
    rows = "".join(
        f'<a class="row" href="?{e(raw_query)}&amp;sim_person={e(person.id)}"><b>{e(person.name)}</b></a>'
        for person in world.people.values()
    )
    return document("微信登录", f'<header>用谁的微信打开？</header><section class="rows">{rows}</section>')


def _consent(name: str, raw_query: str) -> Page:
    inside = f'<p><b>{e(name)}</b> 申请获得你的昵称、头像</p><a class="go" href="?{e(raw_query)}&amp;allow=1">允许</a><a class="no" href="/phone/">拒绝</a>'
    return document("授权", f'<header>微信授权</header><section class="center">{inside}</section>')


def _refused(words: str) -> Page:
    page = document(
        "提示", f'<header>微信</header><section class="center"><p>{e(words)}</p>{form("/phone/", "")}</section>'
    )
    page.status = 400
    return page
