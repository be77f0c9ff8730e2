"""Logins and their sessions."""

from __future__ import annotations

import unicodedata
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from jiceng.kernel.clock import now
from jiceng.kernel.ids import uuid7

USERNAME_LENGTH = 60
Id = uuid.UUID | str


def normalise_username(raw: str) -> str:
    """The one form in which a username is stored and looked up: NFKC, lower case, trimmed."""
    return unicodedata.normalize("NFKC", raw).strip().casefold()


class UserManager(BaseUserManager["User"]):
    """Creates users with a normalised name and a stored password hash."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Add a user. Without ``password`` nobody can sign in by password. Does not check the password's quality."""
        user = self.model(username=normalise_username(username), **fields)
        user.display_name = user.display_name or user.username
        user.set_password(password)
        user.password_changed_at = now()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=normalise_username(username or ""))


class User(AbstractBaseUser):
    """Somebody who signs in. ``username``: always in the form of ``normalise_username``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=USERNAME_LENGTH, unique=True)
    display_name = models.CharField(max_length=50)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class Session(models.Model):
    """A browser's session. The row decides whether it still counts; the cache only spares reading its data.

    ``key_hash``: SHA-256 of the key in the cookie, so that a copy of the table opens nothing.
    """

    key_hash = models.CharField(max_length=64, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    created_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%F %T}"


class PasswordHistory(models.Model):
    """A former password's hash, kept only where the policy profile forbids reuse."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-replaced_at",)

    def __str__(self) -> str:
        return f"{self.user_id} {self.replaced_at:%F}"
