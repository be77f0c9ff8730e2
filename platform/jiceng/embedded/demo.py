"""The demonstration: servers, data, web, worker, scheduler and provisioner, in one command.

``python -m jiceng.embedded.demo`` runs it until Ctrl-C; with ``DETACH=1`` in the environment in the background.
``--stop`` ends it, ``--reset`` deletes its data. ``PORT`` chooses the port (8000).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from . import ports, postgres, processes, report
from .errors import EmbeddedError
from .installation import Installation
from .keys import write_private
from .places import Places, project_root
from .supervisor import Service, Supervisor, tail

MODULE = "jiceng.embedded.demo"
PREPARATION_SECONDS = 600
READY_SECONDS = 90
# Only its processes may know the owner's login.
OWNER_ONLY = ("DATABASE_OWNER_URL",)


class Demo:
    """One demonstration of one checkout."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.root = project_root()
        self.places = Places(self.root, "demo")
        self.places.create()
        self.logins = self.places.local / "demo.json"
        self.pid_file = self.places.directory / "supervisor.json"
        self.stamp = self.places.directory / "prepared"
        self.wechat_state = self.places.directory / "wechat.json"
        self.wechat_port = 0

    # --- Who runs --------------------------------------------------------------------------------------------------
    def running(self) -> dict[str, Any] | None:
        """Pid and port of the supervisor that runs, and whether it is ready."""
        try:
            facts: dict[str, Any] = json.loads(self.pid_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return facts if processes.is_ours(facts["pid"], MODULE) else None

    def note(self, *, ready: bool) -> None:
        write_private(self.pid_file, json.dumps({"pid": os.getpid(), "port": self.port, "ready": ready}))

    def check_port(self) -> None:
        if not ports.is_free(self.port):
            raise EmbeddedError(report.TAKEN.format(port=self.port, other=ports.choose_port(self.port + 100)))

    # --- Running ---------------------------------------------------------------------------------------------------
    def run(self) -> None:
        """Run in the foreground until a signal comes; everything started here has ended when this returns."""
        self.note(ready=False)
        installation = Installation("demo")
        supervisor = Supervisor(self.places.logs, self.root)
        try:
            print("启动 PostgreSQL 与 Redis…", flush=True)
            installation.start(with_parent=True)
            self.wechat_port = ports.choose_port(self.port + 1)
            environment = self.environment(installation)
            self.prepare(environment)
            for service in self.services(environment):
                supervisor.start(service)
            self.wait_until_ready(supervisor)
            self.connect_wechat(environment)
            self.note(ready=True)
            print(report.summary(self.logins, self.port), flush=True)
            print("\n按 Ctrl-C 停止。", flush=True)
            while True:
                supervisor.look_after()
                time.sleep(1)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            print("正在停止…", flush=True)
            supervisor.stop()
            installation.stop()
            self.pid_file.unlink(missing_ok=True)

    def environment(self, installation: Installation) -> dict[str, str]:
        """The environment of the owner's processes."""
        return {
            **os.environ,
            **installation.environment(),
            "DJANGO_SETTINGS_MODULE": "jiceng.config.settings.dev",
            "BASE_DOMAIN": os.environ.get("BASE_DOMAIN", "jiceng.localhost"),
            "PORT": str(self.port),
            "WECHAT_SIMULATOR_URL": f"http://{ports.LOOPBACK}:{self.wechat_port}",
            "OUTBOUND_LOOPBACK": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def prepare(self, environment: Mapping[str, str]) -> None:
        """Bring roles, schemas, demonstration data and static files up to date; nothing when nothing has changed."""
        digest = self.digest(environment)
        if self.logins.exists() and self.stamp.exists() and self.stamp.read_text() == digest:
            return
        print("准备数据（首次约需半分钟）…", flush=True)
        with (self.places.logs / "static.log").open("ab") as log:
            collecting = processes.spawn(
                [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "-v0"],
                log=log,
                environment=environment,
                directory=self.root,
                parent_death_signal=signal.SIGTERM,
            )
        command = [sys.executable, "-m", "jiceng.embedded.prepare", str(self.logins)]
        prepared = subprocess.run(command, env=environment, cwd=self.root, check=False, timeout=PREPARATION_SECONDS)
        if prepared.returncode:
            collecting.terminate()
            raise EmbeddedError("数据准备失败，原因见上。")
        if collecting.wait(timeout=PREPARATION_SECONDS):
            raise EmbeddedError(f"静态文件收集失败：\n{tail(self.places.logs / 'static.log')}")
        self.stamp.write_text(digest)

    def digest(self, environment: Mapping[str, str]) -> str:
        """Changes with the code, the installed packages, the database or the addresses."""
        total = hashlib.sha256()
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "BASE_DOMAIN", "PORT"):
            total.update(environment[name].encode() + b"\0")
        total.update(postgres.identity(environment["DATABASE_OWNER_URL"]).encode())
        for path in self._code():
            total.update(str(path).encode() + path.read_bytes())
        return total.hexdigest()

    def _code(self) -> Iterator[Path]:
        yield from self.root.glob("requirements.lock")
        for tree in ("platform", "tenants", "modules"):
            for path in sorted((self.root / tree).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    yield path

    def services(self, environment: dict[str, str]) -> list[Service]:
        """Web, worker, scheduler and WeChat's simulator without the owner's login; the provisioner with it."""
        application = {name: value for name, value in environment.items() if name not in OWNER_ONLY}
        python = [sys.executable, "-m"]
        manage = [sys.executable, "manage.py"]
        web = ["gunicorn", "jiceng.config.wsgi:application", "--worker-class", "gthread", "--workers", "2"]
        web += ["--threads", "4", "--bind", f"{ports.LOOPBACK}:{self.port}", "--preload", "--access-logfile", "-"]
        web += ["--no-control-socket"]
        worker = ["celery", "-A", "jiceng.config.celery", "worker", "--concurrency", "2", "--loglevel", "INFO"]
        worker += ["--without-gossip", "--without-mingle"]
        return [
            Service("web", [*python, *web], application),
            Service("worker", [*python, *worker], application),
            Service("scheduler", [*manage, "scheduler"], application),
            Service("provisioner", [*manage, "provisioner"], environment),
            Service("wechat", [*python, *self.simulator()], {**application, "WECHAT_SIMULATOR": "1"}),
        ]

    def simulator(self) -> list[str]:
        """The command of WeChat's simulator."""
        domain = f"{os.environ.get('BASE_DOMAIN', 'jiceng.localhost')}:{self.port}"
        return [
            "jiceng.wechat.simulator", "--port", str(self.wechat_port), "--state", str(self.wechat_state), "--oauth-domain", domain,
        ]  # fmt: skip

    def connect_wechat(self, environment: Mapping[str, str]) -> None:
        """Connect the first organisation's account to the simulator; nothing when that was done before."""
        application = {name: value for name, value in environment.items() if name not in OWNER_ONLY}
        command = [sys.executable, "manage.py", "seed_wechat", str(self.logins)]
        path = self.places.logs / "wechat-seed.log"
        with path.open("ab") as log:
            done = subprocess.run(
                command,
                env=application,
                cwd=self.root,
                check=False,
                timeout=PREPARATION_SECONDS,
                stdout=log,
                stderr=log,
            )
        if done.returncode:
            print(f"微信模拟器没有接好，见 {path}；其他功能可以照常使用。", file=sys.stderr)

    def wait_until_ready(self, supervisor: Supervisor) -> None:
        """Until ``/readyz`` says so. Raises with what is missing when it does not within ``READY_SECONDS``."""
        print("等待服务就绪…", flush=True)
        deadline = time.monotonic() + READY_SECONDS
        missing = "web"
        while missing:
            if time.monotonic() > deadline:
                logs = "\n".join(
                    f"--- {name}\n{tail(self.places.logs / f'{name}.log', 8)}" for name in supervisor.children
                )
                raise EmbeddedError(f"服务没有就绪，缺少：{missing}\n{logs}")
            supervisor.look_after()
            time.sleep(0.2)
            missing = not_ready(self.port)

    # --- In the background -----------------------------------------------------------------------------------------
    def detach(self) -> None:
        """Start ``run`` in a session of its own and return when it is ready."""
        log_path = self.places.logs / "supervisor.log"
        environment = {**os.environ, "DETACH": "", "PORT": str(self.port)}
        offset = log_path.stat().st_size if log_path.exists() else 0
        with log_path.open("ab") as log:
            child = processes.spawn([sys.executable, "-m", MODULE], log=log, environment=environment)
        while not ((facts := self.running()) and facts["pid"] == child.pid and facts["ready"]):
            offset = _follow(log_path, offset)
            if child.poll() is not None:
                _follow(log_path, offset)
                raise EmbeddedError(f"演示没有启动成功，见 {log_path}。")
            time.sleep(0.2)
        print(report.summary(self.logins, self.port))
        print(f"\n在后台运行（pid {child.pid}）。停止：make demo-stop")

    def stop(self) -> bool:
        """End the supervisor and whatever is left of its servers. Returns whether anything ran."""
        facts = self.running()
        ended = bool(facts) and processes.end(facts["pid"], MODULE, patience_seconds=60) if facts else False
        return Installation("demo").stop() or ended

    def reset(self) -> None:
        """Delete the data of the demonstration (not those of a database that was given)."""
        for path in (self.places.directory, self.places.postgres_base(as_root=processes.is_root())):
            shutil.rmtree(path, ignore_errors=True)
        self.logins.unlink(missing_ok=True)


def not_ready(port: int) -> str:
    """What ``/readyz`` names, empty when all is well."""
    try:
        with urllib.request.urlopen(f"http://{ports.LOOPBACK}:{port}/readyz", timeout=5):
            return ""
    except urllib.error.HTTPError as error:
        return error.read().decode(errors="replace")[:300]
    except OSError:
        return "web"


def _follow(path: Path, offset: int) -> int:
    """Print what was added to a log since ``offset``; returns the new offset."""
    with path.open("rb") as log:
        log.seek(offset)
        added = log.read()
    text = added.decode(errors="replace")
    if "基层云已就绪" not in text:
        sys.stdout.write(text)
        sys.stdout.flush()
    return offset + len(added)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Run, stop or reset; returns the exit status."""
    try:
        port = int(os.environ.get("PORT") or 8000)
    except ValueError:
        print("PORT 必须是数字。", file=sys.stderr)
        return 2
    demo = Demo(port)
    try:
        return _act(demo, arguments)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130 if demo.running() else 0


def _act(demo: Demo, arguments: list[str]) -> int:
    if arguments == ["--stop"]:
        print("演示已停止。" if demo.stop() else "演示没有在运行。")
        return 0
    if arguments == ["--reset"]:
        demo.stop()
        demo.reset()
        print("演示数据已删除。")
        return 0
    if facts := demo.running():
        print(report.RUNNING.format(**facts))
        return 0 if facts["port"] == demo.port else 1
    demo.check_port()
    if os.environ.get("DETACH") not in (None, "", "0"):
        demo.detach()
        return 0
    signal.signal(signal.SIGTERM, _interrupt)
    demo.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
