"""One POST to one checked address, over within its deadline whatever the other side does."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .addresses import Address, look_up
from .errors import Failed
from .urls import Destination

SECONDS = 10.0
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """``body``: at most the first 64 KiB. ``headers``: lower-case names. ``milliseconds``: from look-up to last byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    milliseconds: int


def post(to: Destination, *, body: bytes, headers: Mapping[str, str], seconds: float = SECONDS) -> Answer:
    """Send ``body`` and return the answer, whatever its status. Raises ``Failed``. No transaction should be open."""
    began = time.monotonic()
    try:
        address = look_up(to.host, to.port, seconds=seconds)
        connection = _Pinned(to, address, began + seconds)
        with connection.until_deadline():
            connection.request("POST", to.path, body=body, headers={"Host": to.authority, **headers})
            response = connection.getresponse()
            content = response.read(MOST_BYTES)
    except Failed as error:
        raise Failed(error.kind, error.detail, _milliseconds(began)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        is_late = time.monotonic() - began >= seconds - 0.05
        raise Failed("timeout" if is_late else _kind(error), str(error)[:200], _milliseconds(began)) from error
    if time.monotonic() - began >= seconds:  # what was cut off at the deadline looks like the end of the answer
        raise Failed("timeout", "the answer did not end", _milliseconds(began))
    found = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, found, content, _milliseconds(began))


def _kind(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, (http.client.HTTPException, ValueError)):
        return "protocol"
    return "connect"


def _milliseconds(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


class _Pinned(http.client.HTTPConnection):
    """Connects to ``address`` while name, certificate and Host header are those of ``to``."""

    def __init__(self, to: Destination, address: Address, deadline: float) -> None:
        super().__init__(to.host, to.port)
        self._to, self._address, self._deadline = to, address, deadline

    def connect(self) -> None:
        plain = socket.create_connection((str(self._address), self._to.port), timeout=self._left())
        self.sock = plain
        if self._to.is_secure:
            self.sock = _context().wrap_socket(plain, server_hostname=self._to.host)

    def until_deadline(self) -> _Deadline:
        return _Deadline(self, self._left())

    def cut(self) -> None:
        """End it from another thread: whoever reads or writes gets an error or the end."""
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # ended by itself

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("out of time")
        return left


class _Deadline:
    """Closes the connection in any case, and cuts it when the time is up: a timeout alone begins anew with each byte."""

    def __init__(self, connection: _Pinned, seconds: float) -> None:
        self._connection = connection
        self._timer = threading.Timer(seconds, connection.cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._connection.close()


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
