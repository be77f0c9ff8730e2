"""How a resident gets back to a request: a number and a code to keep, and a short-lived word for the pages behind them."""

from __future__ import annotations

import hmac
import secrets
import uuid
from datetime import datetime, timedelta

from jiceng.kernel.crypto import blind_index

from .. import errors
from ..models import HelpRequest
from . import admitting

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NUMBER_LENGTH, CODE_LENGTH = 10, 6
VALID = timedelta(minutes=60)


def new_number() -> str:
    return "".join(secrets.choice(LETTERS) for _each in range(NUMBER_LENGTH))


def code_of(request: HelpRequest) -> str:
    """Six digits that follow from the form the request came by. Kept nowhere; made anew when asked for."""
    digest = blind_index(bytes(request.token_digest).hex(), purpose="volunteering.receipt_code")
    return f"{int.from_bytes(digest[:8]) % 10**CODE_LENGTH:0{CODE_LENGTH}d}"


def key_of(request: HelpRequest, *, at: datetime) -> str:
    """The word in the address of a request's own pages, good for an hour from ``at``."""
    body = f"{request.pk.hex}-{int(at.timestamp())}"
    return f"{body}-{_mark(body)}"


def request_of(key: str, *, at: datetime) -> HelpRequest:
    """Raises ``ReceiptUnknown`` for a word that is not ours, ``ReceiptExpired``."""
    body, _dash, mark = key.rpartition("-")
    if len(key) > 120 or not hmac.compare_digest(_mark(body).encode(), mark.encode("utf-8", "replace")):
        raise errors.ReceiptUnknown
    request_id, _dash, issued = body.partition("-")
    if at - datetime.fromtimestamp(int(issued), tz=at.tzinfo) > VALID:
        raise errors.ReceiptExpired
    found = HelpRequest.objects.filter(pk=uuid.UUID(request_id)).first()
    if found is None:
        raise errors.ReceiptUnknown
    return found


def find(*, number: str, code: str, address: str, at: datetime) -> str:
    """The word for the page of the request with this number and code.

    Raises ``ReceiptUnknown`` whichever of the two is wrong, ``TooMany`` after ten tries in ten minutes, ``Unavailable``.
    """
    receipt = "".join(number.upper().split()).replace("-", "")[: NUMBER_LENGTH + 1]
    admitting.count_look_up(address, receipt, at=at)
    found = HelpRequest.objects.filter(number=receipt).first() if set(receipt) <= set(LETTERS) else None
    given = "".join(code.split())[:20]
    if found is None or not hmac.compare_digest(code_of(found).encode(), given.encode("utf-8", "replace")):
        raise errors.ReceiptUnknown
    return key_of(found, at=at)


def _mark(body: str) -> str:
    return blind_index(body, purpose="volunteering.receipt").hex()[:40]
