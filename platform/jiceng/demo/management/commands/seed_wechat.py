"""Connect the demonstration's first organisation to the WeChat simulator."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiceng.demo.wechat import seed_wechat


class Command(BaseCommand):
    help = "Connect the first demonstration tenant to the WeChat simulator (safe to repeat)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("known", type=Path, help="the file with the logins (.local/demo.json)")

    def handle(self, *args: object, known: Path, **options: object) -> None:
        if not settings.WECHAT_SIMULATOR:
            raise CommandError("WECHAT_SIMULATOR_URL names no simulator.")
        seed_wechat(known)
