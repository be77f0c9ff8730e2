"""Whether boards may be seen at all."""

from __future__ import annotations

from .. import errors
from ..models import ReliefChange


def newest() -> ReliefChange | None:
    return ReliefChange.objects.order_by("-number").first()


def is_on() -> bool:
    """On until somebody has switched it off."""
    latest = ReliefChange.objects.order_by("-number").values_list("is_on", flat=True).first()
    return latest is None or latest


def require_open() -> None:
    """Raises ``BoardsClosed`` while the relief mode is on."""
    if is_on():
        raise errors.BoardsClosed
