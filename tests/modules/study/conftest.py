"""Both tenants study; ``actors`` are 红旗社区's people as actors, the member on the roster."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jiceng.access.actor import Actor
from tenants import directory, modules
from tenants.context import platform_scope, tenant_scope

from . import kit


@pytest.fixture(autouse=True)
def study_on(db, hongqi, dongfeng):
    for tenant in (hongqi, dongfeng):
        with platform_scope():
            modules.set_module(tenant_id=tenant.id, code="study", is_on=True, actor=Actor.system())
    directory._entries.clear()


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
def learner(actors, branch, hongqi):
    """The member, on the roster."""
    with tenant_scope(hongqi):
        return kit.put_on_roster(actors.member.user, "成员甲", branch)


@pytest.fixture
def browser(client_for, people):
    """``browser(tenant, "member")``: signed in; ``browser(tenant)``: a visitor."""

    def make(tenant, who=None):
        client = client_for(tenant)
        return client.login_as(getattr(people(tenant), who)) if who else client

    return make
