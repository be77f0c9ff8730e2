"""The callback of one account, at the platform's host: ``/wx/<route key>/``.

Proves the call, takes the message in and answers, all within one transaction and without calling anybody.
"""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from jiceng.kernel.clock import now
from jiceng.kernel.inbound import find_door

from ..gateway import codec
from ..gateway.codec import Keys, Query
from ..gateway.errors import CallInvalid
from ..models import Account, CryptMode
from ..services import receiving, secrets
from ..services.accounts import DOOR

LARGEST = 1024 * 1024
logger = logging.getLogger("jiceng.wechat")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, route_key: str) -> HttpResponse:
    """WeChat checks the address (GET) or brings a message (POST)."""
    door = find_door(route_key)
    if door is None or door.kind != DOOR:
        return plain("", status=404)
    if not door.is_served:
        return plain("")  # WeChat should stop repeating
    with door.enter():
        found = Account.objects.filter(pk=door.target).first()
        if found is None or not found.is_active:
            return plain("")
        try:
            return _check(request, found) if request.method == "GET" else _message(request, found)
        except CallInvalid as error:
            logger.warning("wechat: refused a call for %s: %s", found.appid, error)
            return plain("", status=403)


def plain(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)


def body_of(request: HttpRequest) -> bytes:
    """Raises ``CallInvalid`` for what is too long or not there."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        raise CallInvalid("content length") from None
    if not 0 < length <= LARGEST:
        raise CallInvalid("no body, or one too long")
    return request.body


def answer(reply: str, keys: Keys, *, is_encrypted: bool) -> HttpResponse:
    """The passive answer as it has to go out."""
    if not reply:
        return plain("success")
    text = codec.encrypt(reply, keys) if is_encrypted else reply
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _check(request: HttpRequest, account: Account) -> HttpResponse:
    query = Query.of(request.GET.dict())
    return plain(codec.echo(query, secrets.callback_keys(account, at=now()), is_encrypted=account.is_wecom))


def _message(request: HttpRequest, account: Account) -> HttpResponse:
    mode = CryptMode.SECURE if account.is_wecom else account.crypt_mode
    at = now()
    opened = codec.opened(
        body_of(request), Query.of(request.GET.dict()), secrets.callback_keys(account, at=at), mode=mode
    )
    reply = receiving.receive(account=account, facts=codec.fields(opened.body), at=at)
    return answer(reply, opened.keys, is_encrypted=opened.is_encrypted)
