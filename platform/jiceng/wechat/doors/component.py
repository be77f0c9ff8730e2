"""The callbacks of the platform's own third-party platform: its events, and messages of the accounts that authorised it."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from jiceng.kernel import inbound
from jiceng.kernel.clock import now

from ..gateway import codec, component
from ..gateway.codec import Keys, Opened, Query
from ..gateway.errors import CallInvalid
from ..models import Account
from ..services import authorizing, publish_test, receiving
from ..services.accounts import OPEN_DOOR
from ..services.clients import TICKET
from .callbacks import answer, body_of, plain

logger = logging.getLogger("jiceng.wechat")


@csrf_exempt
@require_POST
def events(request: HttpRequest) -> HttpResponse:
    """The verify ticket every ten minutes, and accounts that give, change and take back their authorisation."""
    try:
        facts = codec.fields(_opened(request).body)
    except CallInvalid as error:
        logger.warning("wechat: refused a call for the third-party platform: %s", error)
        return plain("", status=403)
    if str(facts.get("AppId")) != settings.WECHAT_COMPONENT_APPID:
        return plain("", status=403)
    _take(facts)
    return plain("success")


@csrf_exempt
@require_POST
def message(request: HttpRequest, appid: str) -> HttpResponse:
    """A message of an authorised account. Always encrypted with the platform's keys."""
    try:
        opened = _opened(request)
        facts = codec.fields(opened.body)
        if appid == publish_test.APPID:
            return answer(publish_test.reply(facts), opened.keys, is_encrypted=True)
        door = inbound.find_door(appid)
        if door is None or door.kind != OPEN_DOOR:
            return plain("", status=404)
        if not door.is_served:
            return plain("")
        with door.enter():
            found = Account.objects.filter(pk=door.target).first()
            if found is None or not found.is_active:
                return plain("")
            reply = receiving.receive(account=found, facts=facts, at=now())
        return answer(reply, opened.keys, is_encrypted=True)
    except CallInvalid as error:
        logger.warning("wechat: refused a call for %s: %s", appid, error)
        return plain("", status=403)


def _opened(request: HttpRequest) -> Opened:
    if not component.is_offered():
        raise CallInvalid("no third-party platform here")
    keys = Keys(settings.WECHAT_COMPONENT_TOKEN, settings.WECHAT_COMPONENT_AES_KEY, settings.WECHAT_COMPONENT_APPID)
    return codec.opened(body_of(request), Query.of(request.GET.dict()), [keys], mode="secure")


def _take(facts: dict[str, str]) -> None:
    kind, appid = str(facts.get("InfoType", "")), str(facts.get("AuthorizerAppid", ""))
    if kind == "component_verify_ticket":
        inbound.put_value(TICKET, str(facts.get("ComponentVerifyTicket", "")).encode())
        return
    door = inbound.find_door(appid) if appid else None
    if door is None or door.kind != OPEN_DOOR:
        return
    with door.enter():
        if kind == "unauthorized":
            authorizing.unauthorized(appid=appid)
        elif kind == "updateauthorized":
            authorizing.permissions_changed(appid=appid)
