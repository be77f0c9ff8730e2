"""Names to addresses, and which addresses are the public internet's."""

from __future__ import annotations

import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookupTimeout

from django.conf import settings
from django.utils.module_loading import import_string

from .errors import Failed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Beyond what ``is_global`` knows: ways to say an inner address with an outer one (RFC 6052, 8215, 3056, 4380, 4291, 2765),
# anycast relays (RFC 7526), deprecated site-local, discard and documentation blocks.
_REFUSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/3",
        "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/63", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


def is_public(address: Address) -> bool:
    """Whether ``address`` is an ordinary host on the public internet, and does not stand for another one."""
    return address.is_global and not any(address in network for network in _REFUSED)


def look_up(host: str, port: int, *, seconds: float) -> Address:
    """An address of ``host`` to connect to. Raises ``Failed``: ``dns``, or ``address`` unless all answers are allowed."""
    found = _resolved(host, port, seconds)
    if not found:
        raise Failed("dns", host)
    for address in found:
        if not (is_public(address) or (settings.OUTBOUND_LOOPBACK and address.is_loopback)):
            raise Failed("address", f"{host} -> {address}")
    return sorted(found, key=lambda address: address.version)[0]


def _resolved(host: str, port: int, seconds: float) -> list[Address]:
    """Asked in a thread: the resolver's own patience cannot be set."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="lookup")
    try:
        texts = pool.submit(import_string(settings.OUTBOUND_RESOLVER), host, port).result(seconds)
    except LookupTimeout as error:
        raise Failed("dns", f"{host}: no answer in time") from error
    except (OSError, UnicodeError) as error:
        raise Failed("dns", f"{host}: {error}") from error
    finally:
        pool.shutdown(wait=False)
    return [ipaddress.ip_address(text.partition("%")[0]) for text in texts]


def resolve(host: str, port: int) -> list[str]:
    """All addresses that the system's resolver knows for ``host``."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
