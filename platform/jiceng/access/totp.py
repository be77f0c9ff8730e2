"""The arithmetic of time-based codes (RFC 6238: SHA-1, 30 s, 6 digits) and what an authenticator app scans."""

from __future__ import annotations

import base64
import hmac
import os
from datetime import datetime
from urllib.parse import quote, urlencode

from django_otp.oath import hotp

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
TOLERATED_STEPS = 1
ISSUER = "基层云"


def new_secret() -> bytes:
    return os.urandom(SECRET_BYTES)


def as_text(secret: bytes) -> str:
    """The secret as people type it into an app: base32."""
    return base64.b32encode(secret).decode()


def step_at(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, at: datetime) -> str:
    """The code an app shows at ``at``."""
    return f"{hotp(secret, step_at(at), DIGITS):0{DIGITS}d}"


def matching_step(secret: bytes, code: str, at: datetime) -> int | None:
    """The step, at most one away from now, to which ``code`` belongs. Looks at all of them, in constant time."""
    now_step, found = step_at(at), None
    for step in range(now_step - TOLERATED_STEPS, now_step + TOLERATED_STEPS + 1):
        if hmac.compare_digest(f"{hotp(secret, step, DIGITS):0{DIGITS}d}".encode(), code.encode()):
            found = step
    return found


def key_uri(secret: bytes, *, account: str, organisation: str) -> str:
    """The ``otpauth:`` address behind the QR code."""
    issuer = organisation or ISSUER
    query = urlencode({"secret": as_text(secret), "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS})
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"
