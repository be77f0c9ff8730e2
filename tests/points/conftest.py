"""红旗社区 gives points; ``person`` is the member on the roster."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jiceng.access.actor import Actor
from jiceng.kernel import module_settings
from tenants.context import tenant_scope
from tests.modules.study import kit


def switch(tenant, is_on=True):
    with tenant_scope(tenant):
        latest = module_settings.latest_version("points")
        module_settings.write(
            "points", {"is_on": is_on}, expected_version=latest.version if latest else 0, changed_by="t"
        )


@pytest.fixture
def points_on(db, hongqi):
    from django.core.cache import cache

    switch(hongqi)
    cache.clear()


@pytest.fixture
def actors(people, hongqi):
    found = people(hongqi)
    return SimpleNamespace(**{
        name: Actor.for_user(getattr(found, name)) for name in ("secretary", "editor", "member", "stranger")
    })  # fmt: skip


@pytest.fixture
def branch(hongqi):
    with tenant_scope(hongqi):
        return kit.make_unit("第一支部")


@pytest.fixture
def person(actors, branch, hongqi):
    with tenant_scope(hongqi):
        return kit.put_on_roster(actors.member.user, "成员甲", branch)


@pytest.fixture
def browser(client_for, people):
    """``browser(tenant, "member")``: signed in."""

    def make(tenant, who):
        return client_for(tenant).login_as(getattr(people(tenant), who))

    return make
