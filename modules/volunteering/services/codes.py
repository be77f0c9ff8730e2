"""The codes behind check-in and check-out: shown on the spot, bound to tenant and shift, good for a minute.

Scanning leads to a page with a word of its own, bound to the person too, so that nobody hurries and nobody can pass it on.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from jiceng.kernel.crypto import blind_index
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.models import Person

from .. import errors

IN, OUT = "in", "out"
WORD_VALID = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Code:
    """``kind``: ``in`` or ``out``."""

    shift_id: uuid.UUID
    kind: str
    made_at: datetime


def make(shift_id: uuid.UUID, kind: str, *, at: datetime) -> str:
    """What the QR code holds."""
    body = f"{shift_id.hex}.{kind}.{int(at.timestamp())}"
    return f"{body}.{_mark(body)}"


def read(token: str, *, at: datetime) -> Code:
    """Raises ``CodeUnknown`` for what was not made here, ``CodeExpired``."""
    code = _opened(token, "", at)
    if at - code.made_at > timedelta(seconds=read_settings("volunteering").code_seconds):
        raise errors.CodeExpired
    return code


def word_for(code: Code, person: Person, *, at: datetime) -> str:
    """What the page after scanning sends back."""
    body = f"{code.shift_id.hex}.{code.kind}.{int(at.timestamp())}"
    return f"{body}.{_mark(f'{body}|{person.pk}')}"


def read_word(word: str, person: Person, *, at: datetime) -> Code:
    """Raises ``CodeUnknown``, also for a word made for somebody else, ``CodeExpired``."""
    code = _opened(word, f"|{person.pk}", at)
    if at - code.made_at > WORD_VALID:
        raise errors.CodeExpired
    return code


def _opened(token: str, more: str, at: datetime) -> Code:
    body, _dot, mark = token.rpartition(".")
    if len(token) > 150 or not hmac.compare_digest(_mark(f"{body}{more}").encode(), mark.encode("utf-8", "replace")):
        raise errors.CodeUnknown
    shift, kind, made = body.split(".")
    return Code(uuid.UUID(shift), kind, datetime.fromtimestamp(int(made), tz=at.tzinfo))


def _mark(body: str) -> str:
    return blind_index(body, purpose="volunteering.code").hex()[:32]
