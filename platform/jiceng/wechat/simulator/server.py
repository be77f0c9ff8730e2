"""Serving it, on loopback and only where it is asked for by name."""

from __future__ import annotations

import json
import os
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from . import backend, calls, component, control, oauth, official, phone, wecom
from .calls import Call
from .html import Page, to
from .world import Transport, World

LOOPBACK, PERMISSION = "127.0.0.1", "WECHAT_SIMULATOR"
STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
MOUNTED = (official, component, wecom)  # importing them mounts their routes
PAGES_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'"
Start = Callable[[str, list[tuple[str, str]]], Any]


class NotAllowed(RuntimeError):
    """The simulator was not asked for by name."""


class Simulator:
    """The world and its WSGI application."""

    def __init__(self, world: World | None = None, transport: Transport | None = None) -> None:
        if os.environ.get(PERMISSION) != "1":
            raise NotAllowed(f"The simulator runs only with {PERMISSION}=1: it is for demonstrations and tests.")
        self.world = world or World(transport)
        self.url = ""

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        call = _call(environ)
        status, kind, body, headers = self._answer(call, environ.get("QUERY_STRING", ""))
        headers += [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start(f"{status} {'OK' if status < 400 else 'Refused'}", headers)
        return [body]

    def _answer(self, call: Call, raw_query: str) -> tuple[int, str, bytes, list[tuple[str, str]]]:
        if call.path.startswith("/simulator/"):
            status, found = control.act(self.world, call)
            return status, "application/json", json.dumps(found, ensure_ascii=False).encode(), []
        if call.path.startswith("/phone/static/"):
            return _static(call.path.rsplit("/", 1)[-1])
        page = self._page(call, raw_query)
        if page is None:
            status, body, kind = calls.answer(self.world, call)
            return status, kind, body, []
        headers = [("Referrer-Policy", "unsafe-url"), ("Content-Security-Policy", PAGES_POLICY)]
        headers += [
            ("Set-Cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax") for name, value in page.cookies.items()
        ]
        if page.location:
            headers.append(("Location", page.location))
        return page.status, page.kind, page.raw or page.body.encode(), headers

    def _page(self, call: Call, raw_query: str) -> Page | None:
        if call.path == "/":
            return to("/phone/")
        if call.path == "/favicon.ico":
            return Page(status=204)
        if call.path.startswith("/phone/backend/"):
            return backend.show(self.world, call)
        if call.path.startswith("/phone/"):
            return phone.show(self.world, call)
        if call.path == "/open.weixin.qq.com/connect/oauth2/authorize":
            return oauth.authorize(self.world, call, raw_query)
        if call.path == "/mp.weixin.qq.com/cgi-bin/componentloginpage":
            return oauth.component_page(self.world, call)
        return None

    @classmethod
    @contextmanager
    def running(cls, port: int = 0, transport: Transport | None = None) -> Iterator[Simulator]:
        """Serve in a thread of this process; ``url`` says where."""
        simulator = cls(transport=transport)
        server = serve(simulator, port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield simulator
        finally:
            server.shutdown()
            server.server_close()


def serve(simulator: Simulator, port: int) -> WSGIServer:
    """A server that listens on loopback; ``serve_forever`` runs it."""
    server = make_server(LOOPBACK, port, simulator, server_class=_Threads, handler_class=_Quiet)
    simulator.url = f"http://{LOOPBACK}:{server.server_port}"
    return server


class _Threads(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: Any) -> None:
        """Addresses hold secrets; nothing is logged."""

    def address_string(self) -> str:
        return str(self.client_address[0])


def _call(environ: dict[str, Any]) -> Call:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length) if length else b""
    path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    cookies = {name: item.value for name, item in SimpleCookie(environ.get("HTTP_COOKIE", "")).items()}
    is_form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    form = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)) if is_form else {}
    return Call(environ["REQUEST_METHOD"], path, query, raw, cookies, form)


def _static(name: str) -> tuple[int, str, bytes, list[tuple[str, str]]]:
    path = STATIC / name
    if path.parent != STATIC or not path.is_file():
        return 404, "text/plain", b"", []
    return 200, KINDS[path.suffix], path.read_bytes(), []
