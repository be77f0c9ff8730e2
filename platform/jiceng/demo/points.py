"""Points and boards of the demonstration: switched on, with a few entries; the relief mode stays on."""

from __future__ import annotations

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel import module_settings
from jiceng.kernel.clock import now
from jiceng.members.models import Person, PersonState
from jiceng.points.models import Entry
from jiceng.points.services import by_hand
from tenants.context import tenant_scope
from tenants.models import Tenant
from tenants.modules import set_module

GIVEN = ((12, "主题党日组织工作"), (9, "理论宣讲"), (9, "结对帮扶"), (6, "理论宣讲"), (5, "环境整治"), (3, "结对帮扶"))


def ensure_points(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        if Entry.objects.exists():
            return
        module_settings.write("points", {"is_on": True}, expected_version=0, changed_by="demo")
    set_module(tenant_id=tenant.id, code="rankings", is_on=True, actor=Actor.system())
    with tenant_scope(tenant):
        _give()


@transaction.atomic
def _give() -> None:
    author = Actor.for_user(User.objects.get(username="admin"))
    people = list(Person.objects.filter(state=PersonState.ACTIVE, unit__isnull=False).order_by("pinyin", "pk")[:60:5])
    member = Person.objects.filter(user__username="member").first()
    people = [member, *people] if member else people
    for place, person in enumerate(people):
        points, label = GIVEN[place % len(GIVEN)]
        fields = {"points": points, "label": label, "reason": "支部会议记录 2026 年第 11 次"}
        by_hand.give(person_id=person.pk, fields=fields, actor=author, at=now())  # type: ignore[arg-type]
