"""What no client library would send, byte by byte to a real server: refused with 4xx, quickly, and the server lives on."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from tests.support.server import live_server

SECONDS = 3.0
PATH = "/api/v1/news/articles"


@pytest.mark.django_db(transaction=True)
def test_hostile_bytes_are_refused(fresh_tenant, api_key, tmp_path: Path):
    from jiceng.access.actor import Actor
    from modules.news.models import Article
    from tenants.context import platform_scope, tenant_scope
    from tenants.modules import set_module

    with platform_scope():
        set_module(tenant_id=fresh_tenant.id, code="news", is_on=True, actor=Actor.system())
    key = api_key(fresh_tenant, ["news.read", "news.publish"])
    with live_server(log=tmp_path / "server.log") as port:
        usual = f"Host: {fresh_tenant.host}:{port}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        alive = f"GET {PATH} HTTP/1.1\r\n{usual}Connection: close\r\n\r\n".encode()
        assert send(port, alive) == 200  # and from here on the worker is warm
        for name, raw in hostile(usual).items():
            began = time.monotonic()
            status = send(port, raw)
            assert 400 <= status < 500, f"{name}: {status}"
            assert time.monotonic() - began < SECONDS, name
        assert send(port, alive) == 200
    with tenant_scope(fresh_tenant):
        assert not Article.objects.exists()


def hostile(usual: str) -> dict[str, bytes]:
    """Requests by name, each complete enough to be answered."""

    def post(headers: str, body: bytes = b"") -> bytes:
        return f"POST {PATH} HTTP/1.1\r\n{usual}{headers}\r\n".encode("latin-1") + body

    def get(target: str, headers: str = "") -> bytes:
        return f"GET {target} HTTP/1.1\r\n{usual}{headers}Connection: close\r\n\r\n".encode("latin-1")

    many = "".join(f"X-H{number}: 1\r\n" for number in range(10_000))
    return {
        "300 MB announced": post("Content-Length: 314572800\r\n", b'{"title": "'),
        "negative length": post("Content-Length: -1\r\n", b"{}"),
        "length that is no number": post("Content-Length: ten\r\n", b"{}"),
        "two lengths": post("Content-Length: 2\r\nContent-Length: 40\r\n", b"{}"),
        "length and chunks": post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        "bad chunk size": post("Transfer-Encoding: chunked\r\nConnection: close\r\n", b"zz\r\n{}\r\n0\r\n\r\n"),
        "unknown coding": post("Transfer-Encoding: gzip, identity\r\nContent-Length: 2\r\n", b"{}"),
        "10k headers": get(PATH, many),
        "long header": get(PATH, f"X-Long: {'a' * 100_000}\r\n"),
        "long address": get(f"{PATH}?q={'a' * 100_000}"),
        "NUL in a header": get(PATH, "X-Nul: a\x00b\r\n"),
        "folded header": get(PATH, "X-Fold: a\r\n b\r\n"),
        "NUL in the path": get(f"{PATH}/%00"),
        "bad UTF-8 in the path": get(f"{PATH}/%ff%fe"),
        "traversal": get("/api/v1/../../etc/passwd"),
        "encoded traversal": get("/api/v1/%2e%2e/%2e%2e/etc/passwd"),
        "bad UTF-8 in a parameter": get(f"{PATH}?q=%ff&state=%c0"),
        "no host": f"GET {PATH} HTTP/1.1\r\nConnection: close\r\n\r\n".encode(),
        "junk": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
        "unknown method": f"BREW {PATH} HTTP/1.1\r\n{usual}Connection: close\r\n\r\n".encode(),
        "other version": f"GET {PATH} HTTP/9.9\r\n{usual}\r\n".encode(),
    }


def send(port: int, raw: bytes) -> int:
    """The status of the first answer to ``raw``."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        try:
            connection.sendall(raw)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server answered before it had read everything
        answer = b""
        while b"\r\n" not in answer:
            received = connection.recv(4096)
            if not received:
                break
            answer += received
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 else 0
