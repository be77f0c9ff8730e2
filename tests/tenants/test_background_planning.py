"""Provisioning puts a new tenant's schedules on the agenda."""

from jiceng.kernel.registry import registry
from tenants.context import platform_scope
from tenants.models import Agenda


def test_a_new_tenant_has_its_schedules(db, hongqi):
    with platform_scope():
        kinds = Agenda.objects.filter(role_name=hongqi.role_name, kind__startswith="schedule:").values_list(
            "kind", flat=True
        )
        on = [manifest for manifest in registry if manifest.always_on or manifest.code in hongqi.modules]
        assert sorted(kinds) == sorted(
            f"schedule:{schedule.task}" for manifest in on for schedule in manifest.schedules
        )
        assert "schedule:events.remove_finished" in kinds
