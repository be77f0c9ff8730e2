"""The account's backend (公众平台后台), as far as an administrator needs it to connect an account."""

from __future__ import annotations

import time

from .calls import Call
from .html import Page, document, e, form, q, to
from .records import Account
from .world import World

MODES = {"plain": "明文模式", "compat": "兼容模式", "secure": "安全模式"}


def backend_links(world: World) -> str:
    rows = "".join(
        f'<li><a href="/phone/backend/{q(row.appid)}/">{e(row.name)}</a> <code>{e(row.appid)}</code>{"" if row.url or row.authorized else "（还没有接入）"}</li>'
        for row in world.accounts.values()
        if row.kind != "component"
    )
    return f"<h1>微信模拟器</h1><p>左边是成员的手机。管理员接入账号时，从下面的后台复制 AppID 和密钥，再把服务器地址填回来。</p><ul>{rows}</ul>"


def show(world: World, call: Call) -> Page:
    """``/phone/backend/<appid>/``."""
    account = world.accounts.get(call.path.strip("/").split("/")[-1])
    if account is None:
        return to("/phone/")
    said = ""
    if call.method == "POST":
        said = _change(world, account, call)
    return _page(world, account, said)


def _change(world: World, account: Account, call: Call) -> str:
    given = call.form
    if given.get("act") == "callback":
        fault = world.submit_callback(
            account.appid,
            given["url"].strip(),
            given["token"].strip(),
            given["aes_key"].strip(),
            given.get("mode", "secure"),
        )
        return fault or "提交成功，服务器配置已启用。"
    if given.get("act") == "ip":
        account.ip_refused = not account.ip_refused
        world.revoke_tokens()
        return "已更改 IP 白名单。"
    account.oauth_domains = given.get("domains", "").split()
    return "已保存网页授权域名。"


def _page(world: World, account: Account, said: str) -> Page:
    here = f"/phone/backend/{q(account.appid)}/"
    facts = f"<dt>{'企业 ID' if account.kind == 'wecom' else 'AppID'}</dt><dd><code>{e(account.appid)}</code></dd><dt>Secret</dt><dd><code>{e(account.secret)}</code></dd>"
    if account.agent_id:
        facts += f"<dt>AgentId</dt><dd><code>{e(account.agent_id)}</code></dd>"
    if account.original_id:
        facts += f"<dt>原始 ID</dt><dd><code>{e(account.original_id)}</code></dd>"
    modes = "".join(
        f'<option value="{code}"{" selected" if code == account.mode else ""}>{label}</option>'
        for code, label in MODES.items()
    )
    callback = form(
        here,
        f'<label>服务器地址 URL<input name="url" value="{e(account.url)}" required></label><label>Token<input name="token" value="{e(account.token)}" required></label>'
        f'<label>EncodingAESKey<input name="aes_key" value="{e(account.aes_key)}" required></label><label>消息加解密方式<select name="mode">{modes}</select></label><button class="go">提交</button>',
        act="callback",
    )
    domains = form(
        here,
        f'<label>网页授权域名<input name="domains" value="{e(" ".join(account.oauth_domains))}"></label><button>保存</button>',
        act="domains",
    )
    address = form(
        here,
        f"<button>{'把平台的出口地址加入' if account.ip_refused else '把平台的出口地址移出'} IP 白名单</button>",
        act="ip",
    )
    head = f'<header><a href="/phone/" aria-label="返回">‹</a><span>{e(account.name)} 后台</span></header>'
    told = f'<p class="said" role="status">{e(said)}</p>' if said else ""
    left = f'{head}<section class="admin">{told}<dl>{facts}</dl>{callback}{domains}{address}</section>'
    return document(f"{account.name} 后台", left, wide=_log(world, account.appid))


def _log(world: World, appid: str) -> str:
    rows = "".join(
        f"<tr><td>{time.strftime('%H:%M:%S', time.localtime(row['at']))}</td><td>{e(row['path'].split('/', 2)[-1])}</td><td>{e(row['errcode'])}</td><td>{e(row['ms'])} ms</td></tr>"
        for row in list(world.log)[::-1]
        if row["appid"] in (appid, "")
    )
    return f"<h1>最近的接口调用</h1><table><thead><tr><th>时间</th><th>接口</th><th>返回码</th><th>用时</th></tr></thead><tbody>{rows}</tbody></table>"
