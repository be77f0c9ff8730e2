"""One process of the comparison, on one set of settings. Reads a JSON command a line, answers with a JSON line.

Requests go straight into the WSGI application: no network, no test client, one persistent database connection.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import time
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402

from jiceng.kernel.context import Scope, enter  # noqa: E402

application = get_wsgi_application()
HOST = os.environ["BENCH_HOST"]
SCOPE = Scope(**json.loads(os.environ["BENCH_SCOPE"]))
credentials: dict[str, dict[str, str]] = {"anonymous": {}}


def seed(rows: int) -> None:
    """A secretary with a session, a key, and ``rows`` published articles with believable text."""
    from django.contrib.auth import login
    from django.http import HttpRequest
    from django.utils.module_loading import import_string

    from jiceng.access.actor import Actor
    from jiceng.access.services import create_user
    from jiceng.access.services.keys import create_key
    from jiceng.kernel.clock import now
    from modules.news.models import Article, Column
    from modules.news.services import prepare_columns

    with enter(SCOPE):
        system = Actor.system()
        user = create_user(username="shuji", password="Lvshui-Qingshan-2035", roles=("administrator",), actor=system)
        _key, token = create_key(name="统计", scopes=["news.read"], actor=system)
        prepare_columns()
        columns, at = list(Column.objects.all()), now()
        Article.objects.bulk_create(
            Article(
                column=columns[number % len(columns)], title=f"把登记窗口搬到群众家门口（{number}）", summary="流动办理点开进老旧小区。" * 2,
                body="<p>入冬以来，登记窗口党支部把流动办理点开进三个老旧小区。</p>" * 5, state="published", author_id=str(user.pk),
                author_name="王芳", created_at=at, updated_at=at, published_at=at,
            )
            for number in range(rows)
        )  # fmt: skip
        request = HttpRequest()
        request.META["REMOTE_ADDR"] = "127.0.0.1"
        request.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
        login(request, user, backend="jiceng.access.backends.PasswordBackend")
        request.session.save()
        credentials["key"] = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
        credentials["session"] = {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"}


def get(path: str, who: str) -> tuple[int, bytes]:
    path, _mark, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "HTTP_HOST": HOST, "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.version": (1, 0), "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": False, **credentials[who],
    }  # fmt: skip
    answer: list[str] = []
    response = application(environ, lambda status, headers, exc_info=None: answer.append(status))
    body = b"".join(response)
    response.close()
    return int(answer[0][:3]), body


def count(path: str, who: str) -> dict[str, Any]:
    """What one warm request sends, read from libpq's own trace of the wire."""
    for _ in range(3):
        status, _body = get(path, who)
    with tempfile.TemporaryFile() as trace:
        connection.connection.pgconn.trace(trace.fileno())
        get(path, who)
        connection.connection.pgconn.untrace()
        trace.seek(0)
        lines = [line.split("\t") for line in trace.read().decode(errors="replace").splitlines()]
    sent = [parts for parts in lines if len(parts) > 2 and ("F" in parts[0] or "F" in parts[1])]
    texts = [" ".join(parts) for parts in sent if any(kind in parts for kind in ("Query", "Parse"))]
    return {"status": status, "sent": len(texts), "texts": [text[-160:] for text in texts]}


def spend(path: str, who: str, requests: int) -> dict[str, Any]:
    started, burnt = time.perf_counter(), time.process_time()
    for _ in range(requests):
        status, _body = get(path, who)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
    return {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - burnt}


def main() -> None:
    commands = {"seed": lambda rows: seed(rows) or {}, "count": count, "spend": spend, "get": lambda path, who: {
        "status": get(path, who)[0], "body": get(path, who)[1].decode()}}  # fmt: skip
    for line in sys.stdin:
        command = json.loads(line)
        answer = commands[command.pop("do")](**command)
        sys.__stdout__.write(json.dumps(answer) + "\n")
        sys.__stdout__.flush()


if __name__ == "__main__":
    main()
