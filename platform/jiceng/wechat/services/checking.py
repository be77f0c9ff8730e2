"""The connection check: tries each permission and says in plain words what is missing and where it is to be had."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import inbound

from ..gateway import policy
from ..gateway.errors import GatewayError
from ..models import Account, AccountKind, Channel, TemplateBinding
from . import accounts, clients, lanes

OK, MISSING, SKIPPED = "ok", "missing", "skipped"
CALLED_BACK_WITHIN = timedelta(days=30)
# Permission sets of authorised accounts that our features need.
SETS = {
    1: _("消息管理"),
    2: _("用户管理"),
    3: _("账号服务（二维码）"),
    4: _("网页授权"),
    7: _("群发与通知"),
    15: _("自定义菜单"),
}
Step = tuple[str, str, Callable[[Account], Any], str]


@transaction.atomic
def check(*, account_id: uuid.UUID, actor: Actor, at: datetime) -> list[dict[str, str]]:
    """Try everything; keeps and returns ``[{"code", "label", "state", "words"}]``, the states "ok", "missing", "skipped".

    Calls WeChat some times. After the first step fails the others are not tried: nothing works without a token. Lanes that
    were paused for a wrong setting open again when all is well.
    """
    account = accounts.locked(account_id, is_active=True)
    clients.tokens_of(account).forget()
    rows = _run(account)
    rows.append(_callback_row(account, at))
    if account.kind == AccountKind.AUTHORIZED and account.permissions:
        rows.append(_sets_row(account))
    if not account.is_wecom:
        rows.append(_template_row(account))
    is_well = all(row["state"] == OK for row in rows)
    if all(row["state"] != MISSING for row in rows if row["code"] in ("token", "push")):
        lanes.resume(account.pk)
        for channel in Channel.values:
            if account.lanes.filter(channel=channel).exists():
                lanes.wake(account.pk, channel, at=at)
    account.checked_at, account.check_result = at, rows
    account.save(update_fields=["checked_at", "check_result", "updated_at"])
    record(
        action="wechat.account.checked",
        actor=actor,
        target=str(account.pk),
        target_label=account.name,
        after={"is_well": is_well},
    )
    emit("wechat.account.checked", actor_id=actor.id, payload={"account_id": account.pk, "is_well": is_well})
    return rows


def _run(account: Account) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for code, label, call, hint in _steps(account):
        if rows and rows[0]["state"] == MISSING:
            rows.append({"code": code, "label": label, "state": SKIPPED, "words": _("凭证可用后再检查。")})
            continue
        try:
            call(account)
            rows.append({"code": code, "label": label, "state": OK, "words": _("正常")})
        except GatewayError as error:
            words = policy.words(getattr(error, "errcode", 0))
            rows.append({"code": code, "label": label, "state": MISSING, "words": f"{words}。{_hint(error, hint)}"})
    return rows


def _steps(account: Account) -> list[Step]:
    if account.is_wecom:
        return [
            ("token", _("应用凭证"), lambda a: clients.tokens_of(a).get(), _("请核对企业 ID 和应用 Secret。")),
            ("push", _("发送应用消息"), _agent, _("请在企业微信后台核对 AgentID 和应用的可见范围。")),
            ("script", _("页面扫一扫和分享"), clients.script_ticket, _("请在应用详情里设置可信域名。")),
        ]
    return [
        ("token", _("接口凭证"), lambda a: clients.tokens_of(a).get(), _("请核对 AppID 和 AppSecret。")),
        ("menu", _("自定义菜单"), lambda a: clients.official(a).call("GET", "get_current_selfmenu_info"), _("公众号需要有自定义菜单接口权限。")),
        ("user", _("获取关注者"), lambda a: clients.official(a).call("GET", "user/get"), _("公众号需要认证后才能获取关注者。")),
        ("code", _("带参数二维码"), _code, _("公众号需要是认证的服务号。")),
        ("push", _("模板消息"), lambda a: clients.official(a).call("GET", "template/get_all_private_template"), _("请在公众号后台开通模板消息。")),
        ("script", _("页面扫一扫和分享"), clients.script_ticket, _("请在公众号后台设置“JS 接口安全域名”。")),
    ]  # fmt: skip


def _agent(account: Account) -> Any:
    return clients.corporate(account).call("GET", "agent/get", params={"agentid": account.agent_id})


def _code(account: Account) -> Any:
    body = {
        "action_name": "QR_STR_SCENE",
        "expire_seconds": 60,
        "action_info": {"scene": {"scene_str": "jiceng-check"}},
    }
    return clients.official(account).qrcode.create(body)


def _hint(error: GatewayError, hint: str) -> str:
    errcode = getattr(error, "errcode", 0)
    if errcode in (40164, 61004, 60020):
        listed = "、".join(settings.WECHAT_EGRESS_ADDRESSES) or _("请向平台运营人员索取")
        where = _("企业可信 IP") if errcode == 60020 else _("IP 白名单")
        return _("请把平台的出口地址加入%(where)s：%(listed)s。") % {"where": where, "listed": listed}
    return _("稍后再试。") if errcode in (0, -1) else hint


def _callback_row(account: Account, at: datetime) -> dict[str, str]:
    row = {"code": "callback", "label": _("接收消息")}
    if account.called_back_at is None:
        url = accounts.callback_url(account)
        return {
            **row,
            "state": MISSING,
            "words": _("还没有收到过微信的消息。请在微信后台把服务器地址设为 %(url)s。") % {"url": url},
        }
    if account.called_back_at < at - CALLED_BACK_WITHIN:
        return {**row, "state": MISSING, "words": _("30 天没有收到消息，请检查微信后台的服务器配置是否启用。")}
    return {**row, "state": OK, "words": _("正常")}


def _sets_row(account: Account) -> dict[str, str]:
    absent = [str(label) for number, label in SETS.items() if number not in account.permissions]
    row = {"code": "sets", "label": _("授权的权限")}
    if absent:
        return {
            **row,
            "state": MISSING,
            "words": _("没有授权：%(sets)s。请重新授权并勾选。") % {"sets": "、".join(absent)},
        }
    return {**row, "state": OK, "words": _("正常")}


def _template_row(account: Account) -> dict[str, str]:
    row = {"code": "templates", "label": _("消息模板")}
    if not TemplateBinding.objects.filter(account=account, channel=Channel.TEMPLATE).exists():
        return {**row, "state": MISSING, "words": _("还没有选择模板，通知不能推送到微信。请到“消息模板”里设置。")}
    return {**row, "state": OK, "words": _("正常")}


def domains() -> dict[str, str]:
    """What to enter in WeChat's backend: where pages are authorised, and where they are."""
    return {"oauth": inbound.public_url("").split("://")[1]}
