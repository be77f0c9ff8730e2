"""Browsers on their way through WeChat's sign-in: at the tenant's host, and back by the platform's."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from jiceng.access import signin
from jiceng.kernel.addresses import own_url
from jiceng.kernel.clock import now
from jiceng.kernel.errors import NotFound
from jiceng.kernel.inbound import find_door

from ..errors import SignInFailed
from ..models import Account, Identity
from ..services import signing_in

PROOF, NEXT, AGAIN, VISITOR = "wechat_proof", "wechat_next", "wechat_again", "wechat_identity"
BIND = "/wechat/bind/"


def is_in_wechat(request: HttpRequest) -> bool:
    """Whether the page is open inside WeChat or WeCom; the simulator's phone counts."""
    if "MicroMessenger" in request.headers.get("User-Agent", ""):
        return True
    simulator = settings.WECHAT_SIMULATOR.rstrip("/")
    return bool(simulator) and request.headers.get("Referer", "").startswith(f"{simulator}/")


def is_in_wecom(request: HttpRequest) -> bool:
    return "wxwork" in request.headers.get("User-Agent", "")


def offer(request: HttpRequest, next_url: str) -> signin.Offer | None:
    """WeChat's place on the sign-in page (``settings.OTHER_SIGN_INS``): inside WeChat people need not even look at it."""
    if getattr(request, "tenant", None) is None:
        return None
    is_inside = is_in_wechat(request)
    if not is_inside and not settings.WECHAT_SIMULATOR:
        return None
    if signing_in.account_for_login(is_wecom=is_in_wecom(request)) is None:
        return None
    url = f"{reverse('wechat-login')}?{urlencode({'next': next_url})}"
    return signin.Offer("微信登录", url, is_automatic=is_inside and "password" not in request.GET)


@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """``?next=``: a path of this host. ``?consent=1``: ask the person."""
    account = signing_in.account_for_login(is_wecom=is_in_wecom(request))
    if account is None:
        return redirect(f"{reverse('login')}?password=1")
    begun = signing_in.begin(account, with_consent="consent" in request.GET)
    request.session[PROOF] = begun.proof
    request.session[NEXT] = signin.safe_next(request, request.GET.get("next", ""))
    return redirect(begun.url)


@never_cache
@require_GET
def relay(request: HttpRequest, route_key: str) -> HttpResponse:
    """At the platform's host: WeChat brings the visitor with a code; send them on to their tenant with a ticket."""
    door = find_door(route_key)
    if door is None or not door.is_served:
        raise NotFound
    with door.enter():
        account = Account.objects.filter(pk=door.target).first()
        if account is None:
            raise NotFound
        query = {}
        try:
            query = {"ticket": signing_in.come_back(
                account=account, code=request.GET.get("code", "")[:512], state=request.GET.get("state", "")[:128]
            )}  # fmt: skip
        except signing_in.CodeStale:
            query = {"again": "1"}
        return redirect(own_url(f"{reverse('wechat-return', urlconf=settings.URLCONF_TENANT)}?{urlencode(query)}"))


@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """At the tenant's host again: the ticket opens the session that began."""
    proof, next_url = request.session.pop(PROOF, ""), request.session.pop(NEXT, "")
    if "again" in request.GET:
        return _once_more(request, next_url)
    request.session.pop(AGAIN, None)
    identity_id = signing_in.redeem(ticket=request.GET.get("ticket", "")[:64], proof=proof)
    user = signing_in.user_of(identity_id, at=now())
    if user is None:
        request.session.flush()  # a new key: this session now says who the visitor is in WeChat
        request.session[VISITOR] = str(identity_id)
        return redirect(BIND)
    response = signin.proceed(request, user, "" if next_url == BIND else next_url)
    request.session[VISITOR] = str(identity_id)
    return response


def visitor(request: HttpRequest) -> Identity | None:
    """Who the visitor is in WeChat, proved in this session."""
    identity_id = request.session.get(VISITOR)
    return Identity.objects.select_related("account", "person").filter(pk=identity_id).first() if identity_id else None


def _once_more(request: HttpRequest, next_url: str) -> HttpResponse:
    if request.session.get(AGAIN):
        request.session.pop(AGAIN)
        raise SignInFailed
    request.session[AGAIN] = True
    return redirect(f"{reverse('wechat-login')}?{urlencode({'next': next_url})}")
