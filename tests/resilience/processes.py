"""Real workers and schedulers, to be killed."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.support import database

ROOT = Path(__file__).resolve().parents[2]
# A worker whose children die before it is up ends; killing it then would only test its start.
STARTING_SECONDS = 4.0
COMMANDS = {
    "worker": ["-m", "celery", "-A", "jiceng.config.celery", "worker", "--concurrency=2", "--loglevel=WARNING",
               "--without-gossip", "--without-mingle"],
    "scheduler": ["manage.py", "scheduler", "--interval=0.2"],
}  # fmt: skip


def _end_with_parent() -> None:
    """On Linux: have the kernel end the process when the test run is killed and cannot (prctl PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Processes:
    """One worker (with two children) and one scheduler, kept alive until ``stop``; what is killed is started anew."""

    def __init__(self, run: str, logs: Path, **environment: str) -> None:
        self.run, self._logs = run, logs
        self._environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "tests.resilience.settings", "PYTHONPATH": f"{ROOT}/platform:{ROOT}",
            "DATABASE_URL": database.database_url(), "PROBE_RUN": run, "PYTHONDONTWRITEBYTECODE": "1", **environment,
        }  # fmt: skip
        self.running: dict[str, subprocess.Popen] = {}
        self._started_at: dict[str, float] = {}

    def start(self, part: str) -> None:
        self._started_at[part] = time.monotonic()
        with (self._logs / f"{part}.log").open("ab") as log:
            self.running[part] = subprocess.Popen(
                [sys.executable, *COMMANDS[part]], cwd=ROOT, env=self._environment, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=_end_with_parent,
            )  # fmt: skip

    def kill(self, part: str) -> None:
        """SIGKILL the process and its children, as a power cut would, and start it again."""
        process = self.running.pop(part)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.start(part)

    def tend(self) -> None:
        """As a supervisor does: start anew what has ended. (A worker ends when its children die while it starts.)"""
        for part, process in list(self.running.items()):
            if process.poll() is not None:
                self.start(part)

    def kill_child(self) -> bool:
        """SIGKILL one of the worker's children, in the middle of whatever it does; ``False`` while there is none."""
        if time.monotonic() - self._started_at["worker"] < STARTING_SECONDS:
            return False
        try:
            children = psutil.Process(self.running["worker"].pid).children()
        except psutil.NoSuchProcess:
            return False
        if not children:
            return False
        children[int(time.monotonic() * 1000) % len(children)].kill()
        return True

    def stop(self) -> None:
        for process in self.running.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()

    def log(self, part: str) -> str:
        path = self._logs / f"{part}.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Tend the processes until ``condition`` holds; ``False`` when it does not within ``seconds``."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return True
            self.tend()
            time.sleep(0.3)
        return condition()
