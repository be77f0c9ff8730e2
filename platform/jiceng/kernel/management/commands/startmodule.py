"""Scaffold a module: its folder and its tests, ready to pass the checks."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

TEMPLATE = Path(__file__).resolve().parents[2] / "module_template"
CODE = re.compile(r"^[a-z][a-z0-9]{2,29}$")


class Command(BaseCommand):
    help = "Create modules/<code> and tests/modules/<code> from the template. Then add the code to modules/__init__.py."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="lower-case letters and digits, e.g. canteen")
        parser.add_argument("--name", required=True, help="what users read, e.g. 食堂")

    def handle(self, *args: object, code: str = "", name: str = "", **options: object) -> None:
        if not CODE.match(code):
            raise CommandError("The code is 3 to 30 lower-case letters and digits, beginning with a letter.")
        folders = {"module": settings.ROOT / "modules" / code, "tests": settings.ROOT / "tests" / "modules" / code}
        for folder in folders.values():
            if folder.exists():
                raise CommandError(f"{folder.relative_to(settings.ROOT)} exists already.")
        for kind, folder in folders.items():
            copy_template(TEMPLATE / kind, folder, code=code, name=name)
            self.stdout.write(f"Created {folder.relative_to(settings.ROOT)}/")
        self.stdout.write(f'Next: add "{code}" to INSTALLED in modules/__init__.py, then run:')
        self.stdout.write(f"  manage.py makemigrations {code} --name initial && make check")


def copy_template(source: Path, target: Path, *, code: str, name: str) -> None:
    """Copy ``source`` to ``target``, filling in ``__CODE__``, ``__CLASS__`` and ``__NAME__``; drops the ``.txt`` suffix."""
    fill = {"__CODE__": code, "__CLASS__": code.capitalize(), "__NAME__": name}
    for file in sorted(source.rglob("*.txt")):
        relative = str(file.relative_to(source)).removesuffix(".txt")
        text = file.read_text(encoding="utf-8")
        for mark, value in fill.items():
            relative, text = relative.replace(mark, value), text.replace(mark, value)
        path = target / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
