"""WeChat in the demonstration: the first organisation's account, connected to the simulator as an administrator would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from jiceng.members import sealing
from jiceng.members.models import Person, PersonState, Unit
from jiceng.wechat.models import Account, Identity
from jiceng.wechat.services import accounts, binding, checking, identities, menus, rules, templates
from tenants.context import platform_scope, tenant_scope
from tenants.models import Tenant

APPID, SECRET = "wxdemo0000000001", "0123456789abcdef0123456789abcdef"
TEMPLATE = "tmpl-todo-0000000000000000000000000000001"
BOUND, FREE = "p2", "p1"  # 老周 is the demonstration's member; 小林 is there to be bound
MENU: list[dict[str, Any]] = [
    {"name": "要闻通知", "kind": "view", "url": "/news/"},
    {"name": "办事服务", "buttons": [
        {"name": "我的待办", "kind": "view", "url": "/todos/"}, {"name": "通讯录", "kind": "view", "url": "/directory/"},
        {"name": "办公时间", "kind": "click", "key": "HOURS"},
    ]},
    {"name": "我的", "kind": "view", "url": "/mine/"},
]  # fmt: skip
RULES = (
    {"trigger": "follow", "text": "欢迎关注！请扫描支部二维码确认身份，之后就能在这里收通知、参加活动。"},
    {
        "trigger": "keyword",
        "words": ["地址", "在哪"],
        "is_exact": False,
        "text": "和平路 1 号一楼，工作日 9:00–17:00。",
    },
    {"trigger": "click", "words": ["HOURS"], "text": "工作日 9:00–12:00，13:30–17:00；登记窗口周六上午照常。"},
)


def seed_wechat(known: Path, slug: str = "bdc") -> dict[str, str]:
    """Connect, publish a menu, set answers, make a poster, bind a member; returns what the terminal should say.

    What is there stays. Adds ``wechat`` to the file of logins.
    """
    with platform_scope():
        tenant = Tenant.objects.get(slug=slug)
    with tenant_scope(tenant):
        account = Account.objects.filter(appid=APPID, state="active").first() or _connect()
        _furnish(account)
        facts = {"url": f"{settings.WECHAT_SIMULATOR}/phone/", **_somebody_to_be(account)}
    logins = json.loads(known.read_text(encoding="utf-8"))
    known.write_text(json.dumps({**logins, "wechat": facts}, ensure_ascii=False, indent=2), encoding="utf-8")
    return facts


def _connect() -> Account:
    values = {"name": "红旗先锋", "appid": APPID, "secret": SECRET, "crypt_mode": "secure"}
    account, facts = accounts.connect(kind="oa", values=values, actor=Actor.system(), at=now())
    fault = _tell(
        "submit_callback", appid=APPID, url=facts.url, token=facts.token, aes_key=facts.aes_key, mode="secure"
    )
    if fault:
        raise RuntimeError(fault)
    return account


def _furnish(account: Account) -> None:
    if account.menus.exists():
        return
    system, at = Actor.system(), now()
    fields = {"thing1": "title", "time2": "time", "thing3": "text"}
    templates.save_binding(
        account_id=account.pk,
        channel="template",
        category="",
        template_id=TEMPLATE,
        title="事项提醒",
        fields=fields,
        actor=system,
    )
    for values in RULES:
        rules.save_rule(values={"words": [], **values}, actor=system)
    draft = menus.save_draft(account_id=account.pk, buttons=MENU, actor=system, at=at)
    menus.publish(account_id=account.pk, version_id=draft.pk, actor=system, at=at)
    _bind_the_member(account)
    _tell("send_text", person_id=BOUND, appid=APPID, text="请问年度组织生活会的材料交到哪里？")
    checking.check(account_id=account.pk, actor=system, at=at)


@transaction.atomic
def _bind_the_member(account: Account) -> None:
    person = Person.objects.filter(user__username="member").first()
    if person is None:
        return
    _tell("follow", person_id=BOUND, appid=APPID)
    openid = _tell("openid", person_id=BOUND, appid=APPID)
    identity = identities.ensure(account, openid)
    binding.bind(identity, person, actor=Actor.system(), at=now())


def _somebody_to_be(account: Account) -> dict[str, str]:
    """The poster of a branch, and a member of it who has not bound yet."""
    branch = Unit.objects.filter(kind="party_branch", dissolved_on=None).order_by("path")[0]
    binding.create_branch_code(account_id=account.pk, unit_id=branch.pk, actor=Actor.system(), at=now())
    bound = Identity.objects.exclude(person=None).values("person")
    free = Person.objects.filter(memberships__unit__path__startswith=branch.path, state=PersonState.ACTIVE, user=None)
    person = free.exclude(pk__in=bound).exclude(phone_sealed=None).order_by("-pinyin", "pk")[0]
    return {"name": person.name, "phone_tail": sealing.phone_of(person)[-4:]}


def _tell(method: str, **arguments: Any) -> Any:
    """Have the simulator do what a person would."""
    answer = requests.post(f"{settings.WECHAT_SIMULATOR}/simulator/{method}", json=arguments, timeout=30)
    answer.raise_for_status()
    return answer.json().get("result")
