"""Accounts that authorise the platform's own third-party platform instead of handing out a secret."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import inbound

from ..errors import AccountTaken, AuthorizationFailed, NotOffered
from ..gateway import component
from ..gateway.errors import GatewayError
from ..models import Account, AccountKind, AccountState, CryptMode
from . import clients, secrets
from .accounts import OPEN_DOOR


def authorize_page(back: str) -> str:
    """WeChat's page for the account's administrator. ``back``: where it sends them with ``auth_code``.

    Raises ``NotOffered``, ``AuthorizationFailed``.
    """
    if not component.is_offered():
        raise NotOffered
    try:
        return component.authorize_page(clients.component_token(), back)
    except GatewayError as error:
        raise AuthorizationFailed from error


@transaction.atomic
def finish(*, code: str, actor: Actor, at: datetime) -> Account:
    """Take in the account that the code stands for, or renew its authorisation.

    Raises ``NotOffered``, ``AuthorizationFailed``, ``AccountTaken`` where the tenant has connected the account by its secret.
    """
    if not component.is_offered():
        raise NotOffered
    try:
        token = clients.component_token()
        granted, fetched = component.query_auth(token, code)
        profile, _sets = component.profile(token, granted.appid)
    except GatewayError as error:
        raise AuthorizationFailed from error
    account = (
        Account.objects.select_for_update().filter(appid=granted.appid).exclude(state=AccountState.DISABLED).first()
    )
    if account is not None and account.kind != AccountKind.AUTHORIZED:
        raise AccountTaken
    account = account or Account(kind=AccountKind.AUTHORIZED, appid=granted.appid, crypt_mode=CryptMode.SECURE)
    account.name, account.original_id = profile.name or granted.appid, profile.original_id
    account.is_service, account.is_verified = profile.is_service, profile.is_verified
    account.permissions, account.state = list(granted.permissions), AccountState.ACTIVE
    secrets.put_refresh_token(account, granted.refresh_token)
    account.route_key = inbound.open_door(kind=OPEN_DOOR, target=str(account.pk), key=granted.appid)
    account.version += 1
    account.save()
    clients.tokens_of(account).forget()
    clients.keep_first_token(account, fetched)
    record(
        action="wechat.account.connected", actor=actor, target=str(account.pk), target_label=account.name,
        after={"kind": account.kind, "appid": account.appid},
    )  # fmt: skip
    emit("wechat.account.connected", actor_id=actor.id, payload={"account_id": account.pk, "kind": account.kind})
    return account


@transaction.atomic
def unauthorized(*, appid: str) -> None:
    """The account took its authorisation back: nothing is sent any more, from this moment, and its tokens go."""
    account = Account.objects.select_for_update().filter(appid=appid, kind=AccountKind.AUTHORIZED).first()
    if account is None or account.state != AccountState.ACTIVE:
        return
    clients.tokens_of(account).forget()
    account.state, account.refresh_token_sealed = AccountState.UNAUTHORIZED, None
    account.save(update_fields=["state", "refresh_token_sealed", "updated_at"])
    record(
        action="wechat.account.unauthorized",
        actor=Actor.system("微信"),
        target=str(account.pk),
        target_label=account.name,
    )
    emit("wechat.account.unauthorized", payload={"account_id": account.pk, "kind": account.kind})


@transaction.atomic
def permissions_changed(*, appid: str) -> None:
    """The account gave more or fewer permissions. Leaves things as they are when WeChat does not say."""
    account = Account.objects.select_for_update().filter(appid=appid, state=AccountState.ACTIVE).first()
    if account is None:
        return
    try:
        _profile, granted = component.profile(clients.component_token(), appid)
    except GatewayError:
        return
    account.permissions = list(granted)
    account.save(update_fields=["permissions", "updated_at"])


def is_offered() -> bool:
    """Whether the operator has a third-party platform that accounts can authorise."""
    return component.is_offered()
