"""Both tenants have 考评 on; a branch of six with a secretary and a leader above."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jiceng.access.actor import Actor
from tenants import directory, modules
from tenants.context import platform_scope

from . import kit


@pytest.fixture(autouse=True)
def appraisal_on(db, hongqi, dongfeng):
    for tenant in (hongqi, dongfeng):
        with platform_scope():
            modules.set_module(tenant_id=tenant.id, code="appraisal", is_on=True, actor=Actor.system())
    directory._entries.clear()


@pytest.fixture
def actors(people, hongqi):
    found = people(hongqi)
    return SimpleNamespace(**{
        name: Actor.for_user(getattr(found, name)) for name in ("secretary", "editor", "member", "stranger")
    })  # fmt: skip


@pytest.fixture
def browser(client_for, people):
    """``browser(tenant, "member")``: signed in; ``browser(tenant)``: a visitor."""

    def make(tenant, who=None):
        client = client_for(tenant)
        return client.login_as(getattr(people(tenant), who)) if who else client

    return make


@pytest.fixture
def branch(in_hongqi):
    return kit.make_branch()
