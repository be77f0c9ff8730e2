"""Every component renders in every mode; the guide itself is for developers only."""

import re

import pytest
from django.http import Http404
from django.test import RequestFactory

from jiceng.portal import urls
from jiceng.shell import styleguide


@pytest.mark.parametrize("name", styleguide.PAGES)
@pytest.mark.parametrize("query", ["", "?mode=care&theme=dark&accent=blue"])
def test_page_renders(name, query):
    response = styleguide.page(RequestFactory().get(f"/styleguide/{name}/{query}"), name)
    html = response.content.decode()
    assert response.status_code == 200
    assert f'data-mode="{"care" if query else "normal"}"' in html
    assert "style=" not in html


@pytest.mark.parametrize("name", styleguide.PAGES)
def test_no_id_stands_twice(name):
    html = styleguide.page(RequestFactory().get("/"), name).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_unknown_page():
    with pytest.raises(Http404):
        styleguide.page(RequestFactory().get("/"), "nothing")


def test_not_mounted_outside_development():
    assert [pattern.name for pattern in urls.urlpatterns if "styleguide" in str(pattern.pattern)] == []
