"""How a citizen gets back to an answer: a number and a code to keep, and a short-lived word for the pages behind them."""

from __future__ import annotations

import hmac
import secrets
import uuid
from datetime import datetime, timedelta

from jiceng.kernel.crypto import blind_index

from ..errors import survey as refusals
from ..models import SurveyAnswer
from . import admitting

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NUMBER_LENGTH, CODE_LENGTH = 10, 6
VALID = timedelta(minutes=60)


def new_number() -> str:
    return "".join(secrets.choice(LETTERS) for _each in range(NUMBER_LENGTH))


def code_of(answer: SurveyAnswer) -> str:
    """Six digits that follow from the form the answer came by. Kept nowhere; made anew when asked for."""
    digest = blind_index(bytes(answer.token_digest).hex(), purpose="appraisal.receipt_code")
    return f"{int.from_bytes(digest[:8]) % 10**CODE_LENGTH:0{CODE_LENGTH}d}"


def key_of(answer: SurveyAnswer, *, at: datetime) -> str:
    """The word in the address of an answer's own pages, good for an hour from ``at``."""
    body = f"{answer.pk.hex}-{int(at.timestamp())}"
    return f"{body}-{_mark(body)}"


def answer_of(key: str, *, at: datetime) -> SurveyAnswer:
    """Raises ``ReceiptUnknown`` for a word that is not ours, ``ReceiptExpired``."""
    body, _dash, mark = key.rpartition("-")
    if len(key) > 120 or not hmac.compare_digest(_mark(body).encode(), mark.encode()):
        raise refusals.ReceiptUnknown
    answer_id, _dash, issued = body.partition("-")
    if at - datetime.fromtimestamp(int(issued), tz=at.tzinfo) > VALID:
        raise refusals.ReceiptExpired
    found = SurveyAnswer.objects.select_related("point", "follow_up").filter(pk=uuid.UUID(answer_id)).first()
    if found is None:
        raise refusals.ReceiptUnknown
    return found


def find(*, number: str, code: str, address: str, at: datetime) -> str:
    """The word for the page of the answer with this number and code.

    Raises ``ReceiptUnknown`` whichever of the two is wrong, ``TooMany`` after ten tries in ten minutes, ``Unavailable``.
    """
    receipt = "".join(number.upper().split()).replace("-", "")[: NUMBER_LENGTH + 1]
    admitting.count_look_up(network=admitting.network_of(address, at=at), receipt=receipt)
    if "\x00" in receipt:
        raise refusals.ReceiptUnknown
    answer = SurveyAnswer.objects.filter(receipt=receipt).first()
    given = "".join(code.split())[:20]
    if answer is None or not hmac.compare_digest(code_of(answer).encode(), given.encode()):
        raise refusals.ReceiptUnknown
    return key_of(answer, at=at)


def _mark(body: str) -> str:
    return blind_index(body, purpose="appraisal.receipt").hex()[:40]
