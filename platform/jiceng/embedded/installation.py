"""Both servers of one profile: start, stop, and the environment that Jiceng reads."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from . import postgres, processes, redis_server
from .errors import EmbeddedError
from .keys import load_secrets, write_private
from .places import Places, project_root
from .postgres import Postgres
from .redis_server import Redis

MANUAL = "manual"


@dataclass(frozen=True)
class Given:
    """The URLs that stand in the environment; an empty one is to be provided by a server of ours."""

    owner_url: str = ""
    app_url: str = ""
    redis_url: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Given:
        return cls(
            environment.get("DATABASE_OWNER_URL", ""),
            environment.get("DATABASE_URL", ""),
            environment.get("REDIS_URL", ""),
        )

    @property
    def database(self) -> bool:
        return bool(self.owner_url or self.app_url)


class Installation:
    """The servers and secrets of one profile of one checkout."""

    def __init__(self, profile: str, environment: Mapping[str, str] | None = None) -> None:
        self.places = Places(project_root(), profile)
        self.given = Given.read(os.environ if environment is None else environment)
        self.places.create()
        self.secrets = load_secrets(self.places.secrets_file)

    @property
    def durable(self) -> bool:
        return self.places.profile == "demo"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One starter or stopper at a time."""
        with self.places.lock_file.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # --- State -----------------------------------------------------------------------------------------------------
    def state(self) -> tuple[Postgres | None, Redis | None]:
        """What was started last, alive or not."""
        try:
            state: dict[str, Any] = json.loads(self.places.state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None, None
        database, cache = state.get("postgres"), state.get("redis")
        return (Postgres(**database) if database else None), (Redis(**cache) if cache else None)

    def _save(self, database: Postgres | None, cache: Redis | None) -> None:
        state = {"postgres": asdict(database) if database else None, "redis": asdict(cache) if cache else None}
        write_private(self.places.state_file, json.dumps(state, indent=2) + "\n")

    # --- Start and stop --------------------------------------------------------------------------------------------
    def start(self, holder: str = MANUAL, *, with_parent: bool = False) -> None:
        """Have both servers running; those given or running already are left as they are.

        ``holder`` names who needs them: ``MANUAL``, or a pid whose end frees them (see ``release``).
        """
        with self.locked():
            database, cache = self.state()
            options = {"durable": self.durable, "with_parent": with_parent}
            if not self.given.database and not (database and database.alive()):
                port = database.port if database else None
                password = self.secrets["database_owner_password"]
                database = postgres.start(self.places, password, preferred_port=port, **options)
                self._save(database, cache)
            if not self.given.redis_url and not (cache and cache.alive()):
                port = cache.port if cache else None
                cache = redis_server.start(self.places, self.secrets["redis_password"], preferred_port=port, **options)
            self._save(database, cache)
            (self.places.holders / holder).touch()

    def stop(self) -> bool:
        """Stop the servers of ours that run. Returns whether any did."""
        with self.locked():
            return self._stop()

    def release(self, holder: str) -> None:
        """``holder`` needs the servers no more; the last one out stops them."""
        with self.locked():
            (self.places.holders / holder).unlink(missing_ok=True)
            for left in self.places.holders.iterdir():
                if left.name == MANUAL or processes.command_line(int(left.name)):
                    return
            self._stop()

    def _stop(self) -> bool:
        database, cache = self.state()
        stopped = [bool(database and postgres.stop(database)), bool(cache and redis_server.stop(cache))]
        for holder in self.places.holders.iterdir():
            holder.unlink()
        return any(stopped)

    # --- For those who use them ------------------------------------------------------------------------------------
    def environment(self) -> dict[str, str]:
        """Variables for Jiceng's processes. ``DATABASE_OWNER_URL`` is for the owner's processes only."""
        database, cache = self.state()
        owner_url, app_url = self._given_urls() if self.given.database else self._own_urls(database)
        redis_url = self.given.redis_url
        if not redis_url:
            if cache is None or not cache.alive():
                raise EmbeddedError("Redis 没有运行，请先启动：python -m jiceng.embedded start")
            redis_url = cache.url(self.secrets["redis_password"])
        return {
            "DATABASE_URL": app_url,
            "DATABASE_OWNER_URL": owner_url,
            "REDIS_URL": redis_url,
            "SECRET_KEY": self.secrets["secret_key"],
            "MASTER_KEY": self.secrets["master_key"],
        }

    def _own_urls(self, database: Postgres | None) -> tuple[str, str]:
        if database is None or not database.alive():
            raise EmbeddedError("PostgreSQL 没有运行，请先启动：python -m jiceng.embedded start")
        owner = database.url(postgres.OWNER, self.secrets["database_owner_password"])
        return owner, database.url(postgres.APPLICATION, self.secrets["database_app_password"])

    def _given_urls(self) -> tuple[str, str]:
        """Owner's and application's URL when one or both were given. The owner's can be turned into the other."""
        owner_url = self.given.owner_url or self.given.app_url
        check_owner(owner_url)
        if self.given.owner_url and self.given.app_url:
            return owner_url, self.given.app_url
        return owner_url, with_login(owner_url, postgres.APPLICATION, self.secrets["database_app_password"])


def check_owner(url: str) -> None:
    """Refuse a given database that cannot serve: unreachable, too old, or its login may not create roles."""
    try:
        with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
            version = connection.info.server_version // 10000
            query = "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
            row = connection.execute(query).fetchone()
    except psycopg.OperationalError as error:
        raise EmbeddedError(f"连不上给定的数据库（DATABASE_OWNER_URL / DATABASE_URL）：{error}") from error
    if version < postgres.ladder.POSTGRES_MINIMUM:
        raise EmbeddedError(f"给定的 PostgreSQL {version} 太旧，至少需要 {postgres.ladder.POSTGRES_MINIMUM}。")
    if not row or not row[0]:
        raise EmbeddedError(
            "给定的数据库账号不能创建角色。请用 DATABASE_OWNER_URL 给出管理账号（超级用户，或有 CREATEROLE 和 CREATEDB）。"
        )


def with_login(url: str, user: str, password: str) -> str:
    """``url`` with another user and password."""
    parts = urlsplit(url)
    location = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password, safe='')}@{location}"))
