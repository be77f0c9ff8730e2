"""Our processes end when they should; those of others never."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jiceng.embedded import processes
from jiceng.embedded.errors import EmbeddedError
from jiceng.embedded.supervisor import RESTARTS, Service, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)  # mark-of-ours"]


def test_a_process_is_ours_only_with_our_mark() -> None:
    child = processes.spawn(SLEEP, log=subprocess.DEVNULL)
    try:
        assert processes.wait_until(lambda: processes.is_ours(child.pid, "mark-of-ours"), 5)
        assert not processes.is_ours(child.pid, "another-mark")
        assert not processes.end(child.pid, "another-mark")
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()


def test_ending_waits_and_then_kills() -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()

    assert processes.end(child.pid, "SIG_IGN", patience_seconds=0.3)

    assert not processes.is_ours(child.pid, "SIG_IGN")
    child.stdout.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's parent-death signal is Linux only")
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from jiceng.embedded.supervisor import Service, Supervisor\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "supervisor = Supervisor(here, here)\n"
        "supervisor.start(Service('child', [sys.executable, '-c', 'import time; time.sleep(60)'], {}))\n"
        "print(supervisor.children['child'].pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(processes.__file__).parents[2])}
    parent = subprocess.Popen([sys.executable, "-c", program, tmp_path], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert processes.is_ours(child, "sleep")

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    assert processes.wait_until(lambda: not processes.is_ours(child, "sleep"), 5)


def test_a_service_that_does_not_stay_up_is_given_up_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jiceng.embedded.supervisor.time.sleep", lambda seconds: None)
    supervisor = Supervisor(tmp_path, tmp_path)
    supervisor.start(Service("broken", [sys.executable, "-c", "raise SystemExit('no database')"], {}))

    with pytest.raises(EmbeddedError, match="no database"):
        for _ in range(RESTARTS + 1):
            supervisor.children["broken"].wait()
            supervisor.look_after()

    assert len(supervisor.starts["broken"]) == RESTARTS
