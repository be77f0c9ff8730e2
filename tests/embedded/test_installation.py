"""Secrets, ports, places and URLs of an installation."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from jiceng.embedded import ports
from jiceng.embedded.errors import EmbeddedError
from jiceng.embedded.installation import Given, with_login
from jiceng.embedded.keys import NAMES, load_secrets
from jiceng.embedded.places import Places, safe_directory, shared_base


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"

    first = load_secrets(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(first) == sorted(NAMES)
    assert len(set(first.values())) == len(NAMES)
    assert min(len(value) for value in first.values()) >= 40
    assert load_secrets(path) == first


def test_a_missing_secret_is_added_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({"master_key": "kept"}))

    secrets = load_secrets(path)

    assert secrets["master_key"] == "kept"
    assert json.loads(path.read_text()) == secrets
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_secrets_file_open_to_others_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    load_secrets(path)
    path.chmod(0o644)

    load_secrets(path)

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_taken_port_is_not_free_and_another_is_chosen() -> None:
    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert not ports.is_free(port)
        assert ports.choose_port(port) != port

    assert ports.choose_port(port) == port


def test_two_checkouts_never_share_a_directory(tmp_path: Path) -> None:
    assert shared_base(tmp_path / "a", tmp_path) != shared_base(tmp_path / "b", tmp_path)
    assert Places(tmp_path / "a", "test").postgres_base(as_root=False) == tmp_path / "a" / ".local" / "test"


def test_local_state_is_closed_to_others(tmp_path: Path) -> None:
    places = Places(tmp_path, "demo")

    places.create()

    assert places.local.stat().st_mode & 0o777 == 0o700
    assert places.logs.stat().st_mode & 0o777 == 0o700


def test_a_planted_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "planted").symlink_to(tmp_path / "target")

    with pytest.raises(EmbeddedError):
        safe_directory(tmp_path / "planted", mode=0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a directory of somebody else")
def test_a_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "planted").mkdir()
    os.chown(tmp_path / "planted", 12345, 12345)

    with pytest.raises(EmbeddedError):
        safe_directory(tmp_path / "planted", mode=0o700)


def test_given_urls_are_the_first_rung() -> None:
    given = Given.read({"DATABASE_URL": "postgresql://a@h/d", "PATH": "/bin"})

    assert given.database
    assert not given.redis_url
    assert not Given.read({}).database


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://postgres:old@db.example:5433/x?sslmode=require",
            "postgresql://app:p%2Fw@db.example:5433/x?sslmode=require",
        ),
        ("postgresql://127.0.0.1/x", "postgresql://app:p%2Fw@127.0.0.1/x"),
        ("postgresql://a:b%40c@[::1]:5432/x", "postgresql://app:p%2Fw@[::1]:5432/x"),
    ],
)
def test_the_login_of_a_url_is_replaced(url: str, expected: str) -> None:
    assert with_login(url, "app", "p/w") == expected
