"""Tables of people who sign in, in the public schema (operators) and in each tenant's (its users)."""

from .factors import RecoveryCode, TotpDevice
from .keys import ApiKey, Invite, PasswordLink
from .roles import Role, RoleAssignment, RoleGrant
from .users import PasswordHistory, Session, User

__all__ = [
    "ApiKey", "Invite", "PasswordHistory", "PasswordLink", "RecoveryCode", "Role", "RoleAssignment", "RoleGrant",
    "Session", "TotpDevice", "User",
]  # fmt: skip
