"""Doors for the background worker."""

from jiceng.kernel import clock

from . import previews, services


def remove_orphans() -> None:
    services.remove_orphans(at=clock.now())


def draw_pages(*, file_id: str) -> None:
    previews.draw_pages(file_id=file_id)
