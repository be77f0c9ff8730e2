"""What people do on the sign-in pages."""

from __future__ import annotations

from tests.factories.people import PASSWORD
from tests.support.client import HostClient


def sign_in(client: HostClient, username: str, password: str = PASSWORD, **extra: str):
    return client.post("/login/", {"username": username, "password": password, **extra})


def who(client: HostClient) -> str:
    """The username that the session stands for, or "" for a visitor."""
    response = client.get("/me/security/")
    return response.context["request"].user.username if response.status_code == 200 else ""
