"""Which of the registry's permissions an action of a viewset reaches by."""

from __future__ import annotations

from typing import Any

from jiceng.api.permissions import permission_for
from jiceng.api.viewsets import ReadViewSet, WriteViewSet


class InReach(ReadViewSet[Any]):
    """Rows are those where the caller has the very permission that the action asks for: reading, managing, revealing."""

    @property
    def permission(self) -> str:
        # The gate let nobody in without a route.
        return permission_for(self.route, self.action, self.request.method or "GET")  # type: ignore[arg-type]


class WriteInReach(InReach, WriteViewSet[Any]):
    """``InReach`` for collections that are written."""
