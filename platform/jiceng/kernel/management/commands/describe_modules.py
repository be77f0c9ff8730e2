"""Write docs/reference/modules.md from the manifests, or check that it is up to date."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from jiceng.kernel.manifest import CATEGORIES, Manifest
from jiceng.kernel.registry import registry

TARGET = Path("docs/reference/modules.md")


class Command(BaseCommand):
    help = "Describe all modules in docs/reference/modules.md (--check: fail when the page is out of date)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: object, check: bool = False, **options: object) -> None:
        path = settings.ROOT / TARGET
        with translation.override("zh-hans"):
            text = describe()
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                raise CommandError(f"{TARGET} is out of date: run manage.py describe_modules.")
            self.stdout.write(f"{TARGET} is up to date.")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.stdout.write(f"Wrote {TARGET}.")


def describe() -> str:
    head = "# Modules\n\nGenerated from the manifests by `manage.py describe_modules`; do not edit.\n"
    return "\n".join([head, *(_section(manifest) for manifest in registry)])


def _section(manifest: Manifest) -> str:
    lines = [f"## {manifest.code}: {manifest.name}", "", str(manifest.summary), ""]
    switch = "always on" if manifest.always_on else "on by default" if manifest.default_on else "off by default"
    lines.append(f"Category {CATEGORIES[manifest.category]}; {switch}.")
    if manifest.needs:
        lines.append(f"Needs: {', '.join(manifest.needs)}.")
    lines += _table(
        ("Permission", "Meaning", "Roles by default"),
        [(f"`{p.code}`", p.label, ", ".join(p.default_roles) or "administrator") for p in manifest.permissions],
    )
    lines += _table(
        ("Surface", "Path", "Page", "Permission"),
        [(p.surface, f"`{p.path or '/'}`", p.name, f"`{p.permission}`") for p in manifest.pages],
    )
    lines += _table(
        ("API", "Read", "Write"),
        [(f"`/api/v1/{manifest.code}/{r.prefix}`", f"`{r.read}`", f"`{r.write}`") for r in manifest.api],
    )
    lines += _table(
        ("Event", "Payload", "Webhook"),
        [(f"`{e.name}`", ", ".join(f"{k}: {v}" for k, v in e.payload.items()), "yes" if e.webhook else "no")
         for e in manifest.emits],
    )  # fmt: skip
    return "\n".join([*lines, ""])


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> list[str]:
    if not rows:
        return []
    body = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return ["", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body]
