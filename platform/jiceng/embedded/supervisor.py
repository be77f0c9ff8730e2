"""Keeping Jiceng's processes alive until told to stop."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .errors import EmbeddedError

# A process that ends this often within the window is not started again.
RESTARTS = 5
WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Service:
    """One kind of process: its command and exactly the environment it may know."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass
class Supervisor:
    """Starts services, starts those again that end, and ends them all. They end too when this process dies."""

    logs: Path
    directory: Path
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    starts: dict[str, list[float]] = field(default_factory=dict)

    def start(self, service: Service) -> None:
        """Start ``service``; its output is appended to ``<logs>/<name>.log``."""
        with (self.logs / f"{service.name}.log").open("ab") as log:
            self.children[service.name] = processes.spawn(
                service.command,
                log=log,
                environment=service.environment,
                directory=self.directory,
                parent_death_signal=signal.SIGTERM,
            )
        self.services[service.name] = service
        self.starts.setdefault(service.name, []).append(time.monotonic())

    def look_after(self) -> None:
        """Start again what has ended. Raises ``EmbeddedError`` when something does not stay up."""
        for name, child in list(self.children.items()):
            if child.poll() is None:
                continue
            since = time.monotonic() - WINDOW_SECONDS
            self.starts[name] = [at for at in self.starts[name] if at > since]
            if len(self.starts[name]) >= RESTARTS:
                raise EmbeddedError(f"{name} 反复退出（状态 {child.returncode}）：\n{tail(self.logs / f'{name}.log')}")
            print(f"{name} 已退出（状态 {child.returncode}），重新启动。", file=sys.stderr, flush=True)
            time.sleep(0.5 * len(self.starts[name]))
            self.start(self.services[name])

    def stop(self, patience_seconds: float = 15) -> None:
        """Ask all to end, wait, and kill those that do not."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + patience_seconds
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
