"""The public site: what it says comes from the registry, and nothing of a tenant is reachable there."""

import pytest

from jiceng.kernel.registry import registry


@pytest.fixture
def visitor(client_for):
    return client_for(None)


@pytest.mark.parametrize("path", ["/", "/modules/", "/help/", "/help/errors", "/signup/"])
def test_pages_open(visitor, path):
    response = visitor.get(path)
    assert response.status_code == 200
    assert visitor.head(path).status_code == 200


def test_home_names_every_module_there_is(visitor):
    html = visitor.get("/").content.decode()
    assert [str(manifest.name) for manifest in registry.modules if str(manifest.name) not in html] == []
    assert [
        str(manifest.name) for manifest in registry if manifest.always_on and f"<h3>{manifest.name}</h3>" in html
    ] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [({}, True), ({"category": "core"}, True), ({"category": "life"}, False), ({"category": "core", "audience": "party"}, True),
     ({"category": "no-such"}, False), ({"audience": "<b>"}, False)],
)  # fmt: skip
def test_modules_are_filtered(visitor, query, found):
    html = visitor.get("/modules/", query).content.decode()
    assert ("<h3>新闻聚焦</h3>" in html) is found
    assert "<b>" not in html


def test_phone_pages_and_console_are_not_here(visitor):
    for path in ("/mine/", "/apps/", "/console/", "/news/", "/api/v1/news/articles"):
        assert visitor.get(path).status_code == 404


def test_preferences_work_here_too(visitor):
    visitor.post("/preferences/", {"mode": "care", "next": "/help/"})
    assert 'data-mode="care"' in visitor.get("/help/").content.decode()
