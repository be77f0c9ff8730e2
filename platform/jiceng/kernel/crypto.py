"""Sealing and signing. Keys are derived from MASTER_KEY per scope and purpose (HKDF-SHA256, RFC 5869).

A value sealed in one tenant cannot be opened in another, nor in another place of the same tenant: the scope is in the
key, the ``context`` (table, column, row) in the associated data.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from .context import require_scope

VERSION = b"\x01"
NONCE_BYTES = 12


class Unsealable(ValueError):
    """The bytes were not sealed here, or were altered since."""


@lru_cache(maxsize=4096)
def _derive(master: str, salt: str, purpose: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=salt.encode(), info=b"jiceng|" + purpose.encode())
    return hkdf.derive(master.encode())


def _scope_key(purpose: str) -> bytes:
    return _derive(settings.MASTER_KEY, require_scope().key, purpose)


def seal(plaintext: bytes, *, context: str) -> bytes:
    """Encrypt for the current scope (AES-256-GCM). ``context``: what the value belongs to, needed again to open it."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(_scope_key("seal")).encrypt(nonce, plaintext, context.encode())


def open_sealed(sealed: bytes, *, context: str) -> bytes:
    """Decrypt what ``seal`` made in this scope with this ``context``. Raises ``Unsealable``."""
    sealed = bytes(sealed)
    if sealed[:1] != VERSION:
        raise Unsealable("unknown version")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(_scope_key("seal")).decrypt(nonce, body, context.encode())
    except InvalidTag as error:
        raise Unsealable("wrong key, context or content") from error


def blind_index(value: str, *, purpose: str) -> bytes:
    """Keyed digest of a sensitive value for equality search within this scope (HMAC-SHA256, 32 bytes)."""
    return hmac.new(_scope_key(f"index|{purpose}"), value.encode(), hashlib.sha256).digest()


def sign(value: str, *, purpose: str) -> str:
    """A platform-wide signature of ``value``, URL-safe. Not bound to the scope: for envelopes between own processes."""
    key = _derive(settings.MASTER_KEY, "platform", f"sign|{purpose}")
    digest = hmac.new(key, value.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_signed(value: str, signature: str, *, purpose: str) -> bool:
    """Whether ``signature`` is ours for ``value``; compares in constant time."""
    return hmac.compare_digest(sign(value, purpose=purpose).encode(), str(signature).encode())


def hash_token(token: str) -> str:
    """SHA-256 of a random token (hex): what the database keeps of links and keys. Only for high-entropy tokens."""
    return hashlib.sha256(token.encode()).hexdigest()
