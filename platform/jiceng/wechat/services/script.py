"""Signing a page for WeChat's script, which gives it the scanner and sharing."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from ..errors import CallFailed
from ..gateway import policy
from ..gateway.codec import sign_page
from ..gateway.errors import GatewayError
from ..models import Account
from . import clients


@dataclass(frozen=True, slots=True)
class Signature:
    """What ``wx.config`` wants."""

    appid: str
    timestamp: int
    nonce: str
    signature: str


def sign(account: Account, *, url: str) -> Signature:
    """Sign the page at ``url`` (whole; what stands after ``#`` does not count). Raises ``CallFailed``."""
    try:
        ticket = clients.script_ticket(account)
    except GatewayError as error:
        raise CallFailed(policy.words(getattr(error, "errcode", 0))) from error
    nonce, timestamp = secrets.token_hex(8), int(time.time())
    made = sign_page(ticket=ticket, nonce=nonce, timestamp=timestamp, url=url.partition("#")[0])
    return Signature(account.appid, timestamp, nonce, made)
