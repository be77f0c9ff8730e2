"""From an account's row to somebody who can call WeChat for it."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache

from jiceng.kernel import crypto, inbound

from ..gateway import client, component
from ..gateway.errors import CallRefused
from ..gateway.tokens import Fetched, Tokens
from ..models import Account, AccountKind
from . import secrets

TICKET = "wechat.component_verify_ticket"
INVALID_REFRESH_TOKEN = 61023
KEEP_SECONDS = 24 * 3600
TICKET_SECONDS = 7000


def official(account: Account) -> client.OfficialClient:
    """For an Official Account, whichever way it was connected."""
    return client.OfficialClient(account.appid, tokens_of(account))


def corporate(account: Account) -> client.CorporateClient:
    """For a WeCom application."""
    return client.CorporateClient(account.appid, account.agent_id, tokens_of(account))


def tokens_of(account: Account) -> Tokens:
    if account.kind == AccountKind.WECOM:
        return Tokens(
            f"{account.appid}:{account.agent_id}:at",
            lambda _is_refused: client.fetch_wecom_token(account.appid, secrets.secret_of(account)),
        )
    if account.kind == AccountKind.AUTHORIZED:
        return Tokens(f"{account.appid}:authorizer", lambda _is_refused: _refresh(account))
    return Tokens(
        f"{account.appid}:at",
        lambda is_refused: client.fetch_stable_token(account.appid, secrets.secret_of(account), is_refused=is_refused),
    )


def component_token() -> str:
    """The token of the platform's own third-party platform: one for all tenants. Raises ``TokenRefused``."""
    with inbound.at_platform():
        return Tokens(f"{settings.WECHAT_COMPONENT_APPID}:component", _fetch_component_token).get()


def script_ticket(account: Account) -> str:
    """What signs pages for WeChat's script; the same for all pages until it ends. Raises ``GatewayError``."""
    return Tokens(f"{account.appid}:{account.agent_id}:ticket", lambda _is_refused: _fetch_ticket(account)).get()


def keep_first_token(account: Account, fetched: Fetched) -> None:
    """Keep the token that came with an authorisation."""
    name = tokens_of(account).name
    facts = f'["{fetched.token}", {time.time() + fetched.seconds}]'.encode()
    cache.set(name, crypto.seal(facts, context=name), fetched.seconds)


def _fetch_component_token(_is_refused: bool) -> Fetched:
    ticket = inbound.get_value(TICKET)
    return component.fetch_component_token(ticket.decode() if ticket else "")


def _fetch_ticket(account: Account) -> Fetched:
    if account.is_wecom:
        answer = corporate(account).call("GET", "get_jsapi_ticket")
    else:
        answer = official(account).jsapi.get_ticket()
    return Fetched(str(answer["ticket"]), int(answer.get("expires_in", TICKET_SECONDS)))


def _refresh(account: Account) -> Fetched:
    """Ask for a token and keep the refresh token that came with it, before anything else.

    Where the surrounding transaction is taken back the new one is still in the cache, and tried when the kept one fails.
    """
    token = component_token()
    spare_name = f"wechat:refresh:{account.pk}"
    try:
        fetched, following = component.refresh(token, account.appid, secrets.refresh_token_of(account))
    except CallRefused as error:
        spare = cache.get(spare_name)
        if error.errcode != INVALID_REFRESH_TOKEN or not spare:
            raise
        kept = crypto.open_sealed(spare, context=spare_name).decode()
        fetched, following = component.refresh(token, account.appid, kept)
    cache.set(spare_name, crypto.seal(following.encode(), context=spare_name), KEEP_SECONDS)
    secrets.put_refresh_token(account, following)
    Account.objects.filter(pk=account.pk).update(refresh_token_sealed=account.refresh_token_sealed)
    return fetched
