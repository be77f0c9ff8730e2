"""Provisioning puts a new tenant's schedules on the agenda."""

from jiceng.kernel.registry import registry
from tenants.context import platform_scope
from tenants.models import Agenda


def test_a_new_tenant_has_its_schedules(db, hongqi):
    with platform_scope():
        kinds = Agenda.objects.filter(role_name=hongqi.role_name, kind__startswith="schedule:").values_list(
            "kind", flat=True
        )
        always_on = [schedule.task for manifest in registry if manifest.always_on for schedule in manifest.schedules]
        assert sorted(kinds) == sorted(f"schedule:{task}" for task in always_on)
        assert "schedule:events.remove_finished" in kinds
