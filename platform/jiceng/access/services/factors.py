"""Second factors: enrolling an authenticator, checking its codes, recovery codes."""

from __future__ import annotations

import secrets
from enum import StrEnum

from django.db import transaction

from jiceng.audit.services import record
from jiceng.kernel.clock import now
from jiceng.kernel.context import require_scope
from jiceng.kernel.crypto import blind_index, open_sealed, seal

from .. import sessions, totp
from ..actor import Actor
from ..builtin import PROTECTED_ROLES
from ..errors import FactorMissing, FactorPresent, FactorRequired
from ..models import RecoveryCode, RoleAssignment, TotpDevice, User
from ..models.users import Id
from ..profiles import current_profile
from .users import get_user, refuse_account

MAX_FAILURES = 5
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class Outcome(StrEnum):
    """What became of a code. Failures are counted in the caller's transaction: do not roll it back."""

    OK = "ok"
    WRONG = "wrong"
    LOCKED = "locked"


def has_factor(user: User) -> bool:
    return TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).exists()


def is_privileged(user: User) -> bool:
    """Whether the user is, or will at some time be, an administrator or operator, anywhere."""
    held = RoleAssignment.objects.filter(user=user, role__code__in=PROTECTED_ROLES)
    return any(item.valid_to is None or item.valid_to > now() for item in held)


def is_required(user: User) -> bool:
    """Whether the policy profile obliges this user to a second factor; operators always."""
    if not is_privileged(user):
        return False
    return require_scope().is_platform or current_profile().totp_for_privileged


@transaction.atomic
def enrolment_secret(*, user: User) -> bytes:
    """The secret of the authenticator being enrolled; the same until it is confirmed. Raises ``FactorPresent``."""
    get_user(user.pk, lock=True)
    device = TotpDevice.objects.filter(user=user).first()
    if device is None:
        secret = totp.new_secret()
        TotpDevice.objects.create(user=user, secret=seal(secret, context=_context(user)))
        return secret
    if device.confirmed_at:
        raise FactorPresent
    return open_sealed(bytes(device.secret), context=_context(user))


@transaction.atomic
def confirm_factor(*, user: User, code: str, keep_session: str | None = None) -> list[str] | None:
    """Put the authenticator in force if ``code`` is right; returns new recovery codes, to be shown once.

    ``None`` when the code is not accepted (the failure is counted). Ends the user's other sessions. Raises
    ``FactorPresent``, ``FactorMissing``.
    """
    device = _locked_device(user)
    if device is None:
        raise FactorMissing
    if device.confirmed_at:
        raise FactorPresent
    if _check_totp(device, user, code) is not Outcome.OK:
        return None
    device.confirmed_at = now()
    device.save(update_fields=["confirmed_at"])
    sessions.end_all(user, keep=keep_session)
    _record("access.factor.enabled", user, Actor.for_user(user))
    return _replace_codes(user)


@transaction.atomic
def verify_factor(*, user: User, code: str) -> Outcome:
    """Check a code of the authenticator, or a recovery code. Five failures lock the factor for a while.

    An accepted code, and any older one, is never accepted again.
    """
    device = _locked_device(user)
    if device is None or not device.confirmed_at:
        return Outcome.WRONG
    cleaned = "".join(code.split()).replace("-", "").lower()
    if cleaned.isascii() and cleaned.isdigit() and len(cleaned) == totp.DIGITS:
        return _check_totp(device, user, cleaned)
    return _check_recovery(device, user, cleaned)


@transaction.atomic
def disable_factor(*, user: User, keep_session: str | None = None) -> None:
    """Do without a second factor. Raises ``FactorMissing``, ``FactorRequired``. Ends the user's other sessions."""
    if is_required(user):
        raise FactorRequired
    _remove(user, Actor.for_user(user), "access.factor.disabled", keep_session)


@transaction.atomic
def reset_factor(*, user_id: Id, actor: Actor) -> None:
    """Take a lost authenticator from somebody else, who then enrols a new one at the next sign-in.

    Raises ``UserUnknown``, ``OwnAccount``, ``AboveOwnLevel``, ``FactorMissing``.
    """
    user = get_user(user_id, lock=True)
    refuse_account(user, actor)
    _remove(user, actor, "access.factor.reset", None)


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """New recovery codes instead of the old ones. Raises ``FactorMissing``."""
    if not has_factor(user):
        raise FactorMissing
    codes = _replace_codes(user)
    _record("access.recovery.renewed", user, Actor.for_user(user))
    return codes


def unused_recovery_codes(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def _locked_device(user: User) -> TotpDevice | None:
    return TotpDevice.objects.select_for_update().filter(user=user).first()


def _check_totp(device: TotpDevice, user: User, code: str) -> Outcome:
    if _is_locked(device):
        return Outcome.LOCKED
    step = totp.matching_step(open_sealed(bytes(device.secret), context=_context(user)), code, now())
    if step is None or step <= device.last_step:
        return _failed(device)
    device.last_step, device.failed_count, device.locked_until = step, 0, None
    device.save(update_fields=["last_step", "failed_count", "locked_until"])
    return Outcome.OK


def _check_recovery(device: TotpDevice, user: User, code: str) -> Outcome:
    if _is_locked(device):
        return Outcome.LOCKED
    unused = RecoveryCode.objects.filter(user=user, code_hash=_code_hash(user, code), used_at=None)
    if not unused.update(used_at=now()):
        return _failed(device)
    device.failed_count, device.locked_until = 0, None
    device.save(update_fields=["failed_count", "locked_until"])
    _record("access.recovery.used", user, Actor.for_user(user))
    return Outcome.OK


def _is_locked(device: TotpDevice) -> bool:
    return device.locked_until is not None and device.locked_until > now()


def _failed(device: TotpDevice) -> Outcome:
    if device.locked_until is not None:  # an earlier lock has run out: count anew
        device.failed_count = 0
    device.failed_count += 1
    is_full = device.failed_count >= MAX_FAILURES
    device.locked_until = now() + current_profile().lockout if is_full else None
    device.save(update_fields=["failed_count", "locked_until"])
    return Outcome.LOCKED if is_full else Outcome.WRONG


def _remove(user: User, actor: Actor, action: str, keep_session: str | None) -> None:
    removed, _by_model = TotpDevice.objects.filter(user=user).delete()
    if not removed:
        raise FactorMissing
    RecoveryCode.objects.filter(user=user).delete()
    sessions.end_all(user, keep=keep_session)
    _record(action, user, actor)


def _replace_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_code_hash(user, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _record(action: str, user: User, actor: Actor) -> None:
    record(action=action, actor=actor, target=str(user.pk), target_label=user.display_name)


def _code_hash(user: User, code: str) -> str:
    return blind_index(code, purpose=f"access.recovery|{user.pk}").hex()


def _context(user: User) -> str:
    return f"access.totp|{user.pk}"
