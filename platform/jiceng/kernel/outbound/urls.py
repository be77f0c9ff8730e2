"""Addresses as people enter them, taken apart strictly."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import idna
from django.conf import settings
from django.utils.translation import gettext as _

from .errors import OutboundRefused

MAX_LENGTH = 500
PORTS = frozenset({443, 8443})
# Names that never mean the public internet (RFC 6761, 6762, 7686, 8375, 9476, and what routers and clouds invent).
_LOCAL_NAMES = (
    "localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "arpa", "onion", "alt", "test",
    "invalid", "example",
)  # fmt: skip
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")


@dataclass(frozen=True, slots=True)
class Destination:
    """``host``: ASCII, lower case. ``path``: with the query, percent-encoded. ``is_secure``: https."""

    host: str
    port: int
    path: str
    is_secure: bool

    @property
    def authority(self) -> str:
        default = 443 if self.is_secure else 80
        return self.host if self.port == default else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The one spelling of this address: equal destinations are equal texts."""
        return f"{'https' if self.is_secure else 'http'}://{self.authority}{self.path}"


def read_url(text: str) -> Destination:
    """Take ``text`` apart. Raises ``OutboundRefused``: ``length``, ``form``, ``scheme``, ``userinfo``, ``host``, ``port``."""
    if not 1 <= len(text) <= MAX_LENGTH:
        raise OutboundRefused("length", _("地址须为 1 至 %(most)s 个字符。") % {"most": MAX_LENGTH})
    parts, port = _split(text)
    if "@" in parts.netloc:
        raise OutboundRefused("userinfo", _("地址里不能有用户名和密码。"))
    host = _host(parts.hostname or "")
    is_here = settings.OUTBOUND_LOOPBACK and host in ("localhost", "127.0.0.1")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise OutboundRefused("scheme", _("地址须以 https:// 开头。"))
    if not is_here:
        _check_public(host)
        if (port or 443) not in PORTS:
            raise OutboundRefused("port", _("只能使用 443 或 8443 端口。"))
    is_secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(host, port or (443 if is_secure else 80), path, is_secure)


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        if any(not "!" <= char <= "~" and not char.isalnum() for char in text) or "\\" in text or "#" in text:
            raise ValueError(text)
        parts = urlsplit(text)
        if not (parts.path + parts.query).isascii() or not parts.hostname:
            raise ValueError(text)
        if parts.netloc.endswith(":"):
            raise ValueError(text)
        return parts, parts.port
    except ValueError as error:
        raise OutboundRefused("form", _("这不是一个完整的网址，例如 https://oa.example.gov.cn/hook。")) from error


def _host(name: str) -> str:
    """In ASCII. Full-width digits and dots become what they look like, so that the checks see them."""
    if ":" in name:
        return name.lower()
    try:
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise OutboundRefused("host", _("域名的写法不对。")) from error


def _check_public(host: str) -> None:
    labels = host.split(".")
    if _is_address(host) or _NUMBER.fullmatch(labels[-1]):
        raise OutboundRefused("host", _("请使用域名，不要使用 IP 地址。"))
    if len(labels) < 2 or labels[-1] in ("", *_LOCAL_NAMES):
        raise OutboundRefused("host", _("请使用公网域名。"))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True
