"""Secrets and signatures after Standard Webhooks 1.0: ``v1,`` and HMAC-SHA256 over id, time and body, in base64."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from jiceng.kernel.crypto import open_sealed, seal

from .models import Delivery, Endpoint

MARK = "whsec_"
SECRET_BYTES = 32
OVERLAP = timedelta(hours=24)


def new_secret() -> str:
    """``whsec_`` and 32 random bytes in base64."""
    return MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def put_secret(endpoint: Endpoint, secret: str) -> None:
    """Does not save."""
    endpoint.secret_sealed = seal(secret.encode(), context=_place(endpoint, "secret"))


def replace_secret(endpoint: Endpoint, secret: str, *, at: datetime) -> None:
    """The one in force signs for another 24 hours beside ``secret``; one older than that no more. Does not save."""
    former = open_sealed(bytes(endpoint.secret_sealed), context=_place(endpoint, "secret"))
    endpoint.former_sealed = seal(former, context=_place(endpoint, "former"))
    endpoint.former_until = at + OVERLAP
    put_secret(endpoint, secret)


def headers(endpoint: Endpoint, delivery: Delivery, *, at: datetime) -> dict[str, str]:
    """What makes a request a webhook, signed with every secret in force."""
    stamp = int(at.timestamp())
    signed = f"{delivery.event_id}.{stamp}.{delivery.body}".encode()
    return {
        "webhook-id": str(delivery.event_id), "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(sign(secret, signed) for secret in _secrets(endpoint, at)),
    }  # fmt: skip


def sign(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(MARK))
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def _secrets(endpoint: Endpoint, at: datetime) -> list[str]:
    found = [open_sealed(bytes(endpoint.secret_sealed), context=_place(endpoint, "secret"))]
    if endpoint.former_sealed and endpoint.former_until and at < endpoint.former_until:
        found.append(open_sealed(bytes(endpoint.former_sealed), context=_place(endpoint, "former")))
    return [secret.decode() for secret in found]


def _place(endpoint: Endpoint, column: str) -> str:
    return f"webhooks_endpoint|{column}|{endpoint.pk}"
