"""Security programme E-1: only the relay talks to Celery, and no module or service talks HTTP inside its transaction."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SENDING = {"delay", "apply_async", "send_task"}
OUTSIDE = {"requests", "httpx", "urllib.request", "urllib3", "http.client", "smtplib", "socket"}
CELERY = {"celery", "kombu"}
# The relay and the runner; the application itself; the arithmetic of cron expressions.
RUNNER = {"tenants/background/relay.py", "tenants/background/runner.py", "platform/jiceng/config/celery.py"}
MAY_IMPORT_CELERY = RUNNER | {"platform/jiceng/kernel/cron.py"}


def sources() -> list[Path]:
    found = [path for base in ("platform/jiceng", "tenants", "modules") for path in (ROOT / base).rglob("*.py")]
    return [path for path in found if "/migrations/" not in str(path)]


def is_service(path: Path) -> bool:
    return path.stem in {"services", "tasks", "handlers", "selectors"} or path.parent.name in {"services", "selectors"}


def faults(path: Path, text: str | None = None) -> list[str]:
    """What ``path`` does that it must not, with line numbers."""
    name = str(path.relative_to(ROOT))
    found = []
    for node in ast.walk(ast.parse(text if text is not None else path.read_text(encoding="utf-8"))):
        sends = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SENDING
        if sends and name not in RUNNER:
            found.append(f"{name}:{node.lineno} sends to Celery by .{node.func.attr}()")
        for module in _imported(node):
            if _is_within(module, CELERY) and name not in MAY_IMPORT_CELERY:
                found.append(f"{name}:{node.lineno} imports {module}")
            if _is_within(module, OUTSIDE) and (is_service(path) or name.startswith("modules/")):
                found.append(f"{name}:{node.lineno} imports {module}")
    return found


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _is_within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_nobody_but_the_runner_sends_and_no_service_leaves_the_house():
    assert [fault for path in sources() for fault in faults(path)] == []


@pytest.mark.parametrize(
    ("planted", "count"),
    [
        ("from celery import shared_task\n", 1),
        ("import requests\n", 1),
        ("from urllib.request import urlopen\n", 1),
        ("from urllib import request\n", 1),
        ("def f(task):\n    task.delay(1)\n", 1),
        ("def f(task):\n    task.apply_async()\n    other.send_task('x')\n", 2),
        ("from urllib.parse import quote\n", 0),
    ],
)
def test_a_planted_fault_is_found(planted, count):
    assert len(faults(ROOT / "modules" / "news" / "services.py", planted)) == count
