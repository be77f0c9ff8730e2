"""红旗社区 gives points and may open its boards."""

from __future__ import annotations

from tests.points.conftest import actors, branch, browser, person, points_on  # noqa: F401
