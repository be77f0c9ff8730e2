"""Every page and endpoint of a tenant's host stands behind module gate and permission, or is named here with its reason."""

from __future__ import annotations

import pytest
from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.services import create_role
from jiceng.kernel.registry import registry
from jiceng.shell.guard import SAFE_METHODS
from tenants.context import platform_scope, tenant_scope
from tests.factories import make_user, switch_module
from tests.support.routes import Route, public_routes, tenant_routes

# Open to everybody who reaches the host. Add here only what shows nothing of a tenant's data.
OPEN = {
    "login": "signing in", "login-totp": "signing in", "login-renew": "signing in", "login-again": "signing in",
    "logout": "signing out", "invite": "the token is the credential",
    "password-reset": "the token is the credential", "preferences": "appearance, kept in a cookie",
    "error-reference": "text", "api-docs": "text", "api-openapi": "describes, holds no data",
    "h5-about": "the tenant's public card", "h5-home": "shows what the visitor may see", "h5-apps": "same",
    "h5-search": "searches what the visitor may see", "h5-mine": "shows the visitor's own",
    "file": "asks the owner of the file who may read it",
    "wechat-login": "signing in", "wechat-return": "signing in", "wechat-proof": "a file that WeChat reads",
}  # fmt: skip
# Ask for a person, not for a permission: one's own things.
OWN = {
    "security", "security-password", "security-sessions-end-others", "security-session-end", "security-totp",
    "security-totp-off", "security-recovery",
}  # fmt: skip
# Single API views: the kit's MethodPermission guards them; its table is read below.
SINGLE_API = {"modules_list", "modules_detail", "modules_why"}

ROUTES = tenant_routes()
GUARDED = [route for route in ROUTES if route.is_guarded]
PAGES = [route for route in GUARDED if route.page]
ENDPOINTS = [route for route in GUARDED if route.api]
SWITCHABLE = [route for route in GUARDED if not registry.by_code[route.module].always_on]


def ids(routes: list[Route]) -> list[str]:
    return [str(route) for route in routes]


def test_every_url_of_a_tenant_is_guarded_or_named():
    unguarded = {route.name or route.template for route in ROUTES if not route.is_guarded}
    assert unguarded == set(OPEN) | OWN | SINGLE_API


def test_every_declared_page_and_route_is_mounted():
    declared = {(m.code, page.surface, page.name) for m in registry for page in m.pages}
    assert {(route.module, route.page.surface, route.page.name) for route in PAGES} == declared
    assert {(route.module, route.api.prefix) for route in ENDPOINTS} == {(m.code, r.prefix) for m in registry for r in m.api}


def test_page_of_another_path_cannot_be_mounted_unseen():
    """The gate's mark is put on by the only code that mounts, and says which page it guards."""
    for route in PAGES:
        assert route.view.gate[1] is route.page


def permission_of(route: Route, method: str) -> str:
    if route.page:
        return route.page.permission if method in SAFE_METHODS else route.page.write or route.page.permission
    action = route.actions.get(method.lower(), "")
    named = route.api.actions.get(action)
    return named or (route.api.read if method in SAFE_METHODS else route.api.write)


def send(client, route: Route, method: str):
    options = {} if method == "GET" else {"content_type": "application/json", "data": "{}"} if route.api else {}
    return getattr(client, method.lower())(route.path(), **options)


@pytest.mark.parametrize("route", GUARDED, ids=ids(GUARDED))
def test_visitor_is_sent_to_the_login(client_for, hongqi, route):
    client = client_for(hongqi)
    for method in route.methods:
        if registry.permissions[permission_of(route, method)].public:
            continue
        response = send(client, route, method)
        if route.api:
            assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json"), method
        else:
            assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/login/"), method


@pytest.mark.parametrize("route", GUARDED, ids=ids(GUARDED))
def test_person_without_the_permission_is_refused(client_for, hongqi, route):
    """With every permission but this one."""
    for method in route.methods:
        needed = permission_of(route, method)
        if registry.permissions[needed].public:
            continue
        with platform_scope(), transaction.atomic():
            client = client_for(hongqi).login_as(user_with_all_but(hongqi, needed))
            assert send(client, route, method).status_code == 403, method
            transaction.set_rollback(True)


def user_with_all_but(tenant, permission: str):
    with tenant_scope(tenant):
        role = create_role(
            name="除一", permissions=set(registry.permissions) - {permission}, actor=Actor.system()
        )
    return make_user(tenant, "chuyi", role.code)


@pytest.mark.parametrize("route", SWITCHABLE, ids=ids(SWITCHABLE))
def test_module_switched_off_is_not_there(client_for, hongqi, secretary, route):
    switch_module(hongqi, route.module, is_on=False)
    client = client_for(hongqi).login_as(secretary)
    for method in route.methods:
        response = send(client, route, method)
        if route.api:
            assert (response.status_code, response.json()["code"]) == (403, "module_disabled"), method
        else:
            assert response.status_code == 404, method


@pytest.mark.parametrize("route", GUARDED, ids=ids(GUARDED))
def test_other_methods_are_refused(client_for, hongqi, secretary, route):
    """PUT, PATCH and DELETE fall through to nothing, also under another name or with a suffix."""
    client = client_for(hongqi).login_as(secretary)
    for method in {"POST", "PUT", "PATCH", "DELETE"} - set(route.methods):
        response = send(client, route, method)
        assert response.status_code in ((405, 404) if route.api else (405,)), (method, response.status_code)
    if "GET" in route.methods and route.api:
        assert client.get(route.path() + ".json").status_code == 404
        assert client.get(route.path() + "/").status_code == 404


@pytest.mark.parametrize("route", PAGES, ids=ids(PAGES))
def test_administrator_gets_past_the_gate(client_for, hongqi, secretary, route):
    client = client_for(hongqi).login_as(secretary)
    if "GET" in route.methods:
        assert client.get(route.path()).status_code in (200, 302, 404)


@pytest.mark.parametrize("name", sorted(OWN))
def test_own_pages_need_a_person(client_for, hongqi, name):
    route = next(route for route in ROUTES if route.name == name)
    client = client_for(hongqi)
    statuses = {client.get(route.path()).status_code, client.post(route.path()).status_code}
    assert statuses <= {302, 405, 403}, statuses


def test_single_endpoints_name_a_permission_for_each_method():
    from jiceng.api.permissions import ANYONE

    for route in ROUTES:
        if route.name in SINGLE_API:
            needed = route.view.cls.permissions
            assert set(needed) == set(route.methods)
            assert ANYONE not in needed.values()


def test_public_host_shows_nothing_but_portal_and_sign_up():
    public = {route.name for route in public_routes() if not route.template.startswith("/ops/")}
    assert public == {
        "portal-home", "portal-modules", "portal-help", "error-reference", "portal-signup", "portal-slug",
        "portal-progress", "preferences", "public-openapi", "public_signups_list", "public_signups_detail",
        "public-api-docs",
        # Calls from WeChat, each proved by its signature, and browsers on their way back from it.
        "wechat-callback", "wechat-component-events", "wechat-component-message", "wechat-relay", "wechat-proof",
    }  # fmt: skip


OPEN_OPS = {"login", "login-totp", "login-renew", "login-again", "logout", "invite", "password-reset"}


def test_operators_site_needs_an_operator(client_for):
    client = client_for(None)
    reached = [
        (route.template, method)
        for route in public_routes()
        if route.template.startswith("/ops/") and route.name.rpartition(":")[2].removeprefix("ops-") not in OPEN_OPS
        for method in ("GET", "POST")
        if getattr(client, method.lower())(route.path()).status_code not in (302, 403, 405)
    ]
    assert reached == []
