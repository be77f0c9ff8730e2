"""Two changes of the structure at the same moment: one after the other, never half of each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from jiceng.access.actor import Actor
from jiceng.kernel.errors import Conflict
from jiceng.members import services
from jiceng.members.models import Membership, Post, Unit, UnitSuccession
from tenants.context import tenant_scope

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = Actor.system("测试")


def at_once(tenant, *deeds: Callable[[], object]) -> list[str]:
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> str:
        try:
            with tenant_scope(tenant):
                barrier.wait(10)
                deed()
                return "done"
        except Conflict:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return sorted(pool.map(run, deeds))


def test_one_of_two_wins(fresh_tenant):
    with tenant_scope(fresh_tenant):
        one, two = (services.create_unit(name=name, kind="party_branch", actor=ACTOR) for name in ("甲", "乙"))
        people = [services.create_person(name=name, unit_id=one.pk, actor=ACTOR) for name in ("张三", "李四")]
    assert at_once(
        fresh_tenant,
        *(
            lambda who=who: services.appoint(person_id=who.pk, unit_id=one.pk, kind="secretary", actor=ACTOR)
            for who in people
        ),
    ) == ["done", "refused"]
    assert at_once(
        fresh_tenant,
        lambda: services.move_unit(unit_id=one.pk, parent_id=two.pk, actor=ACTOR),
        lambda: services.move_unit(unit_id=two.pk, parent_id=one.pk, actor=ACTOR),
    ) == ["done", "refused"]
    with tenant_scope(fresh_tenant):
        assert Post.objects.filter(kind="secretary", ended_on=None).count() == 1
        top, below = Unit.objects.order_by("depth")
        assert (below.parent_id, below.path) == (top.pk, top.path + below.label)
        free = services.create_unit(name="丙", kind="party_branch", actor=ACTOR)
    assert at_once(
        fresh_tenant,
        lambda: services.merge_units(into_id=top.pk, other_ids=[free.pk], actor=ACTOR),
        lambda: services.merge_units(into_id=free.pk, other_ids=[top.pk], actor=ACTOR),
    ) == ["done", "refused"]
    with tenant_scope(fresh_tenant):
        assert UnitSuccession.objects.count() == 1


def test_nobody_joins_a_unit_that_is_being_dissolved(fresh_tenant):
    """Whoever is first, the person ends up where units stand: refused, or taken along to the successor."""
    with tenant_scope(fresh_tenant):
        doomed, heir = (services.create_unit(name=name, kind="party_branch", actor=ACTOR) for name in ("甲", "乙"))
        people = [services.create_person(name=f"张{name}", actor=ACTOR) for name in "一二三四五六"]
    joins = [lambda who=who: services.join(person=who, body="party", unit_id=doomed.pk, actor=ACTOR) for who in people]
    done = at_once(
        fresh_tenant, *joins, lambda: services.dissolve_unit(unit_id=doomed.pk, successor_id=heir.pk, actor=ACTOR)
    )
    assert "done" in done
    with tenant_scope(fresh_tenant):
        assert Unit.objects.get(pk=doomed.pk).dissolved_on is not None
        assert Membership.objects.filter(ended_on=None, unit=doomed).count() == 0
        assert Membership.objects.filter(ended_on=None, unit=heir).count() == done.count("done") - 1
