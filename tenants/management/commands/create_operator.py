"""Make one of the platform's own people."""

from __future__ import annotations

import getpass
import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiceng.access.actor import Actor
from jiceng.access.builtin import OPERATOR
from jiceng.access.services import create_user
from jiceng.kernel.errors import DomainError
from tenants.context import platform_scope


class Command(BaseCommand):
    """Asks for the password, or reads it from standard input; never takes it as an argument, never prints it."""

    help = "Create a platform operator, who enrols a second factor at the first sign-in on /ops/login/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--display-name", default="")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: object, **options: object) -> None:
        password = self._password(bool(options["password_stdin"]))
        try:
            with platform_scope():
                user = create_user(
                    username=str(options["username"]), display_name=str(options["display_name"]), password=password,
                    roles=(OPERATOR,), actor=Actor.system("命令行"),
                )  # fmt: skip
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"Operator {user.username} created.")

    @staticmethod
    def _password(from_stdin: bool) -> str:
        if from_stdin:
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Password (again): "):
            raise CommandError("The passwords differ.")
        return password
