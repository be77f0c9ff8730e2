"""Keep spare schemas in stock and finish sign-ups that wait for one."""

import time

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import OperationalError, connection

from tenants import signup, structure
from tenants.owner import OwnerCommand


class Command(OwnerCommand):
    help = "Keep spare schemas in stock and finish sign-ups that wait for one (owner's login)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due, then stop")
        parser.add_argument("--spares", type=int, default=settings.SPARE_SCHEMAS)
        parser.add_argument("--interval", type=float, default=3.0, help="seconds between looks")

    def handle(self, *args: object, once: bool = False, spares: int = 3, interval: float = 3.0, **options: object) -> None:
        while True:
            try:
                structure.keep_spares(spares)
                signup.finish_waiting()
            except OperationalError as error:
                if once:
                    raise
                self.stderr.write(f"Database not reachable, trying again: {error}")
                connection.close()
            if once:
                return
            time.sleep(interval)
