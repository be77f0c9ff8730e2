"""The owner's credential: for the few processes that change structure."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from jiceng.config.settings import env


def use_owner_login() -> None:
    """From here on this process talks to the database as the owner (``DATABASE_OWNER_URL``)."""
    if not settings.DATABASE_OWNER_URL:
        raise ImproperlyConfigured("Set DATABASE_OWNER_URL: this command changes structure and needs the owner's login.")
    owner = env.database(settings.DATABASE_OWNER_URL)
    connection = connections["default"]
    connection.close()
    for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
        connection.settings_dict[key] = owner[key]


class OwnerCommand(BaseCommand):
    """A management command that runs with the owner's login."""

    requires_system_checks: list[str] = []

    def execute(self, *args: object, **options: object) -> str | None:
        use_owner_login()
        return super().execute(*args, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """No arguments by default."""
