"""A phone to hold: chats, menus, the scanner. For people who want to see what members see."""

from __future__ import annotations

import re
import time

from .backend import backend_links
from .calls import Call
from .html import Page, document, e, form, q, to
from .records import Account, Message, Person, Tie
from .world import World

LINK = re.compile(r'<a href="([^"<>]+)">([^<]+)</a>')
NAMES = {"template": "服务通知", "subscription": "订阅通知", "wecom": "应用消息"}


def show(world: World, call: Call) -> Page:
    """Everything below ``/phone/``."""
    parts = [part for part in call.path.split("/") if part][1:]
    person = world.people.get(call.cookies.get("sim_person", ""))
    if parts[:1] == ["as"]:
        return to("/phone/", sim_person=parts[1])
    if person is None:
        return _people(world)
    if parts == ["scan"]:
        return _scan(world, person, call)
    if parts[:1] == ["chat"] and len(parts) == 2 and parts[1] in world.accounts:
        return (
            _act(world, person, world.accounts[parts[1]], call)
            if call.method == "POST"
            else _chat(world, person, world.accounts[parts[1]], call)
        )
    return _chats(world, person)


def _people(world: World) -> Page:
    rows = "".join(
        f'<a class="row" href="/phone/as/{q(person.id)}/"><span class="face">{e(person.name[:1])}</span><b>{e(person.name)}</b></a>'
        for person in world.people.values()
    )
    return document(
        "微信模拟器",
        f'<header>这是谁的手机？</header><section class="rows">{rows}</section>',
        wide=backend_links(world),
    )


def _chats(world: World, person: Person) -> Page:
    rows = []
    for account in world.accounts.values():
        if account.kind == "component":
            continue
        chat = world.chat(person.id, account.appid)
        tie = world.tie(person.id, account.appid)
        last = _plain(chat[-1]) if chat else _standing(account, tie)
        rows.append(
            f'<a class="row" href="/phone/chat/{q(account.appid)}/"><span class="face {e(account.kind)}">{e(account.name[:1])}</span>'
            f"<b>{e(account.name)}</b><i>{e(last[:30])}</i></a>"
        )
    bar = f'<nav class="tabs"><a href="/phone/scan/">扫一扫</a><a href="/phone/as/none/">换一个人（{e(person.name)}）</a></nav>'
    return document(
        "微信",
        f'<header>微信 · {e(person.name)}</header><section class="rows">{"".join(rows)}</section>{bar}',
        wide=backend_links(world),
    )


def _standing(account: Account, tie: Tie) -> str:
    if account.kind == "wecom":
        return "企业微信应用"
    return "已关注" if tie.follows else "未关注，点开可以关注"


def _chat(world: World, person: Person, account: Account, call: Call) -> Page:
    tie = world.tie(person.id, account.appid)
    lines = "".join(_bubble(row) for row in world.chat(person.id, account.appid)[-60:])
    here = f"/phone/chat/{q(account.appid)}/"
    if call.query.get("part") == "lines":
        return Page(lines)
    if account.kind != "wecom" and not tie.follows:
        bar = form(here, '<button class="go">关注公众号</button>', act="follow")
    else:
        bar = _bar(account, here, call.query.get("keys") == "1" or not account.menu)
    leave = (
        form(here, '<button class="plain">取消关注</button>', act="unfollow")
        if tie.follows and account.kind != "wecom"
        else ""
    )
    head = f'<header><a href="/phone/" aria-label="返回">‹</a><span>{e(account.name)}</span>{leave}</header>'
    return document(
        account.name,
        f'{head}<section class="lines" data-lines="{here}?part=lines">{lines}</section><footer>{bar}</footer>',
        wide=backend_links(world),
    )


def _bar(account: Account, here: str, is_writing: bool) -> str:
    if is_writing:
        back = f'<a class="swap" href="{here}" aria-label="菜单">☰</a>' if account.menu else ""
        return f"{back}{form(here, '<input name=text autocomplete=off required maxlength=600 aria-label=消息><button>发送</button>', act='text')}"
    items = "".join(_menu_item(button, here) for button in account.menu)
    return f'<a class="swap" href="{here}?keys=1" aria-label="键盘">⌨</a><div class="menu">{items}</div>'


def _menu_item(button: dict[str, object], here: str) -> str:
    below = button.get("sub_button")
    if isinstance(below, list) and below:
        inside = "".join(_menu_item(item, here) for item in below)
        return f'<details><summary>{e(button["name"])}</summary><div class="sub">{inside}</div></details>'
    if button.get("type") == "view":
        return f'<a href="{e(button.get("url", ""))}">{e(button["name"])}</a>'
    return form(here, f"<button>{e(button['name'])}</button>", act="click", key=button.get("key", ""))


def _act(world: World, person: Person, account: Account, call: Call) -> Page:
    act, appid = call.form.get("act"), account.appid
    if act == "follow":
        world.follow(person.id, appid)
    elif act == "unfollow":
        world.unfollow(person.id, appid)
    elif act == "click":
        world.click(person.id, appid, call.form.get("key", ""))
    elif act == "text" and call.form.get("text", "").strip():
        world.send_text(person.id, appid, call.form["text"].strip())
    return to(f"/phone/chat/{q(appid)}/{'?keys=1' if act == 'text' else ''}")


def _scan(world: World, person: Person, call: Call) -> Page:
    if call.method == "POST":
        code = world.code(call.form.get("ticket", "").strip())
        if code is not None:
            world.scan(person.id, code.ticket)
            return to(f"/phone/chat/{q(code.appid)}/")
    codes = sorted(world.codes.values(), key=lambda row: -row.made_at)[:20]
    rows = (
        "".join(
            form(
                "/phone/scan/",
                f'<button class="code"><img src="/mp.weixin.qq.com/cgi-bin/showqrcode?ticket={q(row.ticket)}" alt="二维码"><b>{e(world.accounts[row.appid].name)}</b>'
                f"<i>{time.strftime('%m-%d %H:%M:%S', time.localtime(row.made_at))}</i></button>",
                ticket=row.ticket,
            )
            for row in codes
            if row.appid in world.accounts
        )
        or "<p>还没有二维码。在后台生成后，这里就能“扫”到。</p>"
    )
    typed = form(
        "/phone/scan/", '<input name="ticket" placeholder="或粘贴二维码里的链接" aria-label="链接"><button>扫</button>'
    )
    head = '<header><a href="/phone/" aria-label="返回">‹</a><span>扫一扫</span></header>'
    return document(
        "扫一扫", f'{head}<section class="codes">{rows}</section><footer>{typed}</footer>', wide=backend_links(world)
    )


def _bubble(row: Message) -> str:
    content = row.content
    if row.side == "in":
        return f'<p class="me"><span>{e(content.get("text", ""))}</span></p>'
    if content.get("system"):
        return f'<p class="sys">{e(content["text"])}</p>'
    if "fields" in content:
        fields = "".join(f"<dt>{e(name)}</dt><dd>{e(value)}</dd>" for name, value in content["fields"])
        link = f'<a class="more" href="{e(content["url"])}">查看详情</a>' if content.get("url") else ""
        return f'<article class="card"><small>{NAMES[row.channel]}</small><h2>{e(content["title"])}</h2><dl>{fields}</dl>{link}</article>'
    if content.get("title"):
        link = f'<a class="more" href="{e(content.get("url", ""))}">查看</a>'
        return (
            f'<article class="card"><h2>{e(content["title"])}</h2><p>{e(content.get("text", ""))}</p>{link}</article>'
        )
    return f'<p class="them"><span>{_linked(str(content.get("text", "")))}</span></p>'


def _linked(text: str) -> str:
    """Text with the links that WeChat shows in it; everything else escaped."""
    made, at = [], 0
    for found in LINK.finditer(text):
        made += [e(text[at : found.start()]), f'<a href="{e(found.group(1))}">{e(found.group(2))}</a>']
        at = found.end()
    made.append(e(text[at:]))
    return "".join(made).replace("\n", "<br>")


def _plain(row: Message) -> str:
    return LINK.sub(r"\2", str(row.content.get("title") or row.content.get("text") or ""))
