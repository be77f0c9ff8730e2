"""Where the files of an installation live."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from .errors import EmbeddedError

PROFILES = ("demo", "test")


def project_root() -> Path:
    """The directory of the checkout: ``JICENG_HOME``, else the tree this file stands in, else the current directory."""
    if home := os.environ.get("JICENG_HOME"):
        return Path(home).resolve()
    tree = Path(__file__).resolve().parents[3]
    return tree if (tree / "manage.py").exists() else Path.cwd()


@dataclass(frozen=True)
class Places:
    """All paths of one profile (``demo`` or ``test``)."""

    root: Path
    profile: str

    @property
    def local(self) -> Path:
        return self.root / ".local"

    @property
    def directory(self) -> Path:
        return self.local / self.profile

    @property
    def state_file(self) -> Path:
        return self.directory / "servers.json"

    @property
    def holders(self) -> Path:
        return self.directory / "holders"

    @property
    def lock_file(self) -> Path:
        return self.directory / "lock"

    @property
    def logs(self) -> Path:
        return self.directory / "log"

    @property
    def secrets_file(self) -> Path:
        return self.local / "secrets.json"

    @property
    def redis_data(self) -> Path:
        return self.directory / "redis"

    def create(self) -> None:
        """Make the directories, closed to other users of the machine."""
        self.local.mkdir(mode=0o700, exist_ok=True)
        for directory in (self.directory, self.holders, self.logs):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def postgres_base(self, *, as_root: bool) -> Path:
        """Parent of the database's files. For root outside the project, where user ``nobody`` can reach it."""
        return shared_base(self.root) / self.profile if as_root else self.directory


def shared_base(root: Path, parent: Path = Path("/var/tmp")) -> Path:  # noqa: S108 - checked by safe_directory()
    """A directory name below ``parent`` that belongs to the checkout at ``root``."""
    return parent / f"jiceng-{hashlib.sha256(str(root).encode()).hexdigest()[:12]}"


def safe_directory(path: Path, *, mode: int, owner: tuple[int, int] | None = None) -> Path:
    """Make ``path``, or accept it when it is a real directory of ours.

    ``/var/tmp`` is writable by everyone: a directory that stands there already and belongs to somebody else is refused.
    """
    path.mkdir(mode=mode, exist_ok=True)
    facts = path.lstat()
    expected = {os.geteuid()} | ({owner[0]} if owner else set())
    if path.is_symlink() or not path.is_dir() or facts.st_uid not in expected:
        raise EmbeddedError(f"{path} 已存在且不属于当前用户，请检查后删除它再试。")
    path.chmod(mode)
    if owner:
        os.chown(path, *owner)
    return path
