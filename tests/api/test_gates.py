"""No endpoint without its gate: every route below /api/ is walked, whatever method, mounted or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from jiceng.api.permissions import ANYONE, MethodPermission, RoutePermission, permission_for
from jiceng.api.views import SingleView
from jiceng.api.viewsets import ReadViewSet
from jiceng.kernel.registry import registry

# Everything that answers callers it does not know. A new line here is a decision.
OPEN = {
    "api-openapi": {"GET"},
    "public-openapi": {"GET"},
    "public_signups_list": {"POST"},
    "public_signups_detail": {"GET"},
}
PAGES = {"api-docs", "public-api-docs"}


def patterns(urlconf: str) -> Iterator[URLPattern]:
    waiting: list[URLPattern | URLResolver] = list(get_resolver(urlconf).url_patterns)
    while waiting:
        one = waiting.pop()
        if isinstance(one, URLResolver):
            waiting.extend(one.url_patterns)
        else:
            yield one


@pytest.fixture(params=["jiceng.api.urls", "jiceng.api.urls_public"])
def endpoints(request) -> list[URLPattern]:
    return [one for one in patterns(request.param) if one.name not in PAGES]


def test_every_endpoint_is_of_the_kit_and_keeps_its_gate(endpoints):
    assert endpoints
    for one in endpoints:
        view = one.callback.cls
        expected = (RoutePermission,) if issubclass(view, ReadViewSet) else (MethodPermission,)
        assert issubclass(view, (ReadViewSet, SingleView)), one.name
        assert view.permission_classes == expected, one.name


def test_every_action_of_every_collection_has_a_permission_of_its_module():
    collections = [
        one for one in patterns("jiceng.api.urls") if issubclass(getattr(one.callback, "cls", object), ReadViewSet)
    ]
    assert collections
    for one in collections:
        route, module = one.callback.initkwargs["route"], one.callback.initkwargs["module"]
        for method, action in one.callback.actions.items():
            assert registry.module_of_permission[permission_for(route, action, method.upper())] == module, one.name
        assert "put" not in one.callback.actions, one.name


def test_what_is_open_is_listed(endpoints):
    for one in endpoints:
        permissions = getattr(one.callback.cls, "permissions", {})
        found = {method for method, needed in permissions.items() if needed == ANYONE}
        assert found == OPEN.get(one.name, set()), one.name


def test_no_format_suffixes_and_no_trailing_slashes(endpoints):
    for one in endpoints:
        assert "format" not in str(one.pattern), one.name
        assert not str(one.pattern).endswith("/"), one.name


def test_names_come_from_the_manifest():
    names = {one.name for one in patterns("jiceng.api.urls")}
    assert {"news_articles_list", "news_articles_detail", "news_articles_publish", "news_columns_list"} <= names


def request_of(hongqi, view):
    from jiceng.access.actor import Actor

    request = RequestFactory().get("/api/v1/elsewhere")
    request.tenant, request.actor, request.id, request.address = hongqi, Actor.system(), "x" * 8, "127.0.0.1"
    return view(request)


def test_a_viewset_mounted_by_hand_is_shut(in_hongqi):
    from modules.news.api.articles import ArticleViewSet

    response = request_of(in_hongqi, ArticleViewSet.as_view({"get": "list"}))
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")


def test_a_plain_view_of_drf_is_shut(in_hongqi):
    from rest_framework.response import Response
    from rest_framework.views import APIView

    class Plain(APIView):
        def get(self, request):
            return Response({"leak": True})

    response = request_of(in_hongqi, Plain.as_view())
    assert response.status_code == 403
    assert b"leak" not in response.content


def test_only_viewsets_of_the_kit_can_be_mounted(monkeypatch):
    from jiceng.api import mounting
    from jiceng.kernel.manifest import ApiRoute

    route = ApiRoute("x", "rest_framework.viewsets.ViewSet", read="news.read", write="news.read")
    with pytest.raises(TypeError, match=r"must build on jiceng\.api\.viewsets"):
        list(mounting._mount(registry.by_code["news"], route))
