"""Background doors of imports: load by id, call one service."""

from __future__ import annotations

from jiceng.kernel.clock import now

from . import services


def check_import(batch_id: str) -> None:
    services.run_check(batch_id=batch_id, at=now())


def apply_import(batch_id: str) -> None:
    services.run_apply(batch_id=batch_id, at=now())


def undo_import(batch_id: str) -> None:
    services.run_undo(batch_id=batch_id, at=now())


def forget_imports() -> None:
    services.forget_old(at=now())
