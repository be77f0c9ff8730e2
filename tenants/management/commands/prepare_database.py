"""Create the database roles and take rights from PUBLIC. Safe to repeat."""

from django.db import transaction

from jiceng.config.settings import env
from tenants import grants
from tenants.context import owner_scope
from tenants.owner import OwnerCommand


class Command(OwnerCommand):
    help = "Create the database roles and take rights from PUBLIC (owner's login; safe to repeat)."

    def handle(self, *args: object, **options: object) -> None:
        login = env.database(env.text("DATABASE_URL"))
        with transaction.atomic(), owner_scope():
            grants.prepare_roles(login["USER"], login["PASSWORD"])
        self.stdout.write(f"Roles ready; the application logs in as {login['USER']}.")
