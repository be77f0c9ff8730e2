"""Callbacks on the wire: signatures, encryption, XML.

The encryption is wechatpy's; who may be believed is decided here: constant-time comparison, freshness, the mode that the
account is set to (no downgrade), the receiver named inside, no document types, and one error for whatever is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import defusedxml.ElementTree as SafeXML
from wechatpy.crypto import PrpCrypto
from wechatpy.crypto.base import WeChatCipher

from .errors import CallInvalid

FRESH_SECONDS = 600
BLOCK = 32
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Keys:
    """``token``: signs. ``aes_key``: the 43 characters of EncodingAESKey, or ``""``. ``receiver``: appid or corp id."""

    token: str
    aes_key: str
    receiver: str


@dataclass(frozen=True, slots=True)
class Query:
    """What stands in a callback's query string."""

    signature: str
    msg_signature: str
    timestamp: str
    nonce: str
    echostr: str
    encrypt_type: str

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Query:
        return cls(*(str(parameters.get(name, "")) for name in (
            "signature", "msg_signature", "timestamp", "nonce", "echostr", "encrypt_type",
        )))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A callback that may be believed. ``body``: what it says, clear; ``keys``: those that fitted, to answer with."""

    body: str
    keys: Keys
    is_encrypted: bool


def sign(*parts: str) -> str:
    """WeChat's signature: SHA-1 over the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def sign_page(*, ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """The signature for WeChat's script: SHA-1 over the four in this order (JS-SDK 文档附录 1)."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def echo(query: Query, candidates: Iterable[Keys], *, is_encrypted: bool) -> str:
    """What the URL check wants to hear. ``is_encrypted``: WeCom's echostr is, an Official Account's never. Raises ``CallInvalid``."""
    _check_fresh(query)
    for keys in candidates:
        if is_encrypted and _is_same(
            sign(keys.token, query.timestamp, query.nonce, query.echostr), query.msg_signature
        ):
            return decrypt(query.echostr, keys)
        if not is_encrypted and _is_same(sign(keys.token, query.timestamp, query.nonce), query.signature):
            return query.echostr
    raise CallInvalid("signature of the URL check")


def opened(body: bytes, query: Query, candidates: Iterable[Keys], *, mode: str) -> Opened:
    """The message in ``body``. ``mode``: "plain", "compat", "secure": anything but plain must come encrypted.

    ``candidates``: the keys in force and those just replaced. Raises ``CallInvalid``.
    """
    _check_fresh(query)
    text = _decoded(body)
    if mode == "plain":
        return _opened_plain(text, query, candidates)
    ciphertext = fields(text).get("Encrypt", "")
    if not ciphertext:
        raise CallInvalid("not encrypted")
    for keys in candidates:
        if _is_same(sign(keys.token, query.timestamp, query.nonce, ciphertext), query.msg_signature):
            return Opened(decrypt(ciphertext, keys), keys, True)
    raise CallInvalid("signature of the message")


def fields(text: str) -> dict[str, Any]:
    """An XML message as nested mappings; repeated elements become lists. Raises ``CallInvalid``."""
    try:
        root = SafeXML.fromstring(text, forbid_dtd=True)
    except Exception as error:
        raise CallInvalid(f"XML: {type(error).__name__}") from error
    if root.tag != "xml":
        raise CallInvalid("XML: another root")
    return _children(root)


def decrypt(ciphertext: str, keys: Keys) -> str:
    """Raises ``CallInvalid`` whatever is wrong: base64, padding, length, receiver, encoding."""
    try:
        plain = WeChatCipher(_aes_key(keys.aes_key)).decrypt(_unbase64(ciphertext))
        padding = plain[-1]
        if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
            raise ValueError("padding")
        content = plain[16:-padding]
        length = int.from_bytes(content[:4], "big")
        message, receiver = content[4 : 4 + length], content[4 + length :]
        if len(message) != length or not _is_same(receiver.decode(), keys.receiver):
            raise ValueError("receiver")
        return message.decode()
    except Exception as error:
        raise CallInvalid(f"decryption: {type(error).__name__}") from error


def encrypt(text: str, keys: Keys) -> str:
    """An answer as WeChat wants it in secure mode: encrypted and signed."""
    crypto = PrpCrypto(_aes_key(keys.aes_key))
    crypto.get_random_string = lambda: secrets.token_hex(8)  # wechatpy's is guessable
    ciphertext = crypto.encrypt(text, keys.receiver).decode()
    timestamp, nonce = str(int(time.time())), secrets.token_hex(8)
    signature = sign(keys.token, timestamp, nonce, ciphertext)
    return (
        f"<xml><Encrypt><![CDATA[{ciphertext}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )


def text_reply(*, to: str, sender: str, text: str) -> str:
    """A passive answer with text."""
    return _reply(to, sender, "text", f"<Content>{cdata(text)}</Content>")


def article_reply(*, to: str, sender: str, title: str, text: str, url: str) -> str:
    """A passive answer with one linked article: WeChat shows no more."""
    item = f"<item><Title>{cdata(title)}</Title><Description>{cdata(text)}</Description><Url>{cdata(url)}</Url></item>"
    return _reply(to, sender, "news", f"<ArticleCount>1</ArticleCount><Articles>{item}</Articles>")


def cdata(text: str) -> str:
    """``text`` in CDATA, whatever it holds."""
    return f"<![CDATA[{_ILLEGAL.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def is_aes_key(text: str) -> bool:
    """Whether this can be an EncodingAESKey."""
    try:
        return len(text) == 43 and len(_aes_key(text)) == BLOCK
    except ValueError:
        return False


def _reply(to: str, sender: str, kind: str, content: str) -> str:
    return (
        f"<xml><ToUserName>{cdata(to)}</ToUserName><FromUserName>{cdata(sender)}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType>{cdata(kind)}</MsgType>{content}</xml>"
    )


def _opened_plain(text: str, query: Query, candidates: Iterable[Keys]) -> Opened:
    for keys in candidates:
        if _is_same(sign(keys.token, query.timestamp, query.nonce), query.signature):
            return Opened(text, keys, False)
    raise CallInvalid("signature of the call")


def _check_fresh(query: Query) -> None:
    if not query.timestamp.isascii() or not query.timestamp.isdecimal() or len(query.timestamp) > 12:
        raise CallInvalid("timestamp")
    if abs(time.time() - int(query.timestamp)) > FRESH_SECONDS:
        raise CallInvalid("stale timestamp")


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise CallInvalid("encoding") from error


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _aes_key(text: str) -> bytes:
    return _unbase64(f"{text}=")


def _unbase64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _children(element: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        value: Any = _children(child) if len(child) else (child.text or "")
        if child.tag in found:
            earlier = found[child.tag]
            found[child.tag] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            found[child.tag] = value
    return found
