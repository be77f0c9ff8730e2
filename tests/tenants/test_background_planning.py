"""Provisioning puts a new tenant's schedules on the agenda."""

from tenants.context import platform_scope
from tenants.models import Agenda


def test_a_new_tenant_has_its_schedules(db, hongqi):
    with platform_scope():
        kinds = Agenda.objects.filter(role_name=hongqi.role_name, kind__startswith="schedule:").values_list(
            "kind", flat=True
        )
        assert list(kinds) == ["schedule:events.remove_finished"]
