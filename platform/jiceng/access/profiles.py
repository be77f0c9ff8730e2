"""Policy profiles: how strict an organisation is about passwords, sessions and second factors.

``standard`` follows OWASP ASVS 5.0 (length over composition, no forced change); ``mlps2`` and ``mlps3`` follow what
assessors of GB/T 22239-2019 levels 2 and 3 ask for. Only operators choose a tenant's profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.context import current_scope

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """``idle``: how long without a request; ``absolute``: how long after signing in, whatever happens."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class PolicyProfile:
    """``character_classes``: how many of lower, upper, digit, other a password needs (0: no rule).

    ``password_age``: after it the password must be changed; ``history``: how many former passwords cannot return.
    """

    code: str
    name: Any
    member: SessionLimits
    privileged: SessionLimits
    totp_for_privileged: bool = True
    failures: int = 5
    lockout: timedelta = 15 * MINUTE
    character_classes: int = 0
    password_age: timedelta | None = None
    history: int = 0

    def limits(self, privileged: bool) -> SessionLimits:
        return self.privileged if privileged else self.member


_MEMBER = SessionLimits(idle=12 * HOUR, absolute=30 * DAY)
_PRIVILEGED = SessionLimits(idle=30 * MINUTE, absolute=12 * HOUR)
PROFILES: Mapping[str, PolicyProfile] = {
    profile.code: profile
    for profile in (
        PolicyProfile("standard", _("标准"), _MEMBER, _PRIVILEGED),
        PolicyProfile("relaxed", _("宽松（管理员可不用动态验证码）"), _MEMBER, _PRIVILEGED, totp_for_privileged=False),
        PolicyProfile(
            "mlps2", _("等级保护二级"), SessionLimits(30 * MINUTE, 12 * HOUR), SessionLimits(15 * MINUTE, 8 * HOUR),
            lockout=30 * MINUTE, character_classes=3, password_age=90 * DAY, history=5,
        ),
        PolicyProfile(
            "mlps3", _("等级保护三级"), SessionLimits(15 * MINUTE, 8 * HOUR), SessionLimits(10 * MINUTE, 4 * HOUR),
            lockout=30 * MINUTE, character_classes=3, password_age=90 * DAY, history=5,
        ),
    )
}  # fmt: skip
DEFAULT = PROFILES["standard"]


def current_profile() -> PolicyProfile:
    """The profile of the organisation served; the standard one outside a scope and for the platform itself."""
    scope = current_scope()
    return PROFILES.get(scope.policy_profile, DEFAULT) if scope else DEFAULT
