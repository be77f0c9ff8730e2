"""Doors for the background worker."""

from jiceng.kernel import clock

from . import services


def build_export(export_id: str) -> None:
    services.build(export_id=export_id, at=clock.now())


def expire_export(export_id: str) -> None:
    services.expire(export_id=export_id, at=clock.now())
