"""Signatures, encryption and XML of callbacks, from WeChat's side."""

from __future__ import annotations

import base64
import hashlib
import secrets
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def encrypt(text: str, aes_key: str, receiver: str) -> str:
    """Random 16 bytes, length, message, receiver; padded to 32 bytes (PKCS#7); AES-256-CBC; base64."""
    key = base64.b64decode(f"{aes_key}=")
    message = text.encode()
    plain = secrets.token_bytes(16) + len(message).to_bytes(4, "big") + message + receiver.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()


def decrypt(ciphertext: str, aes_key: str) -> tuple[str, str]:
    """(message, receiver)."""
    key = base64.b64decode(f"{aes_key}=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(ciphertext)) + decryptor.finalize()
    content = plain[16 : -plain[-1]]
    length = int.from_bytes(content[:4], "big")
    return content[4 : 4 + length].decode(), content[4 + length :].decode()


def to_xml(fields: Mapping[str, Any]) -> str:
    return f"<xml>{_inner(fields)}</xml>"


def _inner(fields: Mapping[str, Any]) -> str:
    return "".join(
        f"<{name}>{_inner(item) if isinstance(item, Mapping) else escape(str(item))}</{name}>"
        for name, value in fields.items()
        for item in (value if isinstance(value, list) else [value])
    )


def from_xml(text: str) -> dict[str, Any]:
    """Our own counterpart's answers only, on loopback."""
    return _children(ET.fromstring(text))  # noqa: S314


def _children(element: ET.Element) -> dict[str, Any]:
    return {child.tag: _children(child) if len(child) else (child.text or "") for child in element}
