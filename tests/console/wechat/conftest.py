"""The console's WeChat pages: the tenant's secretary at one desk, a branch's at another, WeChat played behind them."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role
from jiceng.kernel.clock import now
from jiceng.wechat.manifest import BIND, REPLY
from jiceng.wechat.models import BindCase, Conversation, InboundMessage
from jiceng.wechat.services import binding, handling
from tenants.context import tenant_scope
from tests.support.client import HostClient
from tests.wechat.conftest import connect, connect_wecom, sim, world  # noqa: F401 -- fixtures
from tests.wechat.kit import SYSTEM, bound, make_branch

OFFICIAL, SECOND = "wxdemo0000000001", "wxdemo0000000002"


@pytest.fixture
def desk(hongqi, secretary):
    return HostClient(hongqi).login_as(secretary)


@pytest.fixture
def account(connect):  # noqa: F811
    return connect()


@pytest.fixture
def branch(account, hongqi):
    with tenant_scope(hongqi):
        return make_branch()


@pytest.fixture
def other_desk(hongqi, stranger):
    """The desk of 第二党支部's secretary, who binds and answers there and nowhere else."""
    with tenant_scope(hongqi):
        theirs = make_branch("第二党支部", ("周瑜",))
        role = create_role(name="支部书记", permissions=["console.view", BIND, REPLY], actor=Actor.system())
        assign_role(user=stranger, role=role.code, unit_path=theirs.unit.path, actor=Actor.system())
    return HostClient(hongqi).login_as(stranger)


@pytest.fixture
def case(account, branch, world, hongqi):  # noqa: F811
    """王芳 is bound; another WeChat user says that they are 王芳."""
    with tenant_scope(hongqi):
        bound(account, world, branch.people[0], "p1")
        code = binding.create_branch_code(account_id=account.pk, unit_id=branch.unit.pk, actor=SYSTEM, at=now())
    world.scan("p2", code.picture)
    with tenant_scope(hongqi):
        found = BindCase.objects.get()
        binding.confirm(identity_id=found.identity_id, name="王芳", phone_tail="0001", at=now())
        found.refresh_from_db()
        return found


@pytest.fixture
def talk(account, branch, world, hongqi):  # noqa: F811
    """王芳 has written to the account."""
    with tenant_scope(hongqi):
        bound(account, world, branch.people[0], "p1")
    world.send_text("p1", OFFICIAL, "<b>请问</b>")
    with tenant_scope(hongqi):
        handling.handle(message_id=InboundMessage.objects.get().pk, at=now())
        return Conversation.objects.get()
