"""``probe`` puts the probe's manifest among the others for one test."""

from collections.abc import Iterator

import pytest

from jiceng.kernel import registry

from . import handlers
from .manifest import MANIFEST


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """The probe's handlers; its manifest is declared while the test runs."""
    everything = registry.Registry((*registry.load().manifests, MANIFEST))
    monkeypatch.setattr(registry, "load", lambda: everything)
    handlers.failing.clear()
    yield handlers
    handlers.failing.clear()
