"""Logins of the demonstration: random per installation, remembered in a file outside the repository."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from jiceng.access import totp
from jiceng.access.actor import Actor
from jiceng.access.models import TotpDevice, User
from jiceng.access.services import confirm_factor, create_user, enrolment_secret, set_password
from jiceng.kernel.clock import now


class Logins:
    """What was handed out before, by place and user name; new logins are added as they are made."""

    def __init__(self, path: Path | None) -> None:
        known = json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}
        self.known: dict[str, Any] = known

    def earlier(self, place: str, name: str) -> dict[str, str] | None:
        """What the file says of this login; ``place``: ``"operator"`` or a tenant's slug."""
        if place == "operator":
            return self.known.get("operator")
        tenant: dict[str, Any] = next((item for item in self.known.get("tenants", ()) if item["slug"] == place), {})
        return tenant.get(name)


@transaction.atomic
def ensure_login(
    *, username: str, display_name: str, role: str, earlier: dict[str, str] | None, with_totp: bool
) -> dict[str, str]:
    """Make sure that the login exists in the current scope and return its user name and secrets.

    A login whose secrets are no longer known gets new ones.
    """
    user = User.objects.filter(username=username).first()
    if user is not None and earlier is not None:
        return earlier
    password = secrets.token_urlsafe(12)
    if user is None:
        user = create_user(
            username=username, password=password, display_name=display_name, roles=(role,), actor=Actor.system()
        )
    else:
        user = set_password(user_id=user.pk, new=password, actor=Actor.system())
    login = {"username": username, "password": password}
    if with_totp:
        login["totp_secret"] = _enrol(user)
    return login


def _enrol(user: User) -> str:
    """Give ``user`` a new TOTP device and return its secret (base32)."""
    TotpDevice.objects.filter(user=user).delete()
    secret = enrolment_secret(user=user)
    # The code before the present one: a code is accepted only once, and the present one should still open the door.
    confirm_factor(user=user, code=totp.code_at(secret, now() - timedelta(seconds=totp.STEP_SECONDS)))
    return totp.as_text(secret)
