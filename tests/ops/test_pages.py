"""The operators' site: every page has its gate, operators get in, nobody else does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from jiceng.access.models import RoleGrant
from jiceng.ops import guard
from jiceng.ops.guard import PERMISSIONS
from jiceng.ops.urls import urlpatterns
from tenants.context import platform_scope

PUBLIC = "jiceng.config.urls_public"
LISTS = (
    "ops-health", "ops-signups", "ops-tenants", "ops-plans", "ops-plan-create", "ops-dead-letters", "ops-operators",
    "ops-operator-invite", "ops-audit", "ops-audit-export",
)  # fmt: skip


def url(name: str, *args: object) -> str:
    return reverse(name, urlconf=PUBLIC, args=args)


def own_patterns() -> Iterator[URLPattern]:
    for entry in urlpatterns:
        if isinstance(entry, URLResolver):
            assert entry.urlconf_name.__name__ == "jiceng.access.urls"
        else:
            yield entry


@pytest.fixture
def desk(client_for, login, operator):
    return login(client_for(None), operator)


@pytest.fixture
def everywhere(hongqi) -> list[str]:
    """The address of every page of the site."""
    known = {"tenant_id": hongqi.id, "code": "standard", "move": "suspend"}
    addresses = []
    for pattern in own_patterns():
        names = pattern.pattern.converters
        kwargs = {name: known.get(name, uuid.uuid4()) for name in names}
        addresses.append(reverse(pattern.name, urlconf=PUBLIC, kwargs=kwargs))
    return addresses


def test_every_page_has_a_gate():
    gates = {pattern.name: getattr(pattern.callback, "gate_permission", None) for pattern in own_patterns()}
    assert len(gates) > 20
    assert set(gates.values()) <= set(PERMISSIONS)


def test_nothing_below_ops_is_mounted_elsewhere():
    found = [entry for entry in get_resolver(PUBLIC).url_patterns if str(entry.pattern).startswith("ops")]
    assert [entry.urlconf_name.__name__ for entry in found] == ["jiceng.ops.urls"]


def test_unknown_permissions_cannot_be_mounted():
    with pytest.raises(LookupError):
        guard.page("x/", lambda request: None, "x", "ops.nothing")


@pytest.mark.parametrize("name", LISTS)
def test_operator_opens_page(name, desk):
    response = desk.get(url(name))
    assert response.status_code == 200
    assert b"style=" not in response.content


def test_operator_opens_details(desk, hongqi):
    assert desk.get(url("ops-tenant", hongqi.id)).status_code == 200
    assert desk.get(url("ops-plan", "standard")).status_code == 200
    for move in ("suspend", "closing"):
        assert desk.get(url("ops-tenant-move", hongqi.id, move)).status_code == 200
    assert desk.get(url("ops-tenant-move", hongqi.id, "explode")).status_code == 404
    assert desk.get(url("ops-tenant", uuid.uuid4())).status_code == 404


def test_visitors_are_sent_to_the_login(client_for, db, everywhere):
    client = client_for(None)
    for address in everywhere:
        for call in (client.get, client.post):
            response = call(address)
            assert response.status_code == 302, address
            assert response.headers["Location"].startswith("/ops/login/?next="), address


def test_people_without_the_role_are_refused(client_for, login, platform, everywhere):
    from jiceng.access.actor import Actor
    from jiceng.access.services import create_user

    somebody = create_user(username="luren", password="Lvshui-Qingshan-2035", actor=Actor.system())
    client = login(client_for(None), somebody)
    for address in everywhere:
        assert client.get(address).status_code == 403, address
        assert client.post(address).status_code == 403, address


def test_narrowed_operators_lose_only_what_was_taken(desk, operator):
    with platform_scope():
        role = operator.assignments.get().role
        RoleGrant.objects.create(role=role, permission="ops.plans", is_allowed=False)
    assert desk.get(url("ops-plans")).status_code == 403
    assert desk.get(url("ops-tenants")).status_code == 200
    assert url("ops-plans") not in desk.get(url("ops-tenants")).text


def test_tenants_administrators_are_nobody_here(client_for, login, hongqi, secretary, everywhere):
    """A session of a tenant's host means nothing on the public host."""
    tenant_client = login(client_for(hongqi), secretary)
    client = client_for(None)
    client.cookies = tenant_client.cookies
    for address in everywhere:
        assert client.get(address).status_code == 302, address


def test_operators_are_nobody_at_a_tenant(client_for, desk, hongqi):
    client = client_for(hongqi)
    client.cookies = desk.cookies
    for address in ("/console/", "/console/users/", "/console/audit/"):
        assert client.get(address).status_code == 302
    assert client.get("/ops/").status_code == 404
    assert client.get("/ops/tenants/").status_code == 404


def test_ops_reads_no_tenants_data(desk, hongqi, secretary, member):
    """Names of a tenant's people stand on no page of the site."""
    pages = [url(name) for name in LISTS] + [url("ops-tenant", hongqi.id)]
    for page in pages:
        text = desk.get(page).content.decode()
        assert "shuji" not in text, page
        assert "chengyuan" not in text, page
