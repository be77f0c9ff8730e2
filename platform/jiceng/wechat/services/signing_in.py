"""Signing in inside WeChat: silent, or with the person's consent, at WeCom too.

The way: the tenant's page remembers a secret in the visitor's session and sends them to WeChat; WeChat sends them to the
platform's host; that exchanges the code and sends them back to the tenant's page with a ticket. The ticket is good once, for
half a minute, for this tenant, and for the session that began. Where to go afterwards never leaves our side.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel import inbound
from jiceng.members.models import Person, PersonState

from ..errors import SignInFailed, SnapshotVisitor
from ..gateway import oauth
from ..gateway.errors import CallRefused, GatewayError
from ..models import Account, AccountKind, AccountState, Identity
from . import binding, clients, identities
from . import secrets as account_secrets

STATE_SECONDS, TICKET_SECONDS = 600, 30
SILENT, WITH_CONSENT, WECOM_SILENT = "snsapi_base", "snsapi_userinfo", "snsapi_base"
STALE_CODES = frozenset({40029, 40163, 42003})


class CodeStale(Exception):
    """The code was used before or is too old, as after going back in the browser: begin again, once."""


@dataclass(frozen=True, slots=True)
class Begun:
    """``url``: WeChat's page. ``proof``: to be kept in the visitor's session until they come back."""

    url: str
    proof: str


def account_for_login(*, is_wecom: bool) -> Account | None:
    """The account by which people sign in: WeCom's inside WeCom, an Official Account elsewhere."""
    found = Account.objects.filter(state=AccountState.ACTIVE, is_for_login=True)
    kinds = [AccountKind.WECOM] if is_wecom else [AccountKind.OFFICIAL, AccountKind.AUTHORIZED]
    return found.filter(kind__in=kinds).order_by("created_at").first()


def begin(account: Account, *, with_consent: bool = False) -> Begun:
    """Begin for one visitor."""
    state, proof = secrets.token_hex(16), secrets.token_hex(16)
    cache.set(f"wechat:state:{state}", json.dumps([str(account.pk), _digest(proof)]), STATE_SECONDS)
    scope = WITH_CONSENT if with_consent and not account.is_wecom else SILENT
    url = oauth.authorize_url(
        appid=account.appid, back=inbound.public_url(f"/wx/login/{account.route_key}/"), state=state, scope=scope,
        component=settings.WECHAT_COMPONENT_APPID if account.kind == AccountKind.AUTHORIZED else "",
        agent_id=account.agent_id,
    )  # fmt: skip
    return Begun(url, proof)


@transaction.atomic
def come_back(*, account: Account, code: str, state: str) -> str:
    """WeChat has sent a visitor: returns a ticket for the tenant's page.

    Raises ``SignInFailed`` for a state that was not given out for this account or was used, ``SnapshotVisitor``, and
    ``CodeStale``.
    """
    kept = _take(f"wechat:state:{state}")
    if kept is None:
        raise SignInFailed
    account_id, proof_digest = json.loads(kept)
    if account_id != str(account.pk) or not account.is_active:
        raise SignInFailed
    visitor = _exchange(account, code)
    if visitor.is_snapshot:
        raise SnapshotVisitor
    identity = identities.ensure(account, visitor.openid)
    if visitor.unionid and identity.unionid != visitor.unionid:
        Identity.objects.filter(pk=identity.pk).update(unionid=visitor.unionid)
    ticket = secrets.token_hex(16)
    cache.set(f"wechat:ticket:{ticket}", json.dumps([str(identity.pk), proof_digest]), TICKET_SECONDS)
    return ticket


def redeem(*, ticket: str, proof: str) -> uuid.UUID:
    """The identity behind a ticket, once, for the session that holds the proof. Raises ``SignInFailed``."""
    kept = _take(f"wechat:ticket:{ticket}")
    if kept is None or not proof:
        raise SignInFailed
    identity_id, proof_digest = json.loads(kept)
    if not hmac.compare_digest(_digest(proof), proof_digest):
        raise SignInFailed
    return uuid.UUID(identity_id)


@transaction.atomic
def user_of(identity_id: uuid.UUID, *, at: datetime) -> User | None:
    """The login of whoever this identity is bound to; ``None`` while it is not, or for somebody who has left.

    At WeCom people are known by their userid: it is bound to the roster entry with this employee number.
    """
    identity = Identity.objects.select_for_update(of=("self",)).select_related("account", "person__user").filter(pk=identity_id).first()  # fmt: skip
    if identity is None:
        return None
    person = identity.person
    if person is None and identity.account.is_wecom:
        person = _colleague(identity)
        if person is not None:
            return binding.bind(identity, person, actor=Actor.system("企业微信"), at=at)
    if person is None or person.state != PersonState.ACTIVE:
        return None
    user = person.user or binding.bind(identity, person, actor=Actor.system("微信登录"), at=at)
    return user if user.is_active else None


def _colleague(identity: Identity) -> Person | None:
    person = (
        Person.objects.select_related("user").filter(employee_number=identity.openid, state=PersonState.ACTIVE).first()
    )
    if person is None or Identity.objects.filter(account_id=identity.account_id, person=person).exists():
        return None
    return person


def _exchange(account: Account, code: str) -> oauth.Visitor:
    try:
        if account.is_wecom:
            return oauth.visitor_of_wecom(clients.corporate(account), code)
        if account.kind == AccountKind.AUTHORIZED:
            return oauth.visitor_by_component(
                appid=account.appid, code=code, component=settings.WECHAT_COMPONENT_APPID, component_token=clients.component_token()
            )  # fmt: skip
        return oauth.visitor_by_secret(appid=account.appid, secret=account_secrets.secret_of(account), code=code)
    except CallRefused as error:
        if error.errcode in STALE_CODES:
            raise CodeStale from error
        raise SignInFailed from error
    except GatewayError as error:
        raise SignInFailed from error


def _take(key: str) -> str | None:
    """Read and delete, for one reader only."""
    kept = cache.get(key)
    if kept is None or not cache.add(f"{key}:taken", "1", STATE_SECONDS):
        return None
    cache.delete(key)
    return str(kept)


def _digest(proof: str) -> str:
    return hashlib.sha256(proof.encode()).hexdigest()
