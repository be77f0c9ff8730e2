"""Writes: users, roles, invitations, keys, passwords, second factors. Every change is audited in its transaction."""

from .factors import (
    Outcome,
    confirm_factor,
    disable_factor,
    enrolment_secret,
    has_factor,
    is_privileged,
    is_required,
    renew_recovery_codes,
    reset_factor,
    unused_recovery_codes,
    verify_factor,
)
from .invites import accept_invite, create_invite, create_invite_with_hash, find_invite, revoke_invite
from .keys import OVERLAP_HOURS, create_key, end_overlap, revoke_key, rotate_key
from .password_links import create_password_link, find_password_link, use_password_link
from .passwords import change_password, renew_password, set_password
from .roles import (
    assign_role,
    create_role,
    delete_role,
    ensure_role,
    prepare_roles,
    remove_assignment,
    set_role_permissions,
)
from .sessions import end_other_sessions, revoke_session
from .users import create_user, disable_user, enable_user, rename_user

__all__ = [
    "OVERLAP_HOURS",
    "Outcome",
    "accept_invite",
    "assign_role",
    "change_password",
    "confirm_factor",
    "create_invite",
    "create_invite_with_hash",
    "create_key",
    "create_password_link",
    "create_role",
    "create_user",
    "delete_role",
    "disable_factor",
    "disable_user",
    "enable_user",
    "end_other_sessions",
    "end_overlap",
    "enrolment_secret",
    "ensure_role",
    "find_invite",
    "find_password_link",
    "has_factor",
    "is_privileged",
    "is_required",
    "prepare_roles",
    "remove_assignment",
    "rename_user",
    "renew_password",
    "renew_recovery_codes",
    "reset_factor",
    "revoke_invite",
    "revoke_key",
    "revoke_session",
    "rotate_key",
    "set_password",
    "set_role_permissions",
    "unused_recovery_codes",
    "use_password_link",
    "verify_factor",
]  # fmt: skip
