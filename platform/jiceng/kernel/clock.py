"""The one clock. Services take ``at``; only the edges call ``now()``."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from .context import current_scope


def now() -> datetime:
    """The present, aware, UTC."""
    return timezone.now().astimezone(UTC)


def local_zone() -> ZoneInfo:
    """The zone of the people served: the scope's, Asia/Shanghai by default."""
    scope = current_scope()
    return ZoneInfo(scope.zone if scope else "Asia/Shanghai")


def today() -> date:
    """The local calendar day of the people served."""
    return now().astimezone(local_zone()).date()
