"""Plans that every installation has."""

from .context import platform_scope
from .models import Plan

DEFAULT_PLAN = "standard"


def ensure_default_plan() -> Plan:
    with platform_scope():
        plan, _created = Plan.objects.get_or_create(code=DEFAULT_PLAN, defaults={"name": "标准版"})
        return plan
