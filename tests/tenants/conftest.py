"""Shared by the tests of background work."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tenants.background import relay
from tests.support.probe.fixtures import probe  # noqa: F401


class Post:
    """Stands where the broker is: keeps what was sent, and hands it to the worker's tasks when asked."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, dict]] = []
        self.error: Exception | None = None

    def send_task(self, name: str, kwargs: dict, **_options: object) -> None:
        if self.error:
            raise self.error
        self.letters.append((name, kwargs))

    def work(self) -> int:
        """Do as a worker does with all letters; returns how many there were."""
        letters, self.letters = self.letters, []
        for name, kwargs in letters:
            relay.application().tasks[name](**kwargs)
        return len(letters)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    """Celery's broker, replaced at the network's edge."""
    box = Post()
    monkeypatch.setattr(relay.application(), "send_task", box.send_task)
    monkeypatch.setattr(relay, "queued", lambda: len(box.letters))
    return box


@pytest.fixture
def run_due(post: Post) -> Callable[[], int]:
    """Relay and worker until nothing is due; returns how many deliveries were handed out."""

    def run() -> int:
        total = 0
        while sent := relay.tick():
            total += sent
            post.work()
            assert total < 1000
        return total

    return run


@pytest.fixture
def clean_agenda(db) -> None:
    """Nothing due but what the test makes due."""
    from tenants.context import platform_scope
    from tenants.models import Agenda

    with platform_scope():
        Agenda.objects.all().delete()
