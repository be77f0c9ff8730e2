"""Writes about users."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.text import clean

from .. import passwords, sessions
from ..actor import Actor
from ..errors import OwnAccount, UsernameTaken, UserUnknown
from ..models import User
from ..models.users import USERNAME_LENGTH, Id, normalise_username
from . import levels
from .roles import assign_role

USERNAME = re.compile(rf"^[\w][\w.@-]{{1,{USERNAME_LENGTH - 1}}}$")


@transaction.atomic
def create_user(
    *,
    username: str,
    password: str,
    actor: Actor,
    display_name: str = "",
    email: str = "",
    roles: Iterable[str] = (),
    unit_path: str = "",
) -> User:
    """Add a user with a password and roles.

    Raises ``Invalid``, ``UsernameTaken``, ``PasswordRefused``, ``RoleUnknown``, ``AboveOwnLevel``.
    """
    name = checked_username(username)
    shown = _display_name(display_name or name)
    candidate = User(username=name, display_name=shown, email=email)
    passwords.check_quality(password, candidate)
    if User.objects.filter(username=name).exists():
        raise UsernameTaken
    try:
        with transaction.atomic():
            user = User.objects.create_user(name, password, display_name=shown, email=email)
    except IntegrityError as error:
        raise UsernameTaken from error
    record(
        action="access.user.created", actor=actor, target=str(user.pk), target_label=user.display_name,
        after={"username": user.username, "display_name": user.display_name},
    )  # fmt: skip
    for role in roles:
        assign_role(user=user, role=role, unit_path=unit_path, actor=actor)
    return user


@transaction.atomic
def rename_user(*, user_id: Id, display_name: str, actor: Actor, email: str | None = None) -> User:
    """Change the name shown, and the e-mail address if given. Raises ``UserUnknown``, ``Invalid``."""
    user = get_user(user_id, lock=True)
    before = {"display_name": user.display_name, "email": user.email}
    user.display_name = _display_name(display_name)
    user.email = user.email if email is None else email
    user.save(update_fields=["display_name", "email"])
    after = {"display_name": user.display_name, "email": user.email}
    record(
        action="access.user.renamed", actor=actor, target=str(user.pk), target_label=user.display_name,
        before=before, after=after,
    )  # fmt: skip
    return user


@transaction.atomic
def disable_user(*, user_id: Id, actor: Actor) -> User:
    """Shut a user out, at once and everywhere.

    Raises ``UserUnknown``, ``OwnAccount``, ``AboveOwnLevel``, ``LastAdministrator``.
    """
    user = get_user(user_id, lock=True)
    refuse_account(user, actor)
    if not user.is_active:
        return user
    levels.keep_one_administrator(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_all(user)
    record(action="access.user.disabled", actor=actor, target=str(user.pk), target_label=user.display_name)
    return user


@transaction.atomic
def enable_user(*, user_id: Id, actor: Actor) -> User:
    """Let a disabled user in again. Raises ``UserUnknown``, ``OwnAccount``, ``AboveOwnLevel``."""
    user = get_user(user_id, lock=True)
    refuse_account(user, actor)
    if user.is_active:
        return user
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(action="access.user.enabled", actor=actor, target=str(user.pk), target_label=user.display_name)
    return user


def get_user(user_id: Id, *, lock: bool = False) -> User:
    """The user with this id. Raises ``UserUnknown``."""
    found = User.objects.select_for_update() if lock else User.objects.all()
    user = found.filter(pk=user_id).first()
    if user is None:
        raise UserUnknown
    return user


def checked_username(raw: str) -> str:
    """The username in its stored form. Raises ``Invalid``."""
    name = normalise_username(clean(raw))
    if not USERNAME.match(name):
        message = f"用户名须为 2 至 {USERNAME_LENGTH} 个字，可用文字、数字和 . _ - @，并以文字或数字开头。"
        raise Invalid(message, fields=[FieldError("/username", "format", message)])
    return name


def refuse_account(user: User, actor: Actor) -> None:
    """Raise unless ``actor`` may act on the account of ``user``: not their own, nor of somebody above them."""
    if actor.user is not None and actor.user.pk == user.pk:
        raise OwnAccount
    if actor.is_system:
        return
    for assignment in user.assignments.select_related("role"):
        levels.refuse_role_above(actor, assignment.role, assignment.unit_path)


def _display_name(raw: str) -> str:
    name = clean(raw)
    if not 1 <= len(name) <= 50:
        raise Invalid(fields=[FieldError("/display_name", "length", "姓名须为 1 至 50 个字。")])
    return name
