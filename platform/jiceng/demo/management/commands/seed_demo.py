"""Fill the demonstration and print its addresses and logins as JSON."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser

from jiceng.demo.seed import seed


class Command(BaseCommand):
    help = "Make three demonstration tenants (safe to repeat) and print addresses and logins as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--known", type=Path, help="file with the logins handed out before (.local/demo.json)")

    def handle(self, *args: object, known: Path | None = None, **options: object) -> None:
        self.stdout.write(json.dumps(seed(known), ensure_ascii=False, indent=2))
