"""``actors`` are 红旗社区's people as actors; every module is on."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jiceng.access.actor import Actor


@pytest.fixture
def actors(people, hongqi):
    found = people(hongqi)
    return SimpleNamespace(**{
        name: Actor.for_user(getattr(found, name), hongqi.modules) for name in ("secretary", "editor", "member", "stranger")
    })  # fmt: skip


@pytest.fixture
def browser(client_for, people):
    """``browser(tenant, "member")``: signed in; ``browser(tenant)``: a visitor."""

    def make(tenant, who=None):
        client = client_for(tenant)
        return client.login_as(getattr(people(tenant), who)) if who else client

    return make
