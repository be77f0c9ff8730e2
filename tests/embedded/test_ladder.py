"""Which server binaries are taken, and why others are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiceng.embedded import ladder
from jiceng.embedded.ladder import Binaries

VERSIONS = {"old": 12, "fit": 15, "new": 18, "broken": None}


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Four installations of PostgreSQL, and a fifth without ``initdb``."""
    for name in (*VERSIONS, "bare"):
        directory = tmp_path / name
        directory.mkdir()
        for program in ("postgres", "initdb") if name != "bare" else ("postgres",):
            (directory / program).touch(mode=0o755)
    return tmp_path


def version(program: Path, run_as: object) -> int | None:
    return VERSIONS[program.parent.name]


def split(machine: Path, *names: str):
    candidates = [("machine", machine / name / "postgres") for name in names]
    return ladder.usable(candidates, minimum=14, companions=("initdb",), version=version)


def test_binaries_too_old_unusable_or_incomplete_are_passed_over_with_a_reason(machine: Path) -> None:
    found, refused = split(machine, "old", "broken", "bare", "fit", "new")

    assert [binaries.major for binaries in found] == [15, 18]
    assert [str(refusal) for refusal in refused] == [
        f"{machine}/old/postgres：版本 12 太旧，至少需要 14",
        f"{machine}/broken/postgres：无法运行",
        f"{machine}/bare/postgres：缺少 initdb",
    ]


def test_a_program_found_twice_is_tried_once(machine: Path) -> None:
    found, _ = split(machine, "fit", "fit")

    assert len(found) == 1


@pytest.mark.parametrize(("existing", "majors"), [(None, [15, 18]), (18, [18]), (16, [])])
def test_existing_data_decides_the_major_version(existing: int | None, majors: list[int]) -> None:
    sets = [Binaries("machine", Path("/a/postgres"), 15), Binaries("wheel", Path("/b/postgres"), 18)]

    assert [binaries.major for binaries in ladder.matching(sets, existing)] == majors


def test_the_newest_debian_installation_comes_first_and_path_last(tmp_path: Path) -> None:
    for number in ("9", "15", "17"):
        (tmp_path / "lib" / number / "bin").mkdir(parents=True)
    on_path = tmp_path / "own"
    on_path.mkdir()
    (on_path / "postgres").touch(mode=0o755)

    found = list(ladder.postgres_candidates(path=f"/nowhere:{on_path}", roots=[tmp_path / "lib"]))

    assert [str(path.relative_to(tmp_path)) for path in found] == [
        "lib/17/bin/postgres",
        "lib/15/bin/postgres",
        "lib/9/bin/postgres",
        "own/postgres",
    ]


@pytest.mark.parametrize(
    ("output", "major"),
    [
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15),
        ("postgres (PostgreSQL) 18beta1", 18),
        ("Redis server v=8.2.3 sha=b5d43ceb:0 malloc=jemalloc-5.3.0 bits=64", 8),
        ("Valkey server v=7.2.11 sha=00000000:0", 7),
        ("no number here", None),
    ],
)
def test_the_version_is_read_from_what_the_program_prints(tmp_path: Path, output: str, major: int | None) -> None:
    program = tmp_path / "server"
    program.write_text(f"#!/bin/sh\necho '{output}'\n")
    program.chmod(0o755)

    assert ladder.program_major(program, None) == major


def test_a_program_that_fails_has_no_version(tmp_path: Path) -> None:
    program = tmp_path / "server"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)

    assert ladder.program_major(program, None) is None
    assert ladder.program_major(tmp_path / "absent", None) is None
