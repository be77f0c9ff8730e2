"""Doors for the background worker."""

from jiceng.kernel import clock

from . import services


def remove_orphans() -> None:
    services.remove_orphans(at=clock.now())
