"""``python -m jiceng.embedded``: start, stop and describe the servers of a profile."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys

from .errors import EmbeddedError
from .installation import Installation
from .places import PROFILES


def main(arguments: list[str] | None = None) -> int:
    """Run one command; prints errors as sentences and returns the exit status."""
    options = _parser().parse_args(arguments)
    installation = Installation(options.profile)
    try:
        return _COMMANDS[options.command](installation, options)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m jiceng.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("start", "start both servers and leave them running"),
        ("stop", "stop the servers this checkout started"),
        ("status", "say what runs"),
        ("env", "print shell exports of DATABASE_URL and the rest"),
        ("run", "start the servers, run a command with their environment, stop them if nobody else needs them"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--profile", choices=PROFILES, default="demo")
        if name == "run":
            command.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    return parser


def _start(installation: Installation, options: argparse.Namespace) -> int:
    installation.start()
    return _status(installation, options)


def _stop(installation: Installation, options: argparse.Namespace) -> int:
    print("已停止。" if installation.stop() else "没有在运行的服务器。")
    return 0


def _status(installation: Installation, options: argparse.Namespace) -> int:
    running = True
    for name, server, given in zip(
        ("PostgreSQL", "Redis"),
        installation.state(),
        (installation.given.database, bool(installation.given.redis_url)),
        strict=True,
    ):
        if given:
            print(f"{name}：使用环境变量给定的服务器")
        elif server and server.alive():
            print(f"{name} {server.major}：127.0.0.1:{server.port}，pid {server.pid}，{server.program}")
        else:
            running = False
            print(f"{name}：没有运行")
    return 0 if running else 3


def _env(installation: Installation, options: argparse.Namespace) -> int:
    for name, value in installation.environment().items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _run(installation: Installation, options: argparse.Namespace) -> int:
    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        print("用法：python -m jiceng.embedded run --profile test -- 命令 …", file=sys.stderr)
        return 2
    holder = str(os.getpid())
    installation.start(holder)
    # Ctrl-C reaches the command through the terminal; we only wait for it to end, to stop the servers after it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        environment = os.environ | installation.environment()
        return subprocess.run(words, env=environment, check=False, preexec_fn=_default_sigint).returncode
    finally:
        installation.release(holder)


def _default_sigint() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


_COMMANDS = {"start": _start, "stop": _stop, "status": _status, "env": _env, "run": _run}

if __name__ == "__main__":
    sys.exit(main())
