"""Starting and ending the processes we own, and only those."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class RunAs:
    """The unprivileged user a server runs as."""

    name: str
    uid: int
    gid: int

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for ``subprocess``."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def is_root() -> bool:
    return os.geteuid() == 0


def unprivileged_user() -> RunAs | None:
    """``nobody`` when we are root, else None: run as ourselves."""
    if not is_root():
        return None
    entry = pwd.getpwnam("nobody")
    return RunAs("nobody", entry.pw_uid, entry.pw_gid)


def end_with_parent(number: int) -> Callable[[], None] | None:
    """A ``preexec_fn`` that has the kernel send signal ``number`` to the child when its parent dies (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def request() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number))

    return request


def spawn(
    command: Sequence[str | Path],
    *,
    log: IO[bytes] | int,
    environment: Mapping[str, str] | None = None,
    run_as: RunAs | None = None,
    directory: Path | None = None,
    parent_death_signal: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own, so that the terminal's Ctrl-C reaches only the supervisor."""
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=dict(environment) if environment is not None else None,
        cwd=directory,
        start_new_session=True,
        preexec_fn=end_with_parent(parent_death_signal) if parent_death_signal else None,
        **(run_as.arguments() if run_as else {}),
    )


def command_line(pid: int) -> str:
    """The command line of a living process, empty when there is none (a zombie has none)."""
    proc = Path(f"/proc/{pid}/cmdline")
    if proc.parent.parent.joinpath("self").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def is_ours(pid: int | None, expected: str) -> bool:
    """Whether ``pid`` lives and its command line contains ``expected``: a pid alone may have been given to another."""
    return bool(pid) and expected in command_line(int(pid or 0))


def end(pid: int, expected: str, *, first: int = signal.SIGTERM, patience_seconds: float = 20) -> bool:
    """End our process ``pid``: signal ``first``, wait, then SIGKILL. Returns False when it was not running."""
    if not is_ours(pid, expected):
        return False
    os.kill(pid, first)
    if not wait_until(lambda: _gone(pid, expected), patience_seconds) and is_ours(pid, expected):
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: _gone(pid, expected), 5)
    return True


def _gone(pid: int, expected: str) -> bool:
    try:
        os.waitpid(pid, os.WNOHANG)  # reap it if it is our child
    except (ChildProcessError, OSError):
        pass
    return not is_ours(pid, expected)


def wait_until(condition: Callable[[], bool], seconds: float, *, step_seconds: float = 0.05) -> bool:
    """Poll ``condition`` until it holds or ``seconds`` have passed; returns whether it held."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(step_seconds)
    return True
