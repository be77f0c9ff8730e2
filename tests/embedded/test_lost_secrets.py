"""A cluster whose secrets were deleted (``.local`` removed, the files elsewhere left) is no dead end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from jiceng.embedded import places as places_module
from jiceng.embedded import postgres, processes
from jiceng.embedded.places import Places
from jiceng.embedded.postgres import OWNER, Postgres


@pytest.fixture  # not in tmp_path: the server may run as a user who cannot look there
def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        root = Path(name)
        root.chmod(0o711)
        base = root / "shared"
        monkeypatch.setattr(postgres, "shared_base", lambda root: base)
        monkeypatch.setattr(places_module, "shared_base", lambda root: base)
        made = Places(root, "test")
        made.create()
        yield made
        postgres._end_orphan(made.postgres_base(as_root=processes.is_root()) / "postgres")


def _count_of_marks(server: Postgres, password: str) -> int:
    with psycopg.connect(server.url(OWNER, password, "postgres")) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'mark'").fetchone()
    return int(row[0]) if row else -1


def _mark(server: Postgres, password: str) -> None:
    with psycopg.connect(server.url(OWNER, password, "postgres")) as connection:
        connection.execute("CREATE TABLE mark ()")


def test_a_test_run_starts_over(places: Places) -> None:
    server = postgres.start(places, "first", durable=False, with_parent=True)
    _mark(server, "first")
    postgres.stop(server)

    again = postgres.start(places, "second", durable=False, with_parent=True)

    assert _count_of_marks(again, "second") == 0


def test_a_demo_keeps_the_old_files_aside(places: Places) -> None:
    server = postgres.start(places, "first", durable=True, with_parent=True)
    postgres.stop(server)

    postgres.start(places, "second", durable=True, with_parent=True)

    aside = list(Path(server.data).parent.glob("postgres.lost-secrets-*"))
    assert [(path / "PG_VERSION").exists() for path in aside] == [True]


def test_a_server_nobody_knows_of_is_ended_and_its_data_kept(places: Places) -> None:
    orphan = postgres.start(places, "same", durable=False, with_parent=True)
    _mark(orphan, "same")

    server = postgres.start(places, "same", durable=False, with_parent=True)

    assert not orphan.alive() or orphan.pid == server.pid
    assert server.pid != orphan.pid
    assert _count_of_marks(server, "same") == 1
