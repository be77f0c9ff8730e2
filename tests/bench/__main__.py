"""``python -m tests.bench``: what tenancy costs, as ratios measured in one run. Prints a table, writes .local/bench.json.

Needs the owner's login in DATABASE_OWNER_URL. ``--check`` fails when a goal is missed; ``--quick`` measures less.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiceng.config.settings.test")
os.environ["TEST_DB_SUFFIX"] = f"{os.environ.get('TEST_DB_SUFFIX', 'main')}_bench"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from tests.support import database  # noqa: E402

ROWS = 50
LIST = f"/api/v1/news/articles?limit={ROWS}"
REQUESTS = {
    "api list of 50": (LIST, "key"), "phone list": ("/news/", "session"), "phone home": ("/", "session"),
    "console list": ("/console/news/", "session"), "article of the api": ("", "key"), "public card": ("/about/", "anonymous"),
}  # fmt: skip
GOALS = {"statements_more": 1, "throughput_ratio": 0.95, "sign_up_speedup": 100}


class Worker:
    """A process that answers requests on its own settings."""

    def __init__(self, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **environment}, cwd=settings.ROOT,
        )  # fmt: skip

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker died at {do} {arguments}")
        return json.loads(line)

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)


@contextmanager
def both() -> Iterator[dict[str, Worker]]:
    """The tenant's process and the plain one, with the same rows in both."""
    from tenants.context import platform_scope, scope_of
    from tenants.directory import get
    from tenants.models import Tenant

    with platform_scope():
        record = get(Tenant.objects.get(slug="hongqi").id)
    assert record is not None
    scope = scope_of(record)
    plain_url = _plain_database()
    common = {"PYTHONPATH": "platform:."}
    workers = {
        "tenant": Worker(
            DATABASE_URL=database.database_url(), BENCH_HOST=record.host,
            BENCH_SCOPE=json.dumps({"key": scope.key, "schema": scope.schema, "role": scope.role}), **common,
        ),
        "plain": Worker(
            DJANGO_SETTINGS_MODULE="tests.bench.reference.settings", BENCH_PLAIN_URL=plain_url,
            BENCH_HOST="plain.jiceng.test",
            BENCH_SCOPE=json.dumps({"key": "plain", "schema": "public", "role": None}), **common,
        ),
    }  # fmt: skip
    try:
        for worker in workers.values():
            worker.ask("seed", rows=ROWS)
        yield workers
    finally:
        for worker in workers.values():
            worker.stop()
        _drop_plain()


def _plain_database() -> str:
    _drop_plain()
    with database._maintenance() as server:
        server.execute(f'CREATE DATABASE "{settings.TEST_DATABASE}_plain"')
    url = f"{database.owner_url()}_plain"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True, cwd=settings.ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.bench.reference.settings", "BENCH_PLAIN_URL": url,
             "PYTHONPATH": "platform:."},
    )  # fmt: skip
    return url


def _drop_plain() -> None:
    with database._maintenance() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{settings.TEST_DATABASE}_plain" WITH (FORCE)')


def statements(workers: dict[str, Worker]) -> dict[str, Any]:
    """Statements that one warm request sends to PostgreSQL, counted on the wire."""
    found = {}
    for name, (path, who) in REQUESTS.items():
        counts = {side: worker.ask("count", path=path or _first_article(worker), who=who) for side, worker in workers.items()}
        found[name] = {side: answer["sent"] for side, answer in counts.items()}
        found[name]["statuses"] = [answer["status"] for answer in counts.values()]
        found[name]["more"] = found[name]["tenant"] - found[name]["plain"]
        found[name]["texts"] = {side: answer["texts"] for side, answer in counts.items()}
    return found


def _first_article(worker: Worker) -> str:
    answer = json.loads(worker.ask("get", path=LIST, who="key")["body"])
    return f"/api/v1/news/articles/{answer['results'][0]['id']}"


def throughput(workers: dict[str, Worker], rounds: int, requests: int) -> dict[str, Any]:
    """Requests a second, in many short turns, so that whatever else the machine does falls on both sides alike."""
    rates: dict[str, list[float]] = {side: [] for side in workers}
    burnt: dict[str, list[float]] = {side: [] for side in workers}
    for number in range(rounds):
        order = list(workers) if number % 2 else list(reversed(workers))
        for side in order:
            spent = workers[side].ask("spend", path=LIST, who="key", requests=requests)
            rates[side].append(requests / spent["seconds"])
            burnt[side].append(spent["cpu_seconds"] / requests)
    ratios = [tenant / plain for tenant, plain in zip(rates["tenant"], rates["plain"], strict=True)]
    return {
        "tenant_rps": round(statistics.median(rates["tenant"]), 1), "plain_rps": round(statistics.median(rates["plain"]), 1),
        "ratio": round(statistics.median(rates["tenant"]) / statistics.median(rates["plain"]), 3),
        # What the process itself burns; hardly moved by what else the machine does.
        "cpu_ms": {side: round(statistics.median(values) * 1000, 2) for side, values in burnt.items()},
        "median_of_ratios": round(statistics.median(ratios), 3), "rounds": rounds, "requests_each": requests,
    }  # fmt: skip


def sign_up(repeats: int) -> dict[str, Any]:
    """Making a tenant by renaming a spare, against running every migration as stock django-tenants does."""
    from tenants import structure
    from tenants.provisioning import provision

    with database.as_owner():
        structure.keep_spares(repeats * 2 + 2)
    claims, provisions = [], []
    for number in range(repeats):
        with transaction.atomic():
            started = time.perf_counter()
            structure.claim_spare()
            claims.append(time.perf_counter() - started)
            transaction.set_rollback(True)
        started = time.perf_counter()
        provision(slug=f"bench-{number}-x", name="测量", kind="other", credit_code=database.credit_code(900 + number),
                  administrator_name="测量")  # fmt: skip
        provisions.append(time.perf_counter() - started)
    stock = []
    with database.as_owner():
        for number in range(3):
            started = time.perf_counter()
            structure.migrate_schema(f"bench_stock_{number}")
            stock.append(time.perf_counter() - started)
    medians = [statistics.median(values) for values in (claims, provisions, stock)]
    return {
        "rename_ms": round(medians[0] * 1000, 2), "provision_ms": round(medians[1] * 1000, 1),
        "stock_migrate_ms": round(medians[2] * 1000, 1), "speedup": round(medians[2] / medians[0]),
    }  # fmt: skip


def same_bytes(workers: dict[str, Worker]) -> bool:
    """Both sides answer the same rows; otherwise the comparison would mean nothing."""
    rows = []
    for worker in workers.values():
        answer = json.loads(worker.ask("get", path=LIST, who="key")["body"])
        rows.append([sorted(row) + [row["summary"]] for row in answer["results"]])
    return rows[0] == rows[1] and len(rows[0]) == ROWS


def table(result: dict[str, Any]) -> str:
    lines = [f"{'statements per request':<28}{'plain':>8}{'tenant':>8}{'more':>8}{'goal':>8}"]
    for name, found in result["statements"].items():
        lines.append(f"  {name:<26}{found['plain']:>8}{found['tenant']:>8}{found['more']:>+8}{'≤ +1':>8}")
    rates, made = result["throughput"], result["sign_up"]
    lines += [
        f"{'list of 50, requests/s':<28}{rates['plain_rps']:>8}{rates['tenant_rps']:>8}{rates['ratio']:>8}{'≥ 0.95':>8}",
        f"{'  processor time, ms':<28}{rates['cpu_ms']['plain']:>8}{rates['cpu_ms']['tenant']:>8}",
        f"{'new tenant, ms':<28}{made['stock_migrate_ms']:>8}{made['rename_ms']:>8}{'1/' + str(made['speedup']):>8}",
        f"{'  with all its rows, ms':<28}{'':>8}{made['provision_ms']:>8}",
    ]  # fmt: skip
    return "\n".join(lines)


def missed(result: dict[str, Any]) -> list[str]:
    found = [f"{name}: {facts['more']:+d} statements" for name, facts in result["statements"].items()
             if facts["more"] > GOALS["statements_more"]]  # fmt: skip
    if result["throughput"]["ratio"] < GOALS["throughput_ratio"]:
        found.append(f"throughput ratio {result['throughput']['ratio']}")
    if result["sign_up"]["speedup"] < GOALS["sign_up_speedup"]:
        found.append(f"sign-up only {result['sign_up']['speedup']} times faster")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    options = parser.parse_args()
    rounds, requests = (60, 8) if options.quick else (250, 10)
    database.create(reuse=False)
    try:
        with both() as workers:
            assert same_bytes(workers)
            result = {"statements": statements(workers), "throughput": throughput(workers, rounds, requests)}
        result["sign_up"] = sign_up(3 if options.quick else 9)
    finally:
        connection.close()
        database.drop()
    result["missed"] = missed(result)
    path = Path(settings.ROOT) / ".local" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    print(table(result))
    print("missed: " + "; ".join(result["missed"]) if result["missed"] else "every goal reached")
    return 1 if options.check and result["missed"] else 0


if __name__ == "__main__":
    sys.exit(main())
