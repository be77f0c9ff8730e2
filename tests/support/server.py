"""A real web server on the test database, logged in as the unprivileged login, for tests that need a socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from . import database


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def live_server(*, log: Path, workers: int = 1, threads: int = 4, **environment: str) -> Iterator[int]:
    """Run gunicorn until the block ends; yields its port. ``log``: where it writes."""
    port = free_port()
    env = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "jiceng.config.settings.test", "DATABASE_URL": database.database_url(),
        "DATABASE_OWNER_URL": "", "REDIS_URL": settings.REDIS_URL, "LIVE_SERVER_PORT": str(port), "PYTHONPATH": "platform:.",
        **environment,
    }  # fmt: skip
    command = [
        sys.executable, "-m", "gunicorn", "jiceng.config.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--workers", str(workers), "--threads", str(threads), "--worker-tmp-dir", "/tmp",
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=env, cwd=settings.ROOT, stdout=output, stderr=output)
    try:
        _wait(process, port, log)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")
