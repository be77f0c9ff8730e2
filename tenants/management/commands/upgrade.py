"""Bring every schema up to date: public, the template, then the tenants that are behind."""

from tenants import structure
from tenants.background import schedules
from tenants.owner import OwnerCommand
from tenants.plans import ensure_default_plan


class Command(OwnerCommand):
    help = "Migrate the public schema, the template and every tenant that is behind (owner's login)."

    def handle(self, *args: object, **options: object) -> None:
        structure.upgrade_public()
        ensure_default_plan()
        structure.upgrade_template()
        count = structure.upgrade_tenants()
        schedules.plan_all()
        self.stdout.write(f"Up to date; {count} tenant schema(s) were behind.")
