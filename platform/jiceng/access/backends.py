"""Checking a username and password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from .models import User
from .models.users import Id, normalise_username
from .passwords import is_acceptable_input


class PasswordBackend:
    """Costs the same for people who exist, who do not, and who are disabled. Hashes nothing longer than allowed."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_credentials: Any
    ) -> User | None:
        if not username or not password or not is_acceptable_input(password):
            return None
        user = User.objects.filter(username=normalise_username(username)).first()
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: Id) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
