"""What a password must be, by policy profile, and which one it was."""

from __future__ import annotations

import re

from django.contrib.auth import hashers, password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from jiceng.kernel.clock import now
from jiceng.kernel.context import current_scope
from jiceng.kernel.errors import FieldError

from .errors import PasswordRefused
from .models import PasswordHistory, User
from .profiles import current_profile

MAX_LENGTH = 128
_CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^A-Za-z0-9]"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Argon2idHasher(hashers.Argon2PasswordHasher):
    """Argon2id at OWASP's parameters: 19 MiB, 2 passes, 1 lane, so that many sign-ins at once fit in memory."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class ProfileValidator:
    """Django password validator that asks the current policy profile."""

    def validate(self, password: str, user: User | None = None) -> None:
        profile = current_profile()
        if profile.character_classes:
            classes = sum(1 for pattern in _CLASSES if pattern.search(password))
            if classes < profile.character_classes:
                raise ValidationError(self.get_help_text(), code="password_too_plain")
        if user is not None and not user._state.adding and _was_used(password, user, profile.history):
            raise ValidationError(
                _("不能使用最近 %(count)d 次用过的密码。") % {"count": profile.history}, code="password_reused"
            )

    def get_help_text(self) -> str:
        count = current_profile().character_classes
        if not count:
            return ""
        return _("密码须包含大写字母、小写字母、数字、符号中的至少 %(count)d 类。") % {"count": count}


class OrganisationWordValidator:
    """Refuses a password that is little more than the organisation's name."""

    def validate(self, password: str, user: User | None = None) -> None:
        scope = current_scope()
        name = scope.name.casefold() if scope else ""
        if len(name) >= 4 and name in password.casefold() and len(password) < 2 * len(name):
            raise ValidationError(self.get_help_text(), code="password_organisation")

    def get_help_text(self) -> str:
        return _("密码不能以单位名称为主。")


def is_acceptable_input(password: str) -> bool:
    """Whether it is worth hashing at all: bounded, without control characters, valid Unicode."""
    if not 0 < len(password) <= MAX_LENGTH or _CONTROL.search(password):
        return False
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_quality(password: str, user: User) -> None:
    """Raise ``PasswordRefused``, with every rule that is broken, unless ``user`` may have this password."""
    if not is_acceptable_input(password):
        raise _refused([_("密码须为 12 至 128 个字符，不能含控制字符。")])
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise _refused(error.messages) from error


def is_expired(user: User) -> bool:
    """Whether the profile wants the password changed before anything else."""
    age = current_profile().password_age
    return age is not None and (user.password_changed_at is None or user.password_changed_at + age < now())


def store(user: User, password: str) -> None:
    """Set a password whose quality was checked; keeps the former one's hash where the profile forbids reuse."""
    kept = current_profile().history
    if kept and user.has_usable_password():
        PasswordHistory.objects.create(user=user, password=user.password)
    user.set_password(password)
    user.password_changed_at = now()
    user.save(update_fields=["password", "password_changed_at"])
    old = user.former_passwords.values_list("pk", flat=True)[kept:]
    PasswordHistory.objects.filter(pk__in=list(old)).delete()


def _was_used(password: str, user: User, count: int) -> bool:
    if not count:
        return False
    former = list(user.former_passwords.values_list("password", flat=True)[: count - 1])
    return any(hashers.check_password(password, encoded) for encoded in (user.password, *former))


def _refused(messages: list[str]) -> PasswordRefused:
    fields = [FieldError("/password", "password", str(message)) for message in messages]
    return PasswordRefused(" ".join(str(message) for message in messages), fields=fields)
