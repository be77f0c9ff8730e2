"""B-1: the headers that every kind of answer carries, errors and redirects too."""

from __future__ import annotations

import pytest

ANSWERS = {
    "page": ("GET", "/about/", 200), "login": ("GET", "/login/", 200), "redirect": ("GET", "/console/", 302),
    "missing page": ("GET", "/nothing-here/", 404), "wrong method": ("POST", "/console/audit/", None),
    "api": ("GET", "/api/v1/openapi.json", 200), "api unauthorised": ("GET", "/api/v1/news/articles", 401),
    "api missing": ("GET", "/api/v1/nothing", 404), "api wrong method": ("DELETE", "/api/v1/modules", None),
    "file missing": ("GET", "/files/00000000-0000-0000-0000-000000000007/original", 404),
    "api docs": ("GET", "/api/docs/", 200),
}  # fmt: skip


def check(response) -> None:
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] in {"same-origin", "no-referrer", "strict-origin-when-cross-origin"}
    assert "geolocation=()" in response["Permissions-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    assert len(response["X-Request-Id"]) >= 8
    assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]
    assert "Server" not in response
    assert "X-Powered-By" not in response
    for cookie in response.cookies.values():
        if cookie.key.startswith("jc_") and cookie.key not in {"jc_mode", "jc_theme"}:
            assert cookie["httponly"], cookie.key
        assert cookie["samesite"] in {"Lax", "Strict"}, cookie.key
        assert not cookie["domain"], "a cookie for all tenants' hosts"


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_tenant_host(client_for, hongqi, answer):
    method, path, status = answer
    response = getattr(client_for(hongqi), method.lower())(path)
    assert status is None or response.status_code == status
    check(response)


@pytest.mark.parametrize("path", ["/", "/help/", "/signup/", "/nothing/", "/api/public/v1/openapi.json", "/ops/"])
def test_public_host(client_for, path):
    check(client_for(None).get(path))


def test_unknown_host(client_for):
    response = client_for(None, host="nobody.jiceng.test").get("/")
    assert response.status_code == 404
    check(response)


def test_signed_in_pages(client_for, hongqi, secretary):
    client = client_for(hongqi).login_as(secretary)
    for path in ("/", "/console/", "/me/security/", "/api/v1/modules"):
        check(client.get(path))


def test_server_error(client_for, hongqi, monkeypatch):
    """Also when everything has gone wrong, and without telling what."""
    from jiceng.h5 import pages
    from tests.support.routes import tenant_routes

    view = next(route.view for route in tenant_routes() if route.name == "h5-about")
    target = getattr(view, "__wrapped__", view)
    monkeypatch.setattr(target, "__code__", _broken.__code__) if target.__closure__ is None else pytest.skip("closure")
    response = client_for(hongqi, raise_request_exception=False).get("/about/")
    assert response.status_code == 500
    assert b"Traceback" not in response.content
    assert b"planted" not in response.content
    check(response)
    assert pages


def _broken(request):
    raise RuntimeError("planted")


def test_production_adds_what_needs_https(settings, client_for, hongqi):
    from django.test import override_settings

    with override_settings(SECURE_HSTS_SECONDS=31536000, SECURE_SSL_REDIRECT=False):
        response = client_for(hongqi).get("/about/", secure=True)
    assert "max-age=31536000" in response["Strict-Transport-Security"]


def test_production_settings_bind_cookies_to_the_host():
    """Read as text: importing them would need production's secrets."""
    from pathlib import Path

    from django.conf import settings

    text = (Path(settings.PACKAGE) / "config/settings/prod.py").read_text(encoding="utf-8")
    for line in ('SESSION_COOKIE_NAME = "__Host-jc_session"', "SESSION_COOKIE_SECURE = True",
                 'CSRF_COOKIE_NAME = "__Host-jc_csrf"', "CSRF_COOKIE_SECURE = True", "SECURE_SSL_REDIRECT = True"):  # fmt: skip
        assert line in text
